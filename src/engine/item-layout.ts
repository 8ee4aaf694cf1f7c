import { insertItems } from "../db/item-store.ts";
import type { StepKey } from "../workflow/definition.ts";
import type { Value } from "../workflow/values.ts";
import { advance } from "./execution-state.ts";
import { isSameStep, type HeldExecution } from "./held-execution.ts";
import { outputOfItems } from "./items.ts";
import type { Tenure } from "./journal.ts";
import { planExecution } from "./plan.ts";

/**
 * Lays out the items of a step that is ready: a row each, with what the item is, in one transaction. From then on the rows
 * are the list, whatever happens. An empty list is a finished step. False: nothing may start any more under this epoch.
 */
export async function layOutItems(
  held: HeldExecution,
  tenure: Tenure,
  { key, values }: { key: StepKey; values: readonly (Value | null)[] },
): Promise<boolean> {
  const { trx, runs, now } = held;
  if (!held.mayStart(tenure.epoch)) return false;
  const { ready } = planExecution({ ...tenure, runs, now });
  if (!ready.some((step) => isSameStep(step, key))) return true;
  const { stepNumber } = key;
  await insertItems(trx, { executionId: tenure.id, stepNumber }, { values, now });
  const counts = {
    itemsTotal: values.length,
    itemsDone: values.filter((value) => value === null).length,
    itemsFailed: 0,
  };
  const begun = { ...counts, error: null, retryAt: null, startedAt: now };
  const change =
    values.length > 0
      ? { ...begun, status: "running" as const }
      : { ...begun, status: "completed" as const, output: outputOfItems([]), completedAt: now };
  await held.readRuns();
  await held.changeStep(key, change, ["pending"]);
  await advance(held, tenure);
  return true;
}
