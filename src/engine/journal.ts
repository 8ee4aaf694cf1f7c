import { randomUUID } from "node:crypto";
import { insertArtifact } from "../db/artifact-store.ts";
import { getRepair, insertAttempt, listCosts, moveAttempt } from "../db/attempt-store.ts";
import { getBudget, settleReservation } from "../db/budget-store.ts";
import type { Trx } from "../db/database.ts";
import { holdsEpoch } from "../db/execution-store.ts";
import {
  getStepStatus,
  hasOutput,
  listStepStates,
  updateStepRun,
  type StepRunChange,
} from "../db/step-run-store.ts";
import type { StoredFailure, StoredOutput } from "../db/stored-values.ts";
import type { Writer } from "../db/writer.ts";
import { NO_ITEM, type StepKey } from "../workflow/definition.ts";
import { sumCosts, UNKNOWN_COST, type Cost, type NanoUsd } from "../workflow/money.ts";
import type { PreparedCall } from "../workflow/ports.ts";
import type { RepairRequest } from "../workflow/repair.ts";
import { isFinal, type AttemptStatus, type StepRunStatus } from "../workflow/statuses.ts";
import type { Json } from "../workflow/values.ts";
import { askedFirst } from "./approval.ts";
import { budgetOf, isShared, reserveCall, settleSharedBudgets, type ChargedCall } from "./budgets.ts";
import type { Caps } from "./caps.ts";
import type { EventHub } from "./events.ts";
import { unpriced } from "./failures.ts";
import type { Places } from "./places.ts";
import { planExecution } from "./plan.ts";
import { advance, changeStep, WAITS_FOR_NOTHING, type ExecutionFrame } from "./execution-state.ts";

/** One call under way: the attempt's row as far as later transactions need it. */
export interface OpenAttempt extends ChargedCall {
  id: string;
  key: StepKey;
  /** 1 for the first call of its step run. */
  number: number;
}

/** An execution that this process has taken up. */
export interface Tenure extends ExecutionFrame {
  epoch: number;
  /** What becomes of a call whose worst case is unknown while the execution has a cap. */
  unpriced: "refuse" | "allow";
  /** The workflow or template whose caps its calls are held to; null: steps of none. */
  budgetScope: string | null;
}

/** What becomes of a step whose call gave nothing. */
export type AfterFailure =
  | { state: "failed" }
  | { state: "retry"; retryAt: string }
  /** Its answer did not fit: one further call is made at once that has it corrected. */
  | { state: "repair"; repair: RepairRequest };

export type Reservation =
  | { state: "reserved"; attempt: OpenAttempt }
  /** Does not fit under the cap: the step waits. */
  | { state: "waiting" }
  /** As many calls as the provider may have are under way: the step stays pending until it is its turn. */
  | { state: "no_place" }
  /** Has no known price under a cap: the step has failed, nothing was sent. */
  | { state: "refused" }
  /** Something happened since it was planned, such as the failure of another step: it does not start. */
  | { state: "not_ready" }
  /** The execution was cancelled, or another process has taken it up: nothing may start. */
  | { state: "fenced" };

/** The vendor had too many calls: what becomes of the step depends on the others. `delayMs`: by what the vendor says. */
export interface TurnedAway {
  state: "turned_away";
  provider: string;
  /** Calls of the step that asked for something else, and so are no tries of this one. */
  callsBefore: number;
  maxAttempts: number;
  delayMs: number;
}

/** Attempts whose answer still counts when it arrives, even after another process has given them up as in doubt. */
const ANSWERABLE: AttemptStatus[] = ["sent", "submitted", "in_doubt"];

/**
 * The journal of attempts: every state that money depends on is on disk before the next thing happens. Each method is
 * one transaction, and whoever follows the execution is woken after its commit.
 */
export class Journal {
  readonly #writer: Writer;
  readonly #events: EventHub;
  readonly #places: Places;
  readonly #caps: Caps;
  readonly #onFreed: () => void;
  readonly #now: () => Date;

  constructor(options: {
    writer: Writer;
    events: EventHub;
    places: Places;
    caps: Caps;
    /** Told when money that was set aside is free again. */
    onFreed: () => void;
    now: () => Date;
  }) {
    this.#writer = options.writer;
    this.#caps = options.caps;
    this.#onFreed = options.onFreed;
    this.#events = options.events;
    this.#places = options.places;
    this.#now = options.now;
  }

  /** The time as columns hold it. */
  now(): string {
    return this.#now().toISOString();
  }

  /** Runs one transaction that concerns an execution, then wakes who follows it. */
  async write<T>(executionId: number, body: (trx: Trx, now: string) => Promise<T>): Promise<T> {
    const answer = await this.#writer.write((trx) => body(trx, this.now()), { executionId });
    this.#events.publishStored(executionId);
    return answer;
  }

  /** The same for a transaction that another follows before anything leaves this process: that one brings both to disk. */
  async stage<T>(executionId: number, body: (trx: Trx, now: string) => Promise<T>): Promise<T> {
    const answer = await this.#writer.stage((trx) => body(trx, this.now()), { executionId });
    this.#announce(executionId);
    return answer;
  }

  /** Wakes who follows the execution, once what was staged is on disk; where that fails, the write that follows says so. */
  #announce(executionId: number): void {
    const publish = (): void => this.#events.publishStored(executionId);
    void this.#writer.flushed().then(publish, publish);
  }

  /** Sets the worst case of a call aside and opens its attempt; nothing has been sent yet. */
  async reserve(tenure: Tenure, key: StepKey, call: PreparedCall): Promise<Reservation> {
    return await this.stage(tenure.id, async (trx, now): Promise<Reservation> => {
      if (!(await holdsEpoch(trx, tenure.id, tenure.epoch))) return { state: "fenced" };
      const runs = await listStepStates(trx, tenure.id);
      const isReady = planExecution({ ...tenure, runs, now }).ready.some((ready) => isSameStep(ready, key));
      if (!isReady) return { state: "not_ready" };
      const model = { provider: call.provider, model: call.model, performedBy: call.performedBy };
      // Before the money: who locks a provider and budgets does so in this order.
      if (!(await this.#takePlace(trx, tenure, { key, model, now }))) return { state: "no_place" };
      const { worstCase } = call;
      const money = { ...tenure, executionId: tenure.id, worstCase, caps: this.#caps, now };
      const budgeted = await reserveCall(trx, money);
      if (budgeted.state === "unpriced") {
        await this.#refuse(trx, tenure, { key, failure: unpriced(call.model), now });
        return { state: "refused" };
      }
      const amount = budgeted.amountNanoUsd;
      if (budgeted.state === "full") {
        const change = {
          ...model,
          status: "waiting" as const,
          waitingReason: "cap" as const,
          waitingAmountNanoUsd: amount,
          waitingScope: budgeted.budget.scope,
          waitingPeriod: budgeted.budget.period,
        };
        await changeStep(trx, { executionId: tenure.id, key, change, from: ["pending"], now });
        await advance(trx, tenure, now);
        return { state: "waiting" };
      }
      const change = { ...model, ...started(now) };
      const run = await changeStep(trx, { executionId: tenure.id, key, change, from: ["pending"], now });
      const number = (run?.attempts ?? 0) + 1;
      const charged: ChargedCall = {
        reservedNanoUsd: amount,
        budgetScope: tenure.budgetScope,
        createdAt: now,
      };
      const attempt: OpenAttempt = { id: randomUUID(), key, number, ...charged };
      await insertAttempt(trx, {
        ...key,
        id: attempt.id,
        executionId: tenure.id,
        number,
        epoch: tenure.epoch,
        provider: call.provider,
        model: call.model,
        requestHash: call.requestHash,
        ...charged,
        reservedBasis: worstCase.basis,
      });
      return { state: "reserved", attempt };
    });
  }

  /** Whether the provider has room for the call; where it has none, the step says that it waits. */
  async #takePlace(
    trx: Trx,
    { id: executionId }: Tenure,
    step: { key: StepKey; model: Pick<PreparedCall, "provider" | "model" | "performedBy">; now: string },
  ): Promise<boolean> {
    const { key, model, now } = step;
    const place = await this.#places.take(trx, { executionId, key, provider: model.provider, now });
    if (!place.isFree && place.isNew) {
      const change = { ...model, placeSince: now };
      await changeStep(trx, { executionId, key, change, from: ["pending"], now });
    }
    return place.isFree;
  }

  /** Marks the call as sent, on disk, before it is: false where nothing may be sent any more, and the money is free again. */
  async markSent(tenure: Tenure, attempt: OpenAttempt): Promise<boolean> {
    const wasSent = await this.write(tenure.id, async (trx, now) => {
      if (!(await holdsEpoch(trx, tenure.id, tenure.epoch))) {
        await this.#release(trx, tenure, attempt);
        return false;
      }
      const wasReserved = await moveAttempt(trx, attempt.id, ["reserved"], { status: "sent", sentAt: now });
      if (!wasReserved) return false;
      await updateStepRun(trx, tenure.id, attempt.key, { attempts: attempt.number });
      return true;
    });
    if (!wasSent) this.#onFreed();
    return wasSent;
  }

  async #release(trx: Trx, tenure: ExecutionFrame, attempt: OpenAttempt): Promise<void> {
    if (!(await moveAttempt(trx, attempt.id, ["reserved"], { status: "released" }))) return;
    await settleReservation(trx, budgetOf(tenure.id), { reserved: attempt.reservedNanoUsd, spent: 0 });
    await settleSharedBudgets(trx, [{ call: attempt, spentNanoUsd: 0 }]);
  }

  /** Saves the vendor's job id, before the job is polled for the first time. */
  async markSubmitted(executionId: number, attempt: OpenAttempt, jobId: string): Promise<void> {
    await this.write(executionId, async (trx) => {
      await moveAttempt(trx, attempt.id, ["sent", "in_doubt"], { status: "submitted", jobId });
    });
  }

  /**
   * Stores a paid answer: cost, result, artifacts and event in one transaction, whatever the epoch. Where another
   * attempt has given the step its result already, this one is recorded as paid and unused.
   */
  async succeed(
    frame: ExecutionFrame,
    attempt: OpenAttempt,
    answer: { output: StoredOutput; cost: Cost; liveCost: Cost | null; usage: Record<string, Json> },
  ): Promise<void> {
    const isFollowed = await this.stage(frame.id, async (trx, now) => {
      const { key } = attempt;
      const status = await getStepStatus(trx, frame.id, key);
      const isUnused = status === "completed" || (await hasOutput(trx, frame.id, key));
      const change = {
        status: "succeeded" as const,
        cost: answer.cost,
        usage: answer.usage,
        isUnused,
        settledAt: now,
      };
      if (!(await moveAttempt(trx, attempt.id, ANSWERABLE, change))) return false;
      await this.#settle(trx, frame, attempt, answer.cost);
      for (const file of answer.output.files) {
        await insertArtifact(trx, {
          id: file.artifactId,
          hash: file.hash,
          mediaType: file.mediaType,
          bytes: file.bytes,
          width: file.width ?? null,
          height: file.height ?? null,
          durationSeconds: file.durationSeconds ?? null,
          executionId: frame.id,
          stepNumber: key.stepNumber,
          item: key.item === NO_ITEM ? null : key.item,
          createdAt: now,
        });
      }
      const step = frame.steps.find(({ step_number }) => step_number === key.stepNumber);
      const result = isUnused ? {} : { ...resultOf(answer, now), ...askedFirst(step, { status, now }) };
      await this.#writeStep(trx, frame, { key, status, change: result, now });
      const { ready } = await advance(trx, frame, now);
      await settleSharedBudgets(trx, [{ call: attempt, spentNanoUsd: spentOn(attempt, answer.cost) }]);
      return ready.length > 0;
    });
    // What is ready is marked as sent a moment later: that brings both to disk before anything leaves.
    if (!isFollowed) await this.#writer.flush();
    this.#tellFreed(attempt, answer.cost);
  }

  /** Records a call that gave nothing, with what it cost, and what becomes of its step. */
  async fail(
    frame: ExecutionFrame,
    attempt: OpenAttempt,
    options: {
      failure: StoredFailure;
      cost: Cost;
      next: AfterFailure | { state: "cancelled" } | TurnedAway;
    },
  ): Promise<void> {
    await this.write(frame.id, async (trx, now) => {
      const { failure, cost } = options;
      const asked = await this.#onceRepaired(trx, frame, { attempt, next: options.next });
      const repair = asked.state === "repair" ? { repair: asked.repair } : {};
      const change = { status: "failed" as const, cost, failure, settledAt: now, ...repair };
      if (!(await moveAttempt(trx, attempt.id, ANSWERABLE, change))) return;
      const next =
        asked.state === "turned_away" ? await this.#places.turnAway(trx, { ...asked, attempt, now }) : asked;
      await this.#settle(trx, frame, attempt, cost);
      const outcome = outcomeOf(next, failure, now);
      const status = await getStepStatus(trx, frame.id, attempt.key);
      await this.#writeStep(trx, frame, { key: attempt.key, status, change: outcome, now });
      await advance(trx, frame, now);
      await settleSharedBudgets(trx, [{ call: attempt, spentNanoUsd: spentOn(attempt, cost) }]);
    });
    this.#tellFreed(attempt, options.cost);
  }

  /** There is one correction of an answer and no second, whatever a crash has left. */
  async #onceRepaired<Next extends { state: string }>(
    trx: Trx,
    frame: ExecutionFrame,
    { attempt, next }: { attempt: OpenAttempt; next: Next },
  ): Promise<Next | { state: "failed" }> {
    if (next.state !== "repair" || (await getRepair(trx, frame.id, attempt.key)) === null) return next;
    return { state: "failed" };
  }

  /**
   * Records that a call may have been billed and that nobody knows; its reservation stays. Where the vendor has said that
   * the job is over, the attempt is settled with that: nothing more is to be learnt of it.
   */
  async doubt(
    frame: ExecutionFrame,
    attempt: OpenAttempt,
    options: { failure: StoredFailure; retryAt: string | null; jobId: string | null; hasJobEnded: boolean },
  ): Promise<void> {
    await this.write(frame.id, async (trx, now) => {
      const { failure, retryAt, jobId, hasJobEnded } = options;
      const change = {
        status: "in_doubt" as const,
        cost: UNKNOWN_COST,
        failure,
        ...(jobId !== null && { jobId }),
        ...(hasJobEnded && { settledAt: now }),
      };
      if (!(await moveAttempt(trx, attempt.id, ["sent", "submitted"], change))) return;
      const step =
        retryAt === null
          ? waitingInDoubt(failure, attempt.reservedNanoUsd)
          : { status: "pending" as const, retryAt, error: failure };
      const status = await getStepStatus(trx, frame.id, attempt.key);
      await this.#writeStep(trx, frame, { key: attempt.key, status, change: step, now });
      await advance(trx, frame, now);
    });
  }

  /** Ends a step that could not be called as it stands: nothing was sent. */
  async refuse(tenure: Tenure, key: StepKey, failure: StoredFailure): Promise<void> {
    await this.write(tenure.id, async (trx, now) => {
      await this.#refuse(trx, tenure, { key, failure, now });
    });
  }

  async #refuse(
    trx: Trx,
    tenure: Tenure,
    { key, failure, now }: { key: StepKey; failure: StoredFailure; now: string },
  ): Promise<void> {
    const change = { status: "failed" as const, error: failure, completedAt: now };
    await changeStep(trx, { executionId: tenure.id, key, change, from: ["pending"], now });
    await advance(trx, tenure, now);
  }

  /** Turns the reservation of the execution's own budget into what was spent; the shared ones come last. */
  async #settle(trx: Trx, frame: ExecutionFrame, attempt: OpenAttempt, cost: Cost): Promise<void> {
    await settleReservation(trx, budgetOf(frame.id), {
      reserved: attempt.reservedNanoUsd,
      spent: spentOn(attempt, cost),
    });
    await this.#reconsiderCap(trx, frame);
  }

  /** Money that was set aside is free again: what waits for it elsewhere may fit now. */
  tellFreed(): void {
    this.#onFreed();
  }

  #tellFreed(attempt: OpenAttempt, cost: Cost): void {
    if (spentOn(attempt, cost) < attempt.reservedNanoUsd) this.#onFreed();
  }

  /** A call mostly costs less than was set aside for it: what waits for the cap of its execution may fit now. */
  async #reconsiderCap(trx: Trx, frame: ExecutionFrame): Promise<void> {
    const waiting = (await listStepStates(trx, frame.id)).filter(
      (run) => run.waitingReason === "cap" && !isShared(run.waitingScope ?? ""),
    );
    if (waiting.length === 0) return;
    const budget = await getBudget(trx, budgetOf(frame.id));
    if (!budget) return;
    const left = (budget.capNanoUsd ?? Infinity) - budget.reservedNanoUsd - budget.spentNanoUsd;
    for (const run of waiting) {
      if ((run.waitingAmountNanoUsd ?? 0) > left) continue;
      const change = { status: "pending" as const, ...WAITS_FOR_NOTHING };
      await changeStep(trx, { executionId: frame.id, key: run, change, from: ["waiting"], now: this.now() });
    }
  }

  /** Changes a step run by the outcome of a call. What has ended stays so, unless a result has arrived after all. */
  async #writeStep(
    trx: Trx,
    frame: ExecutionFrame,
    options: { key: StepKey; status: StepRunStatus | undefined; change: StepRunChange; now: string },
  ): Promise<void> {
    const { key, status, change, now } = options;
    const calls = await listCosts(trx, frame.id, { withOpen: false, key });
    const cost = sumCosts(calls.map((call) => call.cost));
    // A result that waits to be approved is not undone by what becomes of another call.
    const isToApprove = status === "waiting" && (await hasOutput(trx, frame.id, key));
    const hasEnded = isToApprove || (status !== undefined && isFinal(status));
    const allowed = hasEnded && change.status !== "completed" ? {} : change;
    const withCost = { ...allowed, costNanoUsd: cost.nanoUsd, costBasis: cost.basis };
    await changeStep(trx, { executionId: frame.id, key, change: withCost, now });
  }
}

/** What a call counts for once it is settled; where that is not known, the whole reservation is taken as spent. */
function spentOn(attempt: OpenAttempt, cost: Cost): NanoUsd {
  return cost.nanoUsd ?? attempt.reservedNanoUsd;
}

function isSameStep(one: StepKey, other: StepKey): boolean {
  return one.stepNumber === other.stepNumber && one.item === other.item;
}

function started(now: string): StepRunChange {
  return { status: "running", retryAt: null, placeSince: null, error: null, startedAt: now };
}

function outcomeOf(
  next: AfterFailure | { state: "cancelled" },
  failure: StoredFailure,
  now: string,
): StepRunChange {
  if (next.state === "repair") return { status: "pending", retryAt: null, error: failure, isRepaired: true };
  if (next.state === "retry") return { status: "pending", retryAt: next.retryAt, error: failure };
  if (next.state === "cancelled") return { status: "cancelled", completedAt: now };
  return { status: "failed", error: failure, completedAt: now };
}

function resultOf(answer: { output: StoredOutput; liveCost: Cost | null }, now: string): StepRunChange {
  return {
    status: "completed",
    output: answer.output,
    liveCost: answer.liveCost,
    error: null,
    ...WAITS_FOR_NOTHING,
    completedAt: now,
  };
}

/** A step whose call may have been billed and that waits for a person to say what to do. */
export function waitingInDoubt(failure: StoredFailure, amountNanoUsd: NanoUsd): StepRunChange {
  return {
    status: "waiting",
    waitingReason: "in_doubt",
    waitingAmountNanoUsd: amountNanoUsd,
    error: failure,
  };
}
