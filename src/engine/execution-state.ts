import { sql } from "kysely";
import { listCosts } from "../db/attempt-store.ts";
import type { Trx } from "../db/database.ts";
import { appendEvent } from "../db/event-store.ts";
import {
  getExecution,
  updateExecution,
  type ExecutionChange,
  type ExecutionRow,
} from "../db/execution-store.ts";
import { endItems } from "../db/item-store.ts";
import { getStepRun, listStepRuns, listStepStates, type StepRunRow } from "../db/step-run-store.ts";
import type { ExecutionSnapshot, WaitingFor } from "../db/stored-values.ts";
import type { LocalText } from "../errors.ts";
import { NO_ITEM, type Step } from "../workflow/definition.ts";
import type { StepLinks } from "../workflow/graph.ts";
import { sumCosts, type CostBasis, type NanoUsd } from "../workflow/money.ts";
import { isFinal, type ExecutionStatus } from "../workflow/statuses.ts";
import { followItems, gatherItems } from "./item-progress.ts";
import { planExecution, type Plan } from "./plan.ts";
import { changeStep, snapshotOfStep } from "./step-change.ts";

export { changeStep } from "./step-change.ts";

type StepStates = Awaited<ReturnType<typeof listStepStates>>;

/** What does not change while an execution runs. */
export interface ExecutionFrame {
  id: number;
  steps: Step[];
  links: StepLinks[];
}

/**
 * Plans again inside the transaction that has changed a step, and writes what follows from it: steps that will never
 * run, the state of the execution, its cost, its event. One transaction, so no crash falls between a result and what
 * it means.
 */
export async function advance(trx: Trx, frame: ExecutionFrame, now: string): Promise<Plan> {
  const { runs, plan, costs } = await planWithItems(trx, frame, now);
  const before = await readSnapshot(trx, frame.id);
  if (isFinal(before.status)) {
    await writeCost(trx, frame, { before, now });
    return { ...plan, ready: [], nextRetryAt: null, rest: null };
  }
  const status: ExecutionStatus = plan.rest ?? "running";
  const cost = sumCosts(
    (costs ?? (await listCosts(trx, frame.id, { withOpen: false }))).map((call) => call.cost),
  );
  const isEnd = status === "completed" || status === "failed";
  const after: ExecutionSnapshot = {
    ...before,
    status,
    currentStep: plan.currentStep,
    totalCostNanoUsd: cost.nanoUsd,
    costBasis: cost.basis,
    waitingFor: isEnd ? null : waitingFor(runs),
    error: status === "failed" ? await failureOf(trx, frame, runs) : null,
    completedAt: isEnd ? now : null,
  };
  await writeSnapshot(trx, frame, { before, after, now });
  return plan;
}

/** Plans, and writes what follows for steps and items, until nothing more does: a list that is whole sets others going. */
async function planWithItems(
  trx: Trx,
  frame: ExecutionFrame,
  now: string,
): Promise<{ runs: StepStates; plan: Plan; costs: Awaited<ReturnType<typeof listCosts>> | null }> {
  const hasItems = frame.steps.some((step) => step.for_each !== null);
  for (;;) {
    const runs = await listStepStates(trx, frame.id);
    const plan = planExecution({ steps: frame.steps, links: frame.links, runs, now });
    for (const stepNumber of plan.gathered) {
      await gatherItems(trx, frame, { stepNumber, before: "running", now });
    }
    if (plan.gathered.length > 0) continue;
    await writeEnds(trx, frame, { plan, now });
    if (!hasItems) return { runs, plan, costs: null };
    const states = plan.ended.length > 0 ? await listStepStates(trx, frame.id) : runs;
    const costs = await listCosts(trx, frame.id, { withOpen: false });
    await followItems(trx, frame, { runs: states, costs, now });
    return { runs: states, plan, costs };
  }
}

/** Ends what will never run. Items end without an event each: that of their step says so. */
async function writeEnds(
  trx: Trx,
  frame: ExecutionFrame,
  { plan, now }: { plan: Plan; now: string },
): Promise<void> {
  const steps = plan.ended.filter(({ item }) => item === NO_ITEM);
  if (steps.length < plan.ended.length) {
    await endItems(trx, { executionId: frame.id }, { from: ["pending"], status: "skipped", now });
    await endItems(trx, { executionId: frame.id }, { from: ["waiting"], status: "cancelled", now });
  }
  for (const end of steps) {
    const change = { status: end.status, completedAt: now, waitingReason: null };
    await changeStep(trx, { executionId: frame.id, key: end, change, now });
  }
}

async function readSnapshot(trx: Trx, id: number): Promise<ExecutionSnapshot> {
  const row = await trx
    .selectFrom("workflow_executions")
    .select([
      "status",
      "current_step as currentStep",
      "total_steps as totalSteps",
      "total_cost_nano_usd as totalCostNanoUsd",
      "cost_basis as costBasis",
      "started_at as startedAt",
      "completed_at as completedAt",
      sql<string | null>`waiting_for`.as("waitingForText"),
    ])
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
  const { waitingForText, ...rest } = row;
  const waiting: WaitingFor | null = waitingForText === null ? null : JSON.parse(waitingForText);
  return { ...rest, waitingFor: waiting, error: null };
}

/** What a failed execution says: the sentence of its first failed step. */
async function failureOf(trx: Trx, frame: ExecutionFrame, runs: StepStates): Promise<LocalText | null> {
  const failed = runs.find((run) => run.status === "failed" && run.item === NO_ITEM);
  return (failed && (await getStepRun(trx, frame.id, failed))?.error?.message) ?? null;
}

/** The first step that waits for a person, if one does; of a step with items, the first of these that does. */
function waitingFor(runs: StepStates): WaitingFor | null {
  const run = runs.find(({ status, waitingReason }) => status === "waiting" && waitingReason !== null);
  if (!run?.waitingReason) return null;
  return {
    reason: run.waitingReason,
    stepNumber: run.stepNumber,
    item: run.item,
    amountNanoUsd: run.waitingAmountNanoUsd,
  };
}

async function writeSnapshot(
  trx: Trx,
  frame: ExecutionFrame,
  options: { before: ExecutionSnapshot; after: ExecutionSnapshot; now: string },
): Promise<void> {
  const { before, after, now } = options;
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  const isAtRest = after.status !== "running";
  const columns = isAtRest ? await restingColumns(trx, frame) : {};
  const { totalSteps: _total, startedAt: _started, completedAt, ...change } = after;
  await updateExecution(trx, frame.id, {
    ...change,
    ...columns,
    ...(completedAt !== null && { completedAt }),
  });
  await appendEvent(trx, frame.id, { type: "execution", data: after }, now);
}

/** The columns that repeat the step runs, for who reads the table of executions directly. */
async function restingColumns(
  trx: Trx,
  frame: ExecutionFrame,
): Promise<Pick<ExecutionChange, "stepsData" | "results">> {
  const runs = await listStepRuns(trx, frame.id);
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
  trx: Trx,
  frame: ExecutionFrame,
  { before, now }: { before: ExecutionSnapshot; now: string },
): Promise<void> {
  const cost = await costOfCalls(trx, frame.id, { withOpen: true });
  await updateExecution(trx, frame.id, await restingColumns(trx, frame));
  if (cost.nanoUsd === before.totalCostNanoUsd && cost.basis === before.costBasis) return;
  const change = { totalCostNanoUsd: cost.nanoUsd, costBasis: cost.basis };
  await updateExecution(trx, frame.id, change);
  const after = await getExecution(trx, frame.id);
  if (after) await appendEvent(trx, frame.id, { type: "execution", data: snapshotOfExecution(after) }, now);
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
