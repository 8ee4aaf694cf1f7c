import type { Selectable } from "kysely";
import { NO_ITEM, type StepKey } from "../workflow/definition.ts";
import type { StepRunStatus } from "../workflow/statuses.ts";
import type { Value } from "../workflow/values.ts";
import type { Db, Trx } from "./database.ts";
import { fromNullableJson, toJson, toNullableJson } from "./json-column.ts";
import type { StepRunTable } from "./schema.ts";
import type { StepSnapshot, StoredOutput } from "./stored-values.ts";

export interface StepRunRow extends StepSnapshot {
  output: StoredOutput | null;
  /** What an item is; null on the row of a step. */
  itemValue: Value | null;
}

export type StepRunChange = Partial<Omit<StepRunRow, keyof StepKey | "isEdited">> & {
  /** What was made, where a person puts something else in its place. */
  originalOutput?: StoredOutput;
};

export function toStepRun(row: Selectable<StepRunTable>): StepRunRow {
  return {
    stepNumber: row.step_number,
    item: row.item,
    status: row.status,
    attempts: row.attempts,
    provider: row.provider,
    model: row.model,
    performedBy: row.performed_by,
    costNanoUsd: row.cost_nano_usd,
    costBasis: row.cost_basis,
    output: fromNullableJson(row.output),
    error: fromNullableJson(row.error),
    waitingReason: row.waiting_reason,
    waitingAmountNanoUsd: row.waiting_amount_nano_usd,
    waitingScope: row.waiting_scope,
    waitingPeriod: row.waiting_period,
    liveCost: fromNullableJson(row.live_cost),
    reusedFromExecutionId: row.reused_from_execution_id,
    savedNanoUsd: row.saved_nano_usd,
    retryAt: row.retry_at,
    placeSince: row.place_since,
    startedAt: row.started_at,
    completedAt: row.completed_at,
    decideBy: row.decide_by,
    isEdited: row.original_output !== null,
    isRepaired: row.is_repaired === 1,
    itemValue: fromNullableJson(row.item_value),
    itemsTotal: row.items_total,
    itemsDone: row.items_done,
    itemsFailed: row.items_failed,
  };
}

/** What planning knows of a step run. */
export type StepStateRow = Pick<
  StepRunRow,
  | keyof StepKey
  | "status"
  | "retryAt"
  | "waitingReason"
  | "waitingAmountNanoUsd"
  | "waitingScope"
  | "waitingPeriod"
  | "attempts"
  | "costNanoUsd"
  | "costBasis"
  | "itemsTotal"
  | "itemsDone"
  | "itemsFailed"
>;

export async function insertStepRuns(trx: Trx, executionId: number, keys: StepKey[]): Promise<void> {
  await trx
    .insertInto("step_runs")
    .values(
      keys.map((key) => ({
        execution_id: executionId,
        step_number: key.stepNumber,
        item: key.item,
        status: "pending",
        provider: null,
        model: null,
        performed_by: null,
        output: null,
        error: null,
        waiting_reason: null,
        waiting_amount_nano_usd: null,
        reused_from_execution_id: null,
        saved_nano_usd: null,
        waiting_scope: null,
        waiting_period: null,
        live_cost: null,
        retry_at: null,
        place_since: null,
        started_at: null,
        completed_at: null,
        decide_by: null,
        original_output: null,
      })),
    )
    .execute();
}

/** The step runs of one execution, in the order of its steps. */
export async function listStepRuns(db: Db, executionId: number): Promise<StepRunRow[]> {
  const rows = await db
    .selectFrom("step_runs")
    .selectAll()
    .where("execution_id", "=", executionId)
    .orderBy("step_number")
    .orderBy("item")
    .execute();
  return rows.map(toStepRun);
}

/** What planning needs of the step runs of one execution: not what they made, which may be large. */
export async function listStepStates(db: Db, executionId: number): Promise<StepStateRow[]> {
  return await db
    .selectFrom("step_runs")
    .select([
      "step_number as stepNumber",
      "item",
      "status",
      "retry_at as retryAt",
      "waiting_reason as waitingReason",
      "waiting_amount_nano_usd as waitingAmountNanoUsd",
      "waiting_scope as waitingScope",
      "waiting_period as waitingPeriod",
      "attempts",
      "cost_nano_usd as costNanoUsd",
      "cost_basis as costBasis",
      "items_total as itemsTotal",
      "items_done as itemsDone",
      "items_failed as itemsFailed",
    ])
    .where("execution_id", "=", executionId)
    .orderBy("step_number")
    .orderBy("item")
    .execute();
}

/** The step runs of several executions, for lists, by execution id: without the items of steps that have them. */
export async function listStepRunsOf(db: Db, executionIds: number[]): Promise<Map<number, StepRunRow[]>> {
  const byExecution = new Map<number, StepRunRow[]>(executionIds.map((id) => [id, []]));
  if (executionIds.length === 0) return byExecution;
  const rows = await db
    .selectFrom("step_runs")
    .selectAll()
    .where("execution_id", "in", executionIds)
    .where("item", "=", NO_ITEM)
    .orderBy("step_number")
    .execute();
  for (const row of rows) byExecution.get(row.execution_id)?.push(toStepRun(row));
  return byExecution;
}

export async function getStepRun(db: Db, executionId: number, key: StepKey): Promise<StepRunRow | undefined> {
  const row = await db
    .selectFrom("step_runs")
    .selectAll()
    .where("execution_id", "=", executionId)
    .where("step_number", "=", key.stepNumber)
    .where("item", "=", key.item)
    .executeTakeFirst();
  return row && toStepRun(row);
}

/** The status alone: a step run may hold a large output. */
export async function getStepStatus(
  db: Db,
  executionId: number,
  key: StepKey,
): Promise<StepRunStatus | undefined> {
  const row = await db
    .selectFrom("step_runs")
    .select("status")
    .where("execution_id", "=", executionId)
    .where("step_number", "=", key.stepNumber)
    .where("item", "=", key.item)
    .executeTakeFirst();
  return row?.status;
}

/** Whether a step run has a result, whatever has become of it. */
export async function hasOutput(db: Db, executionId: number, key: StepKey): Promise<boolean> {
  const row = await db
    .selectFrom("step_runs")
    .select("item")
    .where("execution_id", "=", executionId)
    .where("step_number", "=", key.stepNumber)
    .where("item", "=", key.item)
    .where("output", "is not", null)
    .executeTakeFirst();
  return row !== undefined;
}

/** Results that wait to be approved and whose time is over, of all executions. */
export async function listOverdue(
  db: Db,
  { now, limit }: { now: string; limit: number },
): Promise<(StepKey & { executionId: number })[]> {
  return await db
    .selectFrom("step_runs")
    .select(["execution_id as executionId", "step_number as stepNumber", "item"])
    .where("waiting_reason", "=", "approval")
    .where("decide_by", "<=", now)
    .orderBy("decide_by")
    .limit(limit)
    .execute();
}

/** Changes one step run and gives its new row; undefined, and nothing changed, where it is in none of the statuses `from`. */
export async function updateStepRun(
  trx: Trx,
  executionId: number,
  key: StepKey,
  change: StepRunChange,
  from?: StepRunStatus[],
): Promise<StepRunRow | undefined> {
  let query = trx
    .updateTable("step_runs")
    .set({
      ...(change.status !== undefined && { status: change.status }),
      ...(change.attempts !== undefined && { attempts: change.attempts }),
      ...(change.provider !== undefined && { provider: change.provider }),
      ...(change.model !== undefined && { model: change.model }),
      ...(change.performedBy !== undefined && { performed_by: change.performedBy }),
      ...(change.costNanoUsd !== undefined && { cost_nano_usd: change.costNanoUsd }),
      ...(change.costBasis !== undefined && { cost_basis: change.costBasis }),
      ...(change.output !== undefined && { output: toNullableJson(change.output) }),
      ...(change.error !== undefined && { error: toNullableJson(change.error) }),
      ...(change.waitingReason !== undefined && { waiting_reason: change.waitingReason }),
      ...(change.waitingAmountNanoUsd !== undefined && {
        waiting_amount_nano_usd: change.waitingAmountNanoUsd,
      }),
      ...(change.reusedFromExecutionId !== undefined && {
        reused_from_execution_id: change.reusedFromExecutionId,
      }),
      ...(change.savedNanoUsd !== undefined && { saved_nano_usd: change.savedNanoUsd }),
      ...(change.waitingScope !== undefined && { waiting_scope: change.waitingScope }),
      ...(change.waitingPeriod !== undefined && { waiting_period: change.waitingPeriod }),
      ...(change.liveCost !== undefined && { live_cost: toNullableJson(change.liveCost) }),
      ...(change.retryAt !== undefined && { retry_at: change.retryAt }),
      ...(change.placeSince !== undefined && { place_since: change.placeSince }),
      ...(change.startedAt !== undefined && { started_at: change.startedAt }),
      ...(change.completedAt !== undefined && { completed_at: change.completedAt }),
      ...(change.decideBy !== undefined && { decide_by: change.decideBy }),
      ...(change.originalOutput !== undefined && { original_output: toJson(change.originalOutput) }),
      ...(change.isRepaired !== undefined && { is_repaired: change.isRepaired ? 1 : 0 }),
      ...(change.itemsTotal !== undefined && { items_total: change.itemsTotal }),
      ...(change.itemsDone !== undefined && { items_done: change.itemsDone }),
      ...(change.itemsFailed !== undefined && { items_failed: change.itemsFailed }),
    })
    .where("execution_id", "=", executionId)
    .where("step_number", "=", key.stepNumber)
    .where("item", "=", key.item);
  if (from) query = query.where("status", "in", from);
  const row = await query.returningAll().executeTakeFirst();
  return row && toStepRun(row);
}
