import { listAttempts, moveAttempt } from "../db/attempt-store.ts";
import { createBudget, getBudget, setCap, type BudgetKey } from "../db/budget-store.ts";
import type { Trx } from "../db/database.ts";
import { appendEvent, appendEvents } from "../db/event-store.ts";
import { lockBatch, newestInRow } from "../db/batch-store.ts";
import {
  getExecution,
  insertExecution,
  updateExecution,
  type BatchPlace,
  type ExecutionRow,
} from "../db/execution-store.ts";
import { endItems } from "../db/item-store.ts";
import { getStepRun, insertStepRuns, listStepStates, type StepRunRow } from "../db/step-run-store.ts";
import type { ExecutionSnapshot, StoredFailure } from "../db/stored-values.ts";
import { RelaisError, type LocalText } from "../errors.ts";
import { NO_ITEM, type StepKey } from "../workflow/definition.ts";
import { moneyText, type NanoUsd } from "../workflow/money.ts";
import { isFinal, type StepRunStatus, type WaitingReason } from "../workflow/statuses.ts";
import { approve, expire, reject } from "./approval.ts";
import { budgetOf, isShared } from "./budgets.ts";
import type { DecisionRequest, NewExecution } from "./engine.ts";
import { costOfCalls, snapshotOfExecution, WAITS_FOR_NOTHING } from "./execution-state.ts";
import { gaveUp, gaveUpForCap } from "./failures.ts";
import { countItems, itemsByStep } from "./items.ts";
import { sharedCapReached } from "./shared-cap.ts";
import { changeStep } from "./step-change.ts";
import { keepInputFiles, takeOverResults } from "./taken-over.ts";

/** Transactions that a person sets off. */

/** Stores a new execution with its step runs, its budget and its first event; returns its id. */
export async function createExecution(trx: Trx, execution: NewExecution, now: string): Promise<number> {
  const { capNanoUsd, rerun, reuse = false, inputFiles = {}, ...values } = execution;
  const id = await insertExecution(trx, {
    ...values,
    rerunOf: rerun?.executionId ?? null,
    rerunFromStep: rerun?.fromStep ?? null,
    onlyStep: rerun?.only?.stepNumber ?? null,
    reuse,
    createdAt: now,
  });
  if (execution.batch && rerun)
    await requireNewest(trx, execution.batch, { but: id, origin: rerun.executionId });
  await insertStepRuns(
    trx,
    id,
    execution.steps.map((step) => ({ stepNumber: step.step_number, item: NO_ITEM })),
  );
  await createBudget(trx, budgetOf(id), capNanoUsd);
  const first: ExecutionSnapshot = {
    status: "pending",
    currentStep: 1,
    totalSteps: execution.steps.length,
    totalCostNanoUsd: 0,
    costBasis: "free",
    waitingFor: null,
    error: null,
    startedAt: null,
    completedAt: null,
  };
  const events = [{ type: "execution" as const, data: first }];
  await appendEvents(trx, id, { after: 0, events, createdAt: now });
  await keepInputFiles(trx, { executionId: id, inputs: execution.inputs, files: inputFiles, now });
  if (rerun) await takeOverResults(trx, { executionId: id, origin: rerun, steps: execution.steps, now });
  return id;
}

/** Of two requests to run a row of a batch again, one is too late: it would pay twice. */
async function requireNewest(
  trx: Trx,
  batch: BatchPlace,
  { but, origin }: { but: number; origin: number },
): Promise<void> {
  await lockBatch(trx, batch.id);
  if ((await newestInRow(trx, batch, { but })) === origin) return;
  throw new RelaisError("conflict", {
    fr: `La ligne ${batch.row} du lot ${batch.id} a déjà été relancée. Rien n’a été lancé ni dépensé cette fois.`,
    en: `Row ${batch.row} of batch ${batch.id} was run again already. Nothing was started or spent this time.`,
  });
}

/** @throws RelaisError `not_found`, or `conflict` when the execution has ended. */
export async function cancelExecution(trx: Trx, id: number, now: string): Promise<void> {
  const execution = await requireExecution(trx, id);
  if (isFinal(execution.status)) throw hasEnded(execution);
  const runs = await listStepStates(trx, id);
  // Hundreds of items end at once, and without an event each: that of their step says so.
  const from: StepRunStatus[] = ["pending", "running", "waiting"];
  await endItems(trx, { executionId: id }, { from, status: "cancelled", now });
  const items = itemsByStep(runs);
  for (const run of runs) {
    if (run.item !== NO_ITEM || isFinal(run.status)) continue;
    const own = items.get(run.stepNumber)?.map(({ status }) => ({
      status: isFinal(status) ? status : ("cancelled" as const),
    }));
    const end = { status: "cancelled" as const, completedAt: now, waitingReason: null, retryAt: null };
    const change = { ...end, ...(own && countItems(own)) };
    await changeStep(trx, { executionId: id, key: run, change, now });
  }
  // A call that is out may still cost something: nothing says that it is nothing.
  const { basis: costBasis } = await costOfCalls(trx, id, { withOpen: true });
  const change = { status: "cancelled" as const, waitingFor: null, completedAt: now, costBasis };
  await updateExecution(trx, id, change);
  const data: ExecutionSnapshot = { ...snapshotOfExecution(execution), ...change };
  await appendEvent(trx, id, { type: "execution", data }, now);
}

/** @throws RelaisError `not_found`, `conflict`, `cap_too_low` or `invalid_request`. */
export async function decideExecution(
  trx: Trx,
  id: number,
  request: DecisionRequest,
  now: string,
): Promise<void> {
  const execution = await requireExecution(trx, id);
  if (isFinal(execution.status)) throw hasEnded(execution);
  const key = await keyOf(trx, id, request);
  const run = await getStepRun(trx, id, key);
  if (request.decision === "retry") {
    requireWaiting(run, "in_doubt", request);
    if (!(await resumeJob(trx, id, key, now))) await resumeStep(trx, id, key, now);
  } else if (request.decision === "give_up") {
    requireWaiting(run, run?.waitingReason === "cap" ? "cap" : "in_doubt", request);
    const failure = run.waitingReason === "cap" ? gaveUpForCap() : gaveUp();
    await giveUp(trx, { executionId: id, key, failure, now });
  } else if (request.decision === "raise_cap") {
    requireWaiting(run, "cap", request);
    const { waitingScope: scope, waitingPeriod: period } = run;
    if (scope !== null && isShared(scope)) throw sharedCapReached({ scope, period: period ?? "" });
    await raiseCap(trx, id, { capNanoUsd: request.capNanoUsd, neededNanoUsd: run.waitingAmountNanoUsd ?? 0 });
    for (const other of await listStepStates(trx, id)) {
      if (other.waitingReason === "cap" && !isShared(other.waitingScope ?? ""))
        await resumeStep(trx, id, other, now);
    }
  } else {
    requireWaiting(run, "approval", request);
    const place = { executionId: id, run, now };
    await (request.decision === "approve" ? approve(trx, place, request.output) : reject(trx, place));
  }
  await setGoing(trx, execution, now);
}

/** Ends the wait for an approval whose time is over; false where it was decided meanwhile. */
export async function expireApproval(trx: Trx, id: number, key: StepKey, now: string): Promise<boolean> {
  const [execution, run] = [await getExecution(trx, id), await getStepRun(trx, id, key)];
  const isOver = run?.waitingReason === "approval" && (run.decideBy ?? now) <= now;
  if (!execution || isFinal(execution.status) || !run || !isOver) return false;
  await expire(trx, { executionId: id, run, now });
  await setGoing(trx, execution, now);
  return true;
}

/** Lets steps that wait for a budget try again; false where none does. */
export async function resumeFromCap(trx: Trx, id: number, budget: BudgetKey, now: string): Promise<boolean> {
  const execution = await getExecution(trx, id);
  if (!execution || isFinal(execution.status)) return false;
  const waiting = (await listStepStates(trx, id)).filter(
    (run) =>
      run.status === "waiting" &&
      run.waitingReason === "cap" &&
      run.waitingScope === budget.scope &&
      run.waitingPeriod === budget.period,
  );
  for (const run of waiting) await resumeStep(trx, id, run, now);
  if (waiting.length > 0) await setGoing(trx, execution, now);
  return waiting.length > 0;
}

/** An execution that rested is to be worked on again. */
async function setGoing(trx: Trx, execution: ExecutionRow, now: string): Promise<void> {
  if (execution.status !== "waiting") return;
  const { id } = execution;
  const change = { status: "pending" as const, waitingFor: null };
  await updateExecution(trx, id, change);
  await appendEvent(
    trx,
    id,
    { type: "execution", data: { ...snapshotOfExecution(execution), ...change } },
    now,
  );
}

/**
 * What a decision is about. A cap is raised for all items of a step, so that nobody has to name one of them; what was
 * perhaps billed is decided for the item that is named.
 */
async function keyOf(trx: Trx, executionId: number, request: DecisionRequest): Promise<StepKey> {
  const { stepNumber, item, decision } = request;
  if (item !== undefined || decision !== "raise_cap") return { stepNumber, item: item ?? NO_ITEM };
  const runs = await listStepStates(trx, executionId);
  const capped = runs.find((run) => run.stepNumber === stepNumber && run.waitingReason === "cap");
  return { stepNumber, item: capped?.item ?? NO_ITEM };
}

async function resumeStep(trx: Trx, executionId: number, key: StepKey, now: string): Promise<void> {
  const change = {
    status: "pending" as const,
    ...WAITS_FOR_NOTHING,
    retryAt: null,
    error: null,
  };
  await changeStep(trx, { executionId, key, change, from: ["waiting"], now });
}

/**
 * A call in doubt whose job is known is asked about again instead of being bought again; false where none is, or where the
 * vendor has said that it is over.
 */
async function resumeJob(trx: Trx, executionId: number, key: StepKey, now: string): Promise<boolean> {
  const attempts = await listAttempts(trx, executionId);
  const job = attempts.findLast(
    ({ stepNumber, item, status, jobId, settledAt }) =>
      stepNumber === key.stepNumber &&
      item === key.item &&
      status === "in_doubt" &&
      jobId !== null &&
      settledAt === null,
  );
  if (!job) return false;
  await moveAttempt(trx, job.id, ["in_doubt"], { status: "submitted" });
  const change = { status: "running" as const, ...WAITS_FOR_NOTHING, error: null };
  await changeStep(trx, { executionId, key, change, from: ["waiting"], now });
  return true;
}

async function giveUp(
  trx: Trx,
  options: { executionId: number; key: StepKey; failure: StoredFailure; now: string },
): Promise<void> {
  const { executionId, key, failure, now } = options;
  const change = {
    status: "failed" as const,
    error: failure,
    ...WAITS_FOR_NOTHING,
    completedAt: now,
  };
  await changeStep(trx, { executionId, key, change, from: ["waiting"], now });
}

async function raiseCap(
  trx: Trx,
  executionId: number,
  amounts: { capNanoUsd: NanoUsd | undefined; neededNanoUsd: NanoUsd },
): Promise<void> {
  const { capNanoUsd, neededNanoUsd } = amounts;
  const budget = await getBudget(trx, budgetOf(executionId));
  const least = (budget?.reservedNanoUsd ?? 0) + (budget?.spentNanoUsd ?? 0) + neededNanoUsd;
  const leastText = moneyText(least);
  if (capNanoUsd === undefined) {
    const message = {
      fr: `Donnez un plafond d’au moins ${leastText.fr}.`,
      en: `Give a cap of at least ${leastText.en}.`,
    };
    throw new RelaisError("invalid_request", message, [{ path: "cap_usd", message }]);
  }
  if (capNanoUsd < least) {
    throw new RelaisError("cap_too_low", {
      fr: `L’étape a besoin d’un plafond d’au moins ${leastText.fr}. Rien n’a été envoyé.`,
      en: `The step needs a cap of at least ${leastText.en}. Nothing was sent.`,
    });
  }
  await setCap(trx, budgetOf(executionId), capNanoUsd);
}

async function requireExecution(trx: Trx, id: number): Promise<ExecutionRow> {
  const execution = await getExecution(trx, id);
  if (execution) return execution;
  throw new RelaisError("not_found", {
    fr: `Il n’y a pas d’exécution ${id}.`,
    en: `There is no execution ${id}.`,
  });
}

/** How an execution has ended, in a sentence that starts with its number. */
const ENDED: Record<string, LocalText> = {
  completed: { fr: "est déjà terminée", en: "has already completed" },
  failed: { fr: "a déjà échoué", en: "has already failed" },
  cancelled: { fr: "est déjà annulée", en: "is already cancelled" },
};

function hasEnded({ id, status }: ExecutionRow): RelaisError {
  const how = ENDED[status] ?? { fr: "est finie", en: "has ended" };
  return new RelaisError("conflict", {
    fr: `L’exécution ${id} ${how.fr}. Rien n’a changé.`,
    en: `Execution ${id} ${how.en}. Nothing has changed.`,
  });
}

function requireWaiting(
  run: StepRunRow | undefined,
  reason: WaitingReason,
  request: DecisionRequest,
): asserts run is StepRunRow {
  if (run?.status === "waiting" && run.waitingReason === reason) return;
  throw new RelaisError("conflict", {
    fr: `L’étape ${request.stepNumber} n’attend pas la décision « ${request.decision} ». Rien n’a changé.`,
    en: `Step ${request.stepNumber} does not wait for the decision “${request.decision}”. Nothing has changed.`,
  });
}
