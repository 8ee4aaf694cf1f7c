import type { Trx } from "../db/database.ts";
import { appendEvent } from "../db/event-store.ts";
import { updateStepRun, type StepRunChange, type StepRunRow } from "../db/step-run-store.ts";
import type { StepSnapshot } from "../db/stored-values.ts";
import type { StepKey } from "../workflow/definition.ts";

/** Changes a step run, appends the event that tells of it, and gives its new row; undefined where it is not in `from`. */
export async function changeStep(
  trx: Trx,
  options: {
    executionId: number;
    key: StepKey;
    change: StepRunChange;
    from?: StepRunRow["status"][];
    now: string;
  },
): Promise<StepRunRow | undefined> {
  const { executionId, key, change, from, now } = options;
  const row = await updateStepRun(trx, executionId, key, change, from);
  if (row) await appendEvent(trx, executionId, { type: "step", data: snapshotOfStep(row) }, now);
  return row;
}

export function snapshotOfStep(row: StepRunRow): StepSnapshot {
  const { output: _output, itemValue: _itemValue, ...snapshot } = row;
  return snapshot;
}
