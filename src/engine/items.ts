import type { StepRunRow } from "../db/step-run-store.ts";
import type { StoredFailure, StoredFile, StoredOutput } from "../db/stored-values.ts";
import { NO_ITEM, type Step, type StepKey } from "../workflow/definition.ts";
import { sumCosts, type Cost } from "../workflow/money.ts";
import { isFinal, type StepRunStatus } from "../workflow/statuses.ts";
import type { Json } from "../workflow/values.ts";
import { itemsFailed } from "./failures.ts";

/** What follows from the items of a step that runs once per item of a list. Pure. */

/** The items among some step runs, by the number of their step, in their order. */
export function itemsByStep<Run extends StepKey>(runs: readonly Run[]): Map<number, Run[]> {
  const items = new Map<number, Run[]>();
  for (const run of runs.filter(({ item }) => item !== NO_ITEM).toSorted((a, b) => a.item - b.item)) {
    const list = items.get(run.stepNumber);
    if (list) list.push(run);
    else items.set(run.stepNumber, [run]);
  }
  return items;
}

/** How far the items of a step are. What was cut short by a cancel counts as failed: it gave nothing. */
export interface ItemCounts {
  itemsTotal: number;
  itemsDone: number;
  itemsFailed: number;
}

export function countItems(items: readonly { status: StepRunStatus }[]): ItemCounts {
  const failed = items.filter(({ status }) => status === "failed" || status === "cancelled");
  return {
    itemsTotal: items.length,
    itemsDone: items.filter(({ status }) => isFinal(status)).length,
    itemsFailed: failed.length,
  };
}

/**
 * How a step ends whose items have all ended: as failed where one has failed and the step does not live with that, and
 * where nothing at all was made.
 */
export function outcomeOfItems(items: readonly StepRunRow[], step: Step): StoredFailure | null {
  const failed = items.filter(({ status }) => status === "failed");
  const made = items.filter(({ status }) => status === "completed");
  const isLivedWith = step.on_error === "continue" && made.length > 0;
  const isEmpty = items.length > 0 && made.length === 0;
  if (!isEmpty && (failed.length === 0 || isLivedWith)) return null;
  const first = failed.find(({ error }) => error !== null);
  return itemsFailed({ failed: failed.length, total: items.length, first });
}

/** The list of what the items made, in their order: nothing stands in the place of those that made nothing. */
export function outputOfItems(items: readonly StepRunRow[]): StoredOutput {
  const outputs = items.map(({ output }) => output);
  const first = outputs.find((output) => output !== null);
  const itemCount = items.length;
  const files = items.flatMap(({ item, output }) => (output?.files ?? []).map((file) => ofItem(file, item)));
  if (first && files.length > 0) return { medium: first.medium, files, itemCount };
  const json = outputs.map((output): Json => output?.json ?? output?.text ?? null);
  return { medium: "json", json, files: [], itemCount };
}

function ofItem(file: StoredFile, item: number): StoredFile {
  return { ...file, item };
}

/** What the calls of the items would have cost live, in a rehearsal; null where they were live, or a price is unknown. */
export function liveCostOfItems(items: readonly StepRunRow[]): Cost | null {
  const made = items.filter(({ status }) => status === "completed");
  const costs = made.flatMap(({ liveCost }) => liveCost ?? []);
  if (made.length === 0 || costs.length < made.length) return null;
  const { nanoUsd, basis } = sumCosts(costs);
  return { nanoUsd: basis === "unknown" ? null : nanoUsd, basis };
}
