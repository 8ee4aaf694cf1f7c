import { randomUUID } from "node:crypto";
import { insertArtifact } from "../db/artifact-store.ts";
import { getRepair, insertAttempt, listCosts, moveAttempt } from "../db/attempt-store.ts";
import type { Trx } from "../db/database.ts";
import type { StepRunChange } from "../db/step-run-store.ts";
import type { StoredFailure, StoredFile, StoredOutput } from "../db/stored-values.ts";
import type { Writer } from "../db/writer.ts";
import { NO_ITEM, type StepKey } from "../workflow/definition.ts";
import { sumCosts, UNKNOWN_COST, type Cost, type NanoUsd } from "../workflow/money.ts";
import type { PreparedCall } from "../workflow/ports.ts";
import type { RepairRequest } from "../workflow/repair.ts";
import { isFinal, type AttemptStatus } from "../workflow/statuses.ts";
import type { Json } from "../workflow/values.ts";
import { askedFirst } from "./approval.ts";
import { isShared, leftOf, reserveCall, type CallOrigin, type ChargedCall } from "./budgets.ts";
import type { Caps } from "./caps.ts";
import type { EventHub } from "./events.ts";
import { unpriced } from "./failures.ts";
import { HeldExecution, isSameStep } from "./held-execution.ts";
import type { LatestPlan } from "./latest-plan.ts";
import type { Places } from "./places.ts";
import { planExecution, type Plan } from "./plan.ts";
import { advance, WAITS_FOR_NOTHING, type ExecutionFrame } from "./execution-state.ts";

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
  /** Whose caps its calls are held to. */
  origin: CallOrigin;
  /** What was planned when its rows were last changed here. */
  planned: LatestPlan;
}

/** What becomes of a step whose call gave nothing. */
export type AfterFailure =
  | { state: "failed" }
  | { state: "retry"; retryAt: string }
  /** Its answer did not fit: one further call is made at once that has it corrected. */
  | { state: "repair"; repair: RepairRequest };

export type Start =
  /** Its worst case is set aside and its attempt is `sent`, on disk: the call may leave. */
  | { state: "sent"; attempt: OpenAttempt }
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
  /** What was staged last of an execution, where it is not told of yet. */
  readonly #toAnnounce = new Map<number, symbol>();

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
    // Of what was staged before this tells as well.
    this.#toAnnounce.delete(executionId);
    this.#events.publishStored(executionId);
    return answer;
  }

  /** Changes an execution that this process has taken up; what is planned in it is kept for who acts on it. */
  async change<T>(tenure: Tenure, body: (held: HeldExecution) => Promise<T>): Promise<T> {
    return keepPlan(tenure, await this.write(tenure.id, (trx, now) => during(trx, { tenure, now }, body)));
  }

  /** The same for a transaction that another follows before anything leaves this process: that one brings both to disk. */
  async #stageChange<T>(tenure: Tenure, body: (held: HeldExecution) => Promise<T>): Promise<T> {
    return keepPlan(tenure, await this.stage(tenure.id, (trx, now) => during(trx, { tenure, now }, body)));
  }

  /** Runs one transaction that another follows before anything leaves this process. */
  async stage<T>(executionId: number, body: (trx: Trx, now: string) => Promise<T>): Promise<T> {
    const answer = await this.#writer.stage((trx) => body(trx, this.now()), { executionId });
    this.#announce(executionId);
    return answer;
  }

  /** Wakes who follows the execution, once what was staged is on disk; where that fails, the write that follows says so. */
  #announce(executionId: number): void {
    const staged = Symbol("staged");
    this.#toAnnounce.set(executionId, staged);
    const publish = (): void => {
      // Otherwise something else tells of it as well, now or a moment later.
      if (this.#toAnnounce.get(executionId) !== staged) return;
      this.#toAnnounce.delete(executionId);
      this.#events.publishStored(executionId);
    };
    void this.#writer.flushed().then(publish, publish);
  }

  /**
   * Sets the worst case of a call aside and opens its attempt as `sent`, in one transaction: on disk before the call leaves.
   * `onReserved` is called inside that transaction, for tests of what a crash leaves there.
   */
  async start(
    tenure: Tenure,
    { key, call, onReserved }: { key: StepKey; call: PreparedCall; onReserved: () => void | Promise<void> },
  ): Promise<Start> {
    return await this.change(tenure, async (held): Promise<Start> => {
      const { trx, now, runs } = held;
      if (!held.mayStart(tenure.epoch)) return { state: "fenced" };
      const isReady = planExecution({ ...tenure, runs, now }).ready.some((ready) => isSameStep(ready, key));
      if (!isReady) return { state: "not_ready" };
      const model = { provider: call.provider, model: call.model, performedBy: call.performedBy };
      // Before the money: who locks a provider and budgets does so in this order.
      if (!(await this.#takePlace(held, key, model))) return { state: "no_place" };
      const { worstCase } = call;
      const { origin, unpriced: rule } = tenure;
      const money = {
        executionId: held.id,
        own: held.budget,
        origin,
        worstCase,
        unpriced: rule,
        caps: this.#caps,
        now,
      };
      const budgeted = await reserveCall(trx, money);
      if (budgeted.state === "unpriced") {
        await refuseStep(held, tenure, { key, failure: unpriced(call.model) });
        return { state: "refused" };
      }
      const amount = budgeted.amountNanoUsd;
      if (budgeted.state === "full") {
        const { scope: waitingScope, period: waitingPeriod } = budgeted.budget;
        const waiting = { waitingAmountNanoUsd: amount, waitingScope, waitingPeriod };
        const change = { ...model, status: "waiting" as const, waitingReason: "cap" as const, ...waiting };
        await held.changeStep(key, change, ["pending"]);
        await advance(held, tenure);
        return { state: "waiting" };
      }
      await onReserved();
      const number = (held.run(key)?.attempts ?? 0) + 1;
      await held.changeStep(key, { ...model, ...started(now), attempts: number }, ["pending"]);
      const charged: ChargedCall = { reservedNanoUsd: amount, ...origin, createdAt: now };
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
      return { state: "sent", attempt };
    });
  }

  /** Whether the provider has room for the call; where it has none, the step says that it waits. */
  async #takePlace(
    held: HeldExecution,
    key: StepKey,
    model: Pick<PreparedCall, "provider" | "model" | "performedBy">,
  ): Promise<boolean> {
    const { trx, id: executionId, now } = held;
    const place = await this.#places.take(trx, { executionId, key, provider: model.provider, now });
    if (!place.isFree && place.isNew) await held.changeStep(key, { ...model, placeSince: now }, ["pending"]);
    return place.isFree;
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
    tenure: Tenure,
    attempt: OpenAttempt,
    answer: { output: StoredOutput; cost: Cost; liveCost: Cost | null; usage: Record<string, Json> },
  ): Promise<void> {
    const isFollowed = await this.#stageChange(tenure, async (held) => {
      const { trx, now } = held;
      const { key } = attempt;
      const run = held.run(key);
      const isUnused = run?.status === "completed" || run?.hasOutput === true;
      const change = {
        status: "succeeded" as const,
        cost: answer.cost,
        usage: answer.usage,
        isUnused,
        settledAt: now,
      };
      if (!(await moveAttempt(trx, attempt.id, ANSWERABLE, change))) return false;
      await this.#reconsiderCap(held, attempt, answer.cost);
      await insertFiles(held, key, answer.output.files);
      const step = tenure.steps.find(({ step_number }) => step_number === key.stepNumber);
      const result = { ...resultOf(answer, now), ...askedFirst(step, { status: run?.status, now }) };
      await this.#writeStep(held, attempt, { cost: answer.cost, change: isUnused ? {} : result });
      const { ready } = await advance(held, tenure);
      await held.settle([{ call: attempt, spentNanoUsd: spentOn(attempt, answer.cost) }]);
      return ready.length > 0;
    });
    // What is ready is marked as sent a moment later: that brings both to disk before anything leaves.
    if (!isFollowed) await this.#writer.flush();
    this.#tellFreed(attempt, answer.cost);
  }

  /** Records a call that gave nothing, with what it cost, and what becomes of its step. */
  async fail(
    tenure: Tenure,
    attempt: OpenAttempt,
    options: {
      failure: StoredFailure;
      cost: Cost;
      next: AfterFailure | { state: "cancelled" } | TurnedAway;
    },
  ): Promise<void> {
    await this.change(tenure, async (held) => {
      const { trx, now } = held;
      const { failure, cost } = options;
      const asked = await this.#onceRepaired(trx, tenure, { attempt, next: options.next });
      const repair = asked.state === "repair" ? { repair: asked.repair } : {};
      const change = { status: "failed" as const, cost, failure, settledAt: now, ...repair };
      if (!(await moveAttempt(trx, attempt.id, ANSWERABLE, change))) return;
      const next =
        asked.state === "turned_away" ? await this.#places.turnAway(trx, { ...asked, attempt, now }) : asked;
      await this.#reconsiderCap(held, attempt, cost);
      await this.#writeStep(held, attempt, { cost, change: outcomeOf(next, failure, now) });
      await advance(held, tenure);
      await held.settle([{ call: attempt, spentNanoUsd: spentOn(attempt, cost) }]);
    });
    this.#tellFreed(attempt, options.cost);
  }

  /** There is one correction of an answer and no second, whatever a crash has left. */
  async #onceRepaired<Next extends { state: string }>(
    trx: Trx,
    { id: executionId }: Tenure,
    { attempt, next }: { attempt: OpenAttempt; next: Next },
  ): Promise<Next | { state: "failed" }> {
    if (next.state !== "repair" || (await getRepair(trx, executionId, attempt.key)) === null) return next;
    return { state: "failed" };
  }

  /**
   * Records that a call may have been billed and that nobody knows; its reservation stays. Where the vendor has said that
   * the job is over, the attempt is settled with that: nothing more is to be learnt of it.
   */
  async doubt(
    tenure: Tenure,
    attempt: OpenAttempt,
    options: { failure: StoredFailure; retryAt: string | null; jobId: string | null; hasJobEnded: boolean },
  ): Promise<void> {
    await this.change(tenure, async (held) => {
      const { failure, retryAt, jobId, hasJobEnded } = options;
      const move = {
        status: "in_doubt" as const,
        cost: UNKNOWN_COST,
        failure,
        ...(jobId !== null && { jobId }),
        ...(hasJobEnded && { settledAt: held.now }),
      };
      if (!(await moveAttempt(held.trx, attempt.id, ["sent", "submitted"], move))) return;
      const change =
        retryAt === null
          ? waitingInDoubt(failure, attempt.reservedNanoUsd)
          : { status: "pending" as const, retryAt, error: failure };
      await this.#writeStep(held, attempt, { cost: UNKNOWN_COST, change });
      await advance(held, tenure);
    });
  }

  /** Ends a step that could not be called as it stands: nothing was sent. */
  async refuse(tenure: Tenure, key: StepKey, failure: StoredFailure): Promise<void> {
    await this.change(tenure, (held) => refuseStep(held, tenure, { key, failure }));
  }

  /** Money that was set aside is free again: what waits for it elsewhere may fit now. */
  tellFreed(): void {
    this.#onFreed();
  }

  #tellFreed(attempt: OpenAttempt, cost: Cost): void {
    if (spentOn(attempt, cost) < attempt.reservedNanoUsd) this.#onFreed();
  }

  /** A call mostly costs less than was set aside for it: what waits for the cap of its execution may fit now. */
  async #reconsiderCap(held: HeldExecution, attempt: OpenAttempt, cost: Cost): Promise<void> {
    const waiting = held.runs.filter(
      (run) => run.waitingReason === "cap" && !isShared(run.waitingScope ?? ""),
    );
    const left = leftOf(held.budget) + attempt.reservedNanoUsd - spentOn(attempt, cost);
    for (const run of waiting) {
      if ((run.waitingAmountNanoUsd ?? 0) > left) continue;
      await held.changeStep(run, { status: "pending", ...WAITS_FOR_NOTHING }, ["waiting"]);
    }
  }

  /** Changes a step run by the outcome of a call. What has ended stays so, unless a result has arrived after all. */
  async #writeStep(
    held: HeldExecution,
    attempt: OpenAttempt,
    outcome: { cost: Cost; change: StepRunChange },
  ): Promise<void> {
    const { key } = attempt;
    const run = held.run(key);
    if (!run) return;
    // Of a step that was called once, this is all.
    const isOnly = run.attempts <= 1;
    const calls = isOnly ? [outcome] : await listCosts(held.trx, held.id, { withOpen: false, key });
    const cost = sumCosts(calls.map((call) => call.cost));
    // A result that waits to be approved is not undone by what becomes of another call.
    const isToApprove = run.status === "waiting" && run.hasOutput;
    const hasEnded = isToApprove || isFinal(run.status);
    const change = hasEnded && outcome.change.status !== "completed" ? {} : outcome.change;
    await held.changeStep(key, { ...change, costNanoUsd: cost.nanoUsd, costBasis: cost.basis });
  }
}

/** What a transaction answers, and what was planned in it. */
interface Changed<T> {
  answer: T;
  plan: Plan | null;
  turn: number;
}

async function during<T>(
  trx: Trx,
  { tenure, now }: { tenure: Tenure; now: string },
  body: (held: HeldExecution) => Promise<T>,
): Promise<Changed<T>> {
  return await HeldExecution.during(trx, { executionId: tenure.id, now }, async (held) => {
    const turn = tenure.planned.nextTurn();
    const answer = await body(held);
    return { answer, plan: held.plan, turn };
  });
}

/** Once the transaction is committed. */
function keepPlan<T>({ planned }: Tenure, { answer, plan, turn }: Changed<T>): T {
  if (plan) planned.keep(plan, turn);
  return answer;
}

async function refuseStep(
  held: HeldExecution,
  tenure: Tenure,
  { key, failure }: { key: StepKey; failure: StoredFailure },
): Promise<void> {
  await held.changeStep(key, { status: "failed", error: failure, completedAt: held.now }, ["pending"]);
  await advance(held, tenure);
}

/** The rows of the files that a call gave. */
async function insertFiles(held: HeldExecution, key: StepKey, files: readonly StoredFile[]): Promise<void> {
  for (const file of files) {
    await insertArtifact(held.trx, {
      id: file.artifactId,
      hash: file.hash,
      mediaType: file.mediaType,
      bytes: file.bytes,
      width: file.width ?? null,
      height: file.height ?? null,
      durationSeconds: file.durationSeconds ?? null,
      executionId: held.id,
      stepNumber: key.stepNumber,
      item: key.item === NO_ITEM ? null : key.item,
      createdAt: held.now,
    });
  }
}

/** What a call counts for once it is settled; where that is not known, the whole reservation is taken as spent. */
function spentOn(attempt: OpenAttempt, cost: Cost): NanoUsd {
  return cost.nanoUsd ?? attempt.reservedNanoUsd;
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
