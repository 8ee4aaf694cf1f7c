import { listCosts } from "../db/attempt-store.ts";
import type { Trx } from "../db/database.ts";
import { getExecution, type ExecutionChange, type ExecutionRow } from "../db/execution-store.ts";
import { getStepRun, listStepRuns, type StepRunRow, type StepStateRow } from "../db/step-run-store.ts";
import type { ExecutionSnapshot, WaitingFor } from "../db/stored-values.ts";
import type { LocalText } from "../errors.ts";
import { NO_ITEM, type Step } from "../workflow/definition.ts";
import type { StepLinks } from "../workflow/graph.ts";
import { sumCosts, type CostBasis, type NanoUsd } from "../workflow/money.ts";
import { isFinal, type ExecutionStatus } from "../workflow/statuses.ts";
import type { HeldExecution } from "./held-execution.ts";
import { followItems, gatherItems } from "./item-progress.ts";
import { planExecution, type Plan } from "./plan.ts";
import { snapshotOfStep } from "./step-change.ts";

/** What does not change while an execution runs. */
export interface ExecutionFrame {
  id: number;
  steps: Step[];
  links: StepLinks[];
}

/** The columns of a step run that waits for nothing any more. */
export const WAITS_FOR_NOTHING = {
  waitingReason: null,
  waitingAmountNanoUsd: null,
  waitingScope: null,
  waitingPeriod: null,
} as const;

/**
 * Plans again inside the transaction that has changed a step, and writes what follows from it: steps that will never
 * run, the state of the execution, its cost, its event. One transaction, so no crash falls between a result and what
 * it means.
 */
export async function advance(held: HeldExecution, frame: ExecutionFrame): Promise<Plan> {
  const plan = await planWithItems(held, frame);
  const before = held.snapshot;
  if (isFinal(before.status)) {
    await writeCost(held, frame, before);
    return noteIn(held, { ...plan, ready: [], nextRetryAt: null, rest: null });
  }
  const status: ExecutionStatus = plan.rest ?? "running";
  const cost = costOfSteps(held.runs);
  const isEnd = status === "completed" || status === "failed";
  const after: ExecutionSnapshot = {
    ...before,
    status,
    currentStep: plan.currentStep,
    totalCostNanoUsd: cost.nanoUsd,
    costBasis: cost.basis,
    waitingFor: isEnd ? null : waitingFor(held.runs),
    error: status === "failed" ? await failureOf(held) : null,
    completedAt: isEnd ? held.now : null,
  };
  await writeSnapshot(held, frame, { before, after });
  return noteIn(held, plan);
}

function noteIn(held: HeldExecution, plan: Plan): Plan {
  held.plan = plan;
  return plan;
}

/** Each step holds the sum of its calls, one with items that of theirs. */
function costOfSteps(runs: readonly StepStateRow[]): ReturnType<typeof sumCosts> {
  const steps = runs.filter(({ item }) => item === NO_ITEM);
  return sumCosts(steps.map(({ costNanoUsd: nanoUsd, costBasis: basis }) => ({ nanoUsd, basis })));
}

/** Plans, and writes what follows for steps and items, until nothing more does: a list that is whole sets others going. */
async function planWithItems(held: HeldExecution, frame: ExecutionFrame): Promise<Plan> {
  const { steps, links } = frame;
  for (;;) {
    const plan = planExecution({ steps, links, runs: held.runs, now: held.now });
    for (const stepNumber of plan.gathered) await gatherItems(held, steps, { stepNumber, before: "running" });
    if (plan.gathered.length > 0) continue;
    await writeEnds(held, plan);
    await followItems(held, steps);
    return plan;
  }
}

/** Ends what will never run. Items end without an event each: that of their step says so. */
async function writeEnds(held: HeldExecution, plan: Plan): Promise<void> {
  const steps = plan.ended.filter(({ item }) => item === NO_ITEM);
  if (steps.length < plan.ended.length) {
    await held.endItems({ from: ["pending"], status: "skipped" });
    await held.endItems({ from: ["waiting"], status: "cancelled" });
    await held.readRuns();
  }
  for (const end of steps) {
    await held.changeStep(end, { status: end.status, completedAt: held.now, waitingReason: null });
  }
}

/** What a failed execution says: the sentence of its first failed step. */
async function failureOf({ trx, id, runs }: HeldExecution): Promise<LocalText | null> {
  const failed = runs.find((run) => run.status === "failed" && run.item === NO_ITEM);
  return (failed && (await getStepRun(trx, id, failed))?.error?.message) ?? null;
}

/** The first step that waits for a person, if one does; of a step with items, the first of these that does. */
function waitingFor(runs: readonly StepStateRow[]): WaitingFor | null {
  const run = runs.find(({ status, waitingReason }) => status === "waiting" && waitingReason !== null);
  if (!run?.waitingReason) return null;
  return {
    reason: run.waitingReason,
    stepNumber: run.stepNumber,
    item: run.item,
    amountNanoUsd: run.waitingAmountNanoUsd,
    ...(run.waitingReason === "cap" && { scope: run.waitingScope, period: run.waitingPeriod }),
  };
}

async function writeSnapshot(
  held: HeldExecution,
  frame: ExecutionFrame,
  { before, after }: { before: ExecutionSnapshot; after: ExecutionSnapshot },
): Promise<void> {
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  const isAtRest = after.status !== "running";
  const columns = isAtRest ? await restingColumns(held, frame) : {};
  const { totalSteps: _total, startedAt: _started, completedAt, ...change } = after;
  await held.changeExecution({ ...change, ...columns, ...(completedAt !== null && { completedAt }) });
  held.tell(after);
}

/** The columns that repeat the step runs, for who reads the table of executions directly. */
async function restingColumns(
  { trx, id }: HeldExecution,
  frame: ExecutionFrame,
): Promise<Pick<ExecutionChange, "stepsData" | "results">> {
  const runs = await listStepRuns(trx, id);
  const names = new Map(frame.steps.map((step) => [step.step_number, step.name ?? null]));
  return {
    stepsData: runs.map(snapshotOfStep),
    // The list of a step holds what its items made; where it has none, these stand for themselves.
    results: runs.flatMap(({ output, stepNumber, item }) => {
      const isInList = item !== NO_ITEM && runs.some((run) => isWholeOf(run, stepNumber));
      const place = { stepNumber, name: names.get(stepNumber) ?? null, ...(item !== NO_ITEM && { item }) };
      return output && !isInList ? [Object.assign(place, output)] : [];
    }),
  };
}

function isWholeOf(run: StepRunRow, stepNumber: number): boolean {
  return run.stepNumber === stepNumber && run.item === NO_ITEM && run.output !== null;
}

/** After the end only the cost and the results of calls that were already out may still change. */
async function writeCost(
  held: HeldExecution,
  frame: ExecutionFrame,
  before: ExecutionSnapshot,
): Promise<void> {
  const { nanoUsd, basis } = await costOfCalls(held.trx, held.id, { withOpen: true });
  const isSame = nanoUsd === before.totalCostNanoUsd && basis === before.costBasis;
  const cost = { totalCostNanoUsd: nanoUsd, costBasis: basis };
  await held.changeExecution({ ...(await restingColumns(held, frame)), ...(!isSame && cost) });
  if (isSame) return;
  const after = await getExecution(held.trx, held.id);
  if (after) held.tell(snapshotOfExecution(after));
}

/** What the calls of an execution add up to; with those that are still out, the sum is of unknown basis. */
export async function costOfCalls(
  trx: Trx,
  executionId: number,
  options: { withOpen: boolean },
): Promise<{ nanoUsd: NanoUsd; basis: CostBasis }> {
  return sumCosts((await listCosts(trx, executionId, options)).map((call) => call.cost));
}

export function snapshotOfExecution(execution: ExecutionRow): ExecutionSnapshot {
  return {
    status: execution.status,
    currentStep: execution.currentStep,
    totalSteps: execution.totalSteps,
    totalCostNanoUsd: execution.totalCostNanoUsd,
    costBasis: execution.costBasis,
    waitingFor: execution.waitingFor,
    error: execution.error,
    startedAt: execution.startedAt,
    completedAt: execution.completedAt,
  };
}
