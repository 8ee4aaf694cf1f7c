import { sql, type Selectable } from "kysely";
import { NO_ITEM } from "../workflow/definition.ts";
import type { CostBasis, NanoUsd } from "../workflow/money.ts";
import type { ExecutionStatus, Mode } from "../workflow/statuses.ts";
import type { Db, Trx } from "./database.ts";
import { listExecutionsByIds, type BatchPlace, type ExecutionRow } from "./execution-store.ts";
import { fromJson, fromNullableJson, toNullableJson } from "./json-column.ts";
import type { BatchTable } from "./schema.ts";
import type { StoredCostRange, StoredOutput } from "./stored-values.ts";

export interface BatchValues {
  title: string | null;
  workflowId: number | null;
  templateId: string | null;
  mode: Mode;
  rowCount: number;
  /** What all rows together were expected to cost; null for a rehearsal. */
  estimate: StoredCostRange | null;
  createdAt: string;
}

export interface BatchRow extends BatchValues {
  id: number;
}

function toBatch(row: Selectable<BatchTable>): BatchRow {
  return {
    id: row.id,
    title: row.title,
    workflowId: row.workflow_id,
    templateId: row.template_id,
    mode: row.mode,
    rowCount: row.row_count,
    estimate: fromNullableJson(row.estimate),
    createdAt: row.created_at,
  };
}

/** Stores a new batch and gives its id. */
export async function insertBatch(trx: Trx, values: BatchValues): Promise<number> {
  const { id } = await trx
    .insertInto("batches")
    .values({
      title: values.title,
      workflow_id: values.workflowId,
      template_id: values.templateId,
      mode: values.mode,
      row_count: values.rowCount,
      estimate: toNullableJson(values.estimate),
      created_at: values.createdAt,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/** Lets no other transaction that locks the batch go on before the end of this one. */
export async function lockBatch(trx: Trx, id: number): Promise<void> {
  await trx
    .updateTable("batches")
    .set((eb) => ({ row_count: eb.ref("row_count") }))
    .where("id", "=", id)
    .execute();
}

/** The newest execution of a row but one that is just being stored; undefined where there is none. */
export async function newestInRow(
  trx: Trx,
  place: BatchPlace,
  { but }: { but: number },
): Promise<number | undefined> {
  const row = await trx
    .selectFrom("workflow_executions")
    .select("id")
    .where("batch_id", "=", place.id)
    .where("batch_row", "=", place.row)
    .where("id", "<>", but)
    .where("deleted_at", "is", null)
    .orderBy("id", "desc")
    .executeTakeFirst();
  return row?.id;
}

export async function getBatch(db: Db, id: number): Promise<BatchRow | undefined> {
  const row = await db.selectFrom("batches").selectAll().where("id", "=", id).executeTakeFirst();
  return row && toBatch(row);
}

/** Newest first. */
export async function listBatches(db: Db, page: { limit: number; beforeId?: number }): Promise<BatchRow[]> {
  let query = db.selectFrom("batches").selectAll();
  if (page.beforeId !== undefined) query = query.where("id", "<", page.beforeId);
  const rows = await query.orderBy("id", "desc").limit(page.limit).execute();
  return rows.map(toBatch);
}

/** What the executions of a batch come to. */
export interface BatchSum {
  /** Of the rows, each as its newest execution stands; rows whose execution was deleted are left out. */
  counts: Partial<Record<ExecutionStatus, number>>;
  /** Of all its executions, those that were deleted or run again too. */
  costs: { nanoUsd: NanoUsd; basis: CostBasis }[];
}

/** Sums up some batches, by their ids. */
export async function sumBatches(db: Db, ids: readonly number[]): Promise<Map<number, BatchSum>> {
  const sums = new Map(ids.map((id): [number, BatchSum] => [id, { counts: {}, costs: [] }]));
  if (ids.length === 0) return sums;
  const counted = await db
    .selectFrom("workflow_executions as execution")
    .select(["batch_id as batchId", "status", (eb) => eb.fn.countAll<number>().as("count")])
    .where("batch_id", "in", ids)
    .where("deleted_at", "is", null)
    .where(IS_NEWEST)
    .groupBy(["batch_id", "status"])
    .execute();
  for (const { batchId, status, count } of counted) {
    const sum = sums.get(batchId ?? 0);
    if (sum) sum.counts[status] = count;
  }
  const costs = await db
    .selectFrom("workflow_executions")
    .select([
      "batch_id as batchId",
      "cost_basis as basis",
      sql<number>`cast(sum(total_cost_nano_usd) as bigint)`.as("nanoUsd"),
    ])
    .where("batch_id", "in", ids)
    .groupBy(["batch_id", "cost_basis"])
    .execute();
  for (const { batchId, basis, nanoUsd } of costs) sums.get(batchId ?? 0)?.costs.push({ basis, nanoUsd });
  return sums;
}

/** The newest execution of its row. */
const IS_NEWEST = sql<boolean>`not exists (
  select 1 from workflow_executions as newer
  where newer.batch_id = execution.batch_id and newer.batch_row = execution.batch_row and newer.id > execution.id
    and newer.deleted_at is null
)`;

/** What the steps of some executions have made, in the order of the steps. */
export async function outputsOf(
  db: Db,
  executionIds: readonly number[],
): Promise<Map<number, StoredOutput[]>> {
  const outputs = new Map<number, StoredOutput[]>();
  if (executionIds.length === 0) return outputs;
  const rows = await db
    .selectFrom("step_runs")
    .select(["execution_id as executionId", "output"])
    .where("execution_id", "in", executionIds)
    .where("item", "=", NO_ITEM)
    .where("output", "is not", null)
    .orderBy("execution_id")
    .orderBy("step_number")
    .execute();
  for (const { executionId, output } of rows) {
    if (output !== null) outputs.set(executionId, [...(outputs.get(executionId) ?? []), fromJson(output)]);
  }
  return outputs;
}

/** Whether somebody has cancelled an execution of a batch that is as new as this one, or newer. */
export async function isCancelledSince(db: Db, batchId: number, executionId: number): Promise<boolean> {
  const row = await db
    .selectFrom("workflow_executions")
    .select("id")
    .where("batch_id", "=", batchId)
    .where("id", ">=", executionId)
    .where("status", "=", "cancelled")
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Which executions of a batch something has happened to since a time. */
export async function executionsChangedSince(db: Db, batchId: number, time: string): Promise<Set<number>> {
  const rows = await db
    .selectFrom("execution_events")
    .innerJoin("workflow_executions", "workflow_executions.id", "execution_events.execution_id")
    .select("execution_events.execution_id as id")
    .distinct()
    .where("workflow_executions.batch_id", "=", batchId)
    .where("execution_events.created_at", ">=", time)
    .execute();
  return new Set(rows.map(({ id }) => id));
}

export interface BatchRowFilter {
  limit: number;
  /** Only rows after this one. */
  afterRow?: number;
  statuses?: readonly ExecutionStatus[];
  /** Only these rows. */
  rows?: readonly number[];
}

/** The newest execution of each row of a batch, in the order of the rows. */
export async function listBatchRows(
  db: Db,
  batchId: number,
  filter: BatchRowFilter,
): Promise<ExecutionRow[]> {
  const places = await newestOf(db, batchId, filter);
  return await listExecutionsByIds(
    db,
    places.map(({ id }) => id),
  );
}

/** Where the rows of a batch stand. */
export interface BatchPlaceState {
  id: number;
  row: number;
  status: ExecutionStatus;
}

/** The newest execution of each row with its status only. */
export async function newestOf(db: Db, batchId: number, filter: BatchRowFilter): Promise<BatchPlaceState[]> {
  let query = db
    .selectFrom("workflow_executions as execution")
    .select(["id", "batch_row as row", "status"])
    .where("batch_id", "=", batchId)
    .where("deleted_at", "is", null)
    .where(IS_NEWEST);
  if (filter.afterRow !== undefined) query = query.where("batch_row", ">", filter.afterRow);
  if (filter.statuses) query = query.where("status", "in", filter.statuses);
  if (filter.rows) query = query.where("batch_row", "in", filter.rows);
  const found = await query.orderBy("batch_row").limit(filter.limit).execute();
  return found.map(({ id, row, status }) => ({ id, row: row ?? 0, status }));
}
