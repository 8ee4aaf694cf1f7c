import { listItemRuns } from "../db/item-store.ts";
import type { StepRunChange, StepRunRow, StepStateRow } from "../db/step-run-store.ts";
import { NO_ITEM, type Step } from "../workflow/definition.ts";
import { sumCosts } from "../workflow/money.ts";
import { isFinal, type StepRunStatus } from "../workflow/statuses.ts";
import type { HeldExecution } from "./held-execution.ts";
import { countItems, itemsByStep, liveCostOfItems, outcomeOfItems, outputOfItems } from "./items.ts";

/** The rows of steps that run once per item follow those of their items. */

/**
 * Brings the rows of steps that run once per item up to date with those of their items: how many are done, their calls,
 * their cost, whether they wait. Where an answer has arrived after the step had ended, its list is put together again.
 */
export async function followItems(held: HeldExecution, steps: readonly Step[]): Promise<void> {
  for (const [stepNumber, items] of itemsByStep(held.runs)) {
    const row = held.run({ stepNumber, item: NO_ITEM });
    if (!row) continue;
    const cost = sumCosts(items.map((item) => ({ nanoUsd: item.costNanoUsd, basis: item.costBasis })));
    const attempts = items.reduce((sum, item) => sum + item.attempts, 0);
    const counts = countItems(items);
    const money = { costNanoUsd: cost.nanoUsd, costBasis: cost.basis, attempts };
    const isLate = counts.itemsDone === counts.itemsTotal && counts.itemsFailed !== row.itemsFailed;
    if (isFinal(row.status) && isLate) await gatherItems(held, steps, { stepNumber, before: row.status });
    const status = isFinal(row.status) || row.waitingReason !== null ? row.status : statusOf(items);
    const next = { status, ...counts, ...money };
    const isSame = { ...row, ...next };
    if (JSON.stringify(isSame) === JSON.stringify(row)) continue;
    const { status: _status, ...withoutStatus } = next;
    await held.changeStep(row, status === row.status ? withoutStatus : next);
  }
}

/** What the row of a step says while its items are not all done. */
function statusOf(items: readonly StepStateRow[]): StepRunStatus {
  const has = (status: StepRunStatus): boolean => items.some((item) => item.status === status);
  const isCapped = items.some(({ status, waitingReason }) => status === "waiting" && waitingReason === "cap");
  return !has("running") && has("waiting") && (isCapped || !has("pending")) ? "waiting" : "running";
}

/** What a person has rejected stays visible, and is handed on to nobody. */
function handedOn(item: StepRunRow): StepRunRow {
  return item.status === "completed" ? item : { ...item, output: null };
}

/** Ends a step whose items have all ended: puts their outputs together, or says how many have failed. */
export async function gatherItems(
  held: HeldExecution,
  steps: readonly Step[],
  { stepNumber, before }: { stepNumber: number; before: StepRunStatus },
): Promise<void> {
  const step = steps.find((candidate) => candidate.step_number === stepNumber);
  if (!step) throw new Error(`execution ${held.id} has no step ${stepNumber}`);
  const items = await listItemRuns(held.trx, held.id, stepNumber);
  // What a cancel has cut short stays so, unless nothing is missing after all.
  if (before === "cancelled" && !items.every(({ status }) => status === "completed")) return;
  const failure = outcomeOfItems(items, step);
  const made = items.find(({ status }) => status === "completed");
  const maker = made && { provider: made.provider, model: made.model, performedBy: made.performedBy };
  const change: StepRunChange = {
    ...maker,
    ...countItems(items),
    liveCost: liveCostOfItems(items),
    completedAt: held.now,
    ...(failure
      ? { status: "failed", error: failure, output: null }
      : { status: "completed", error: null, output: outputOfItems(items.map(handedOn)) }),
  };
  await held.changeStep({ stepNumber, item: NO_ITEM }, change);
}
