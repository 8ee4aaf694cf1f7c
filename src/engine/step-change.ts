import type { Trx } from "../db/database.ts";
import { appendEvent } from "../db/event-store.ts";
import { updateStepRun, type StepRunChange, type StepRunRow } from "../db/step-run-store.ts";
import type { StepSnapshot } from "../db/stored-values.ts";
import type { StepKey } from "../workflow/definition.ts";

/** Changes a step run, appends the event that tells of it, and says what it then is; undefined where it is not in `from`. */
export async function changeStep(
  trx: Trx,
  options: {
    executionId: number;
    key: StepKey;
    change: StepRunChange;
    from?: StepRunRow["status"][];
    now: string;
  },
): Promise<StepSnapshot | undefined> {
  const { executionId, key, change, from, now } = options;
  const data = await updateStepRun(trx, executionId, key, change, from);
  if (data) await appendEvent(trx, executionId, { type: "step", data }, now);
  return data;
}

export function snapshotOfStep(row: StepRunRow): StepSnapshot {
  const { output: _output, itemValue: _itemValue, ...snapshot } = row;
  return snapshot;
}
