import { NO_ITEM, type StepKey } from "../workflow/definition.ts";
import type { StepRunStatus } from "../workflow/statuses.ts";
import type { Value } from "../workflow/values.ts";
import type { Db, Trx } from "./database.ts";
import { fromNullableJson, toJson } from "./json-column.ts";
import { prepared, remembered, type Given } from "./prepared.ts";
import { toStepRun, type StepRunRow } from "./step-run-store.ts";
import type { StoredOutput } from "./stored-values.ts";

/** The step runs of the items of a list, in the table of all step runs. */

/** So that no statement has more values than a database takes. */
const ROWS_AT_ONCE = 200;

/** Stores the items of a step, numbered from 0 in their order; one that is null is skipped from the start. */
export async function insertItems(
  trx: Trx,
  place: { executionId: number; stepNumber: number },
  { values, now }: { values: readonly (Value | null)[]; now: string },
): Promise<void> {
  const rows = values.map((value, item) => ({
    execution_id: place.executionId,
    step_number: place.stepNumber,
    item,
    status: value === null ? ("skipped" as const) : ("pending" as const),
    item_value: value === null ? null : toJson(value),
    completed_at: value === null ? now : null,
  }));
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    await trx
      .insertInto("step_runs")
      .values(rows.slice(start, start + ROWS_AT_ONCE))
      .execute();
  }
}

/** The step runs of the items of one step, in their order. */
export async function listItemRuns(db: Db, executionId: number, stepNumber: number): Promise<StepRunRow[]> {
  const rows = await db
    .selectFrom("step_runs")
    .selectAll()
    .where("execution_id", "=", executionId)
    .where("step_number", "=", stepNumber)
    .where("item", ">", NO_ITEM)
    .orderBy("item")
    .execute();
  return rows.map(toStepRun);
}

/** What one item is; null where there is no such item. */
export async function getItemValue(
  db: Db,
  executionId: number,
  key: { stepNumber: number; item: number },
): Promise<Value | null> {
  const row = await db
    .selectFrom("step_runs")
    .select("item_value")
    .where("execution_id", "=", executionId)
    .where("step_number", "=", key.stepNumber)
    .where("item", "=", key.item)
    .executeTakeFirst();
  return fromNullableJson(row?.item_value ?? null);
}

/** Ends all items of some status at once, without an event each: that of their step tells of them. */
export async function endItems(
  trx: Trx,
  place: { executionId: number; stepNumber?: number },
  change: { from: StepRunStatus[]; status: "skipped" | "cancelled"; now: string },
): Promise<void> {
  let query = trx
    .updateTable("step_runs")
    .set({
      status: change.status,
      waiting_reason: null,
      waiting_amount_nano_usd: null,
      retry_at: null,
      completed_at: change.now,
    })
    .where("execution_id", "=", place.executionId)
    .where("item", ">", NO_ITEM)
    .where("status", "in", change.from);
  if (place.stepNumber !== undefined) query = query.where("step_number", "=", place.stepNumber);
  await query.execute();
}

/** Skips the items of a step that are still to be made, all but one, without an event each. */
export async function skipOtherItems(
  trx: Trx,
  { executionId, key, now }: { executionId: number; key: StepKey; now: string },
): Promise<void> {
  await trx
    .updateTable("step_runs")
    .set({ status: "skipped", completed_at: now })
    .where("execution_id", "=", executionId)
    .where("step_number", "=", key.stepNumber)
    .where("item", ">", NO_ITEM)
    .where("item", "!=", key.item)
    .where("status", "=", "pending")
    .execute();
}

/** By how many steps there are. */
const outputsOf = remembered((count: number) =>
  prepared((db, given: Given<Record<string, number>>) =>
    db
      .selectFrom("step_runs")
      .select(["step_number", "output"])
      .where("execution_id", "=", given("executionId"))
      .where("item", "=", NO_ITEM)
      .where(
        "step_number",
        "in",
        Array.from({ length: count }, (_, index) => given(`step${index}`)),
      )
      .compile(),
  ),
);

/** What some steps have made as a whole, by step number; items apart. */
export async function listOutputs(
  db: Db,
  executionId: number,
  stepNumbers: readonly number[],
): Promise<Map<number, StoredOutput>> {
  const outputs = new Map<number, StoredOutput>();
  if (stepNumbers.length === 0) return outputs;
  const values = stepNumbers.map((stepNumber, index) => [`step${index}`, stepNumber]);
  const { rows } = await outputsOf(stepNumbers.length)(db, { executionId, ...Object.fromEntries(values) });
  for (const row of rows) {
    const output = fromNullableJson(row.output);
    if (output) outputs.set(row.step_number, output);
  }
  return outputs;
}
