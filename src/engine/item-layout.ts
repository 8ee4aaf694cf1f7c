import type { Trx } from "../db/database.ts";
import { holdsEpoch } from "../db/execution-store.ts";
import { insertItems } from "../db/item-store.ts";
import { listStepStates } from "../db/step-run-store.ts";
import type { StepKey } from "../workflow/definition.ts";
import type { Value } from "../workflow/values.ts";
import { advance } from "./execution-state.ts";
import { outputOfItems } from "./items.ts";
import type { Tenure } from "./journal.ts";
import { planExecution } from "./plan.ts";
import { changeStep } from "./step-change.ts";

/**
 * Lays out the items of a step that is ready: a row each, with what the item is, in one transaction. From then on the rows
 * are the list, whatever happens. An empty list is a finished step. False: nothing may start any more under this epoch.
 */
export async function layOutItems(
  trx: Trx,
  tenure: Tenure,
  { key, values, now }: { key: StepKey; values: readonly (Value | null)[]; now: string },
): Promise<boolean> {
  if (!(await holdsEpoch(trx, tenure.id, tenure.epoch))) return false;
  const runs = await listStepStates(trx, tenure.id);
  const { ready } = planExecution({ ...tenure, runs, now });
  if (!ready.some(({ stepNumber, item }) => stepNumber === key.stepNumber && item === key.item)) return true;
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
  await changeStep(trx, { executionId: tenure.id, key, change, from: ["pending"], now });
  await advance(trx, tenure, now);
  return true;
}
