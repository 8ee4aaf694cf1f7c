import { sql, type Selectable } from "kysely";
import { NO_ITEM, type StepKey } from "../workflow/definition.ts";
import type { StepRunStatus } from "../workflow/statuses.ts";
import type { Value } from "../workflow/values.ts";
import type { Db, Trx } from "./database.ts";
import { fromNullableJson, toJson, toNullableJson } from "./json-column.ts";
import { prepared, preparedRows, preparedUpdate, remembered, type Given } from "./prepared.ts";
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

/** The columns that a snapshot is made of: all but what was made, which may be large. */
const SNAPSHOT = [
  "step_number",
  "item",
  "status",
  "attempts",
  "provider",
  "model",
  "performed_by",
  "cost_nano_usd",
  "cost_basis",
  "error",
  "waiting_reason",
  "waiting_amount_nano_usd",
  "waiting_scope",
  "waiting_period",
  "live_cost",
  "reused_from_execution_id",
  "saved_nano_usd",
  "retry_at",
  "place_since",
  "started_at",
  "completed_at",
  "decide_by",
  "is_repaired",
  "items_total",
  "items_done",
  "items_failed",
] as const satisfies (keyof StepRunTable)[];

type SnapshotColumns = Pick<Selectable<StepRunTable>, (typeof SNAPSHOT)[number]>;

function toSnapshot(row: SnapshotColumns, { isEdited }: { isEdited: boolean }): StepSnapshot {
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
    isEdited,
    isRepaired: row.is_repaired === 1,
    itemsTotal: row.items_total,
    itemsDone: row.items_done,
    itemsFailed: row.items_failed,
  };
}

export function toStepRun(row: Selectable<StepRunTable>): StepRunRow {
  return {
    ...toSnapshot(row, { isEdited: row.original_output !== null }),
    output: fromNullableJson(row.output),
    itemValue: fromNullableJson(row.item_value),
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
> & {
  /** Whether there is a result, whatever has become of the step run. */
  hasOutput: boolean;
};

/** New step runs, that nothing is known of yet. */
const insertedRuns = preparedRows<
  [executionId: number, stepNumber: number, item: number, status: StepRunStatus]
>((rows, db) =>
  sql<never>`insert into step_runs (execution_id, step_number, item, status) values ${rows}`.compile(db),
);

export async function insertStepRuns(trx: Trx, executionId: number, keys: StepKey[]): Promise<void> {
  await insertedRuns(
    trx,
    keys.map(({ stepNumber, item }) => [executionId, stepNumber, item, "pending"]),
  );
}

const runsOf = prepared((db, given: Given<{ executionId: number }>) =>
  db
    .selectFrom("step_runs")
    .selectAll()
    .where("execution_id", "=", given("executionId"))
    .orderBy("step_number")
    .orderBy("item")
    .compile(),
);

/** The step runs of one execution, in the order of its steps. */
export async function listStepRuns(db: Db, executionId: number): Promise<StepRunRow[]> {
  return (await runsOf(db, { executionId })).rows.map(toStepRun);
}

/** The columns of a state, by the names that it has for them. */
export const STEP_STATE = [
  "step_runs.step_number as stepNumber",
  "step_runs.item",
  "step_runs.status",
  "step_runs.retry_at as retryAt",
  "step_runs.waiting_reason as waitingReason",
  "step_runs.waiting_amount_nano_usd as waitingAmountNanoUsd",
  "step_runs.waiting_scope as waitingScope",
  "step_runs.waiting_period as waitingPeriod",
  "step_runs.attempts",
  "step_runs.cost_nano_usd as costNanoUsd",
  "step_runs.cost_basis as costBasis",
  "step_runs.items_total as itemsTotal",
  "step_runs.items_done as itemsDone",
  "step_runs.items_failed as itemsFailed",
] as const;

/** Not the output itself, which may be large. A number on both databases. */
export const HAS_OUTPUT = sql<number>`case when step_runs.output is null then 0 else 1 end`.as("hasOutput");

const statesOf = prepared((db, given: Given<{ executionId: number }>) =>
  db
    .selectFrom("step_runs")
    .select([...STEP_STATE, HAS_OUTPUT])
    .where("execution_id", "=", given("executionId"))
    .orderBy("step_number")
    .orderBy("item")
    .compile(),
);

/** What planning needs of the step runs of one execution: not what they made, which may be large. */
export async function listStepStates(db: Db, executionId: number): Promise<StepStateRow[]> {
  const { rows } = await statesOf(db, { executionId });
  return rows.map(toState);
}

/** From a row that has these columns and perhaps others. */
export function toState(row: Omit<StepStateRow, "hasOutput"> & { hasOutput: number }): StepStateRow {
  return {
    stepNumber: row.stepNumber,
    item: row.item,
    status: row.status,
    retryAt: row.retryAt,
    waitingReason: row.waitingReason,
    waitingAmountNanoUsd: row.waitingAmountNanoUsd,
    waitingScope: row.waitingScope,
    waitingPeriod: row.waitingPeriod,
    attempts: row.attempts,
    costNanoUsd: row.costNanoUsd,
    costBasis: row.costBasis,
    itemsTotal: row.itemsTotal,
    itemsDone: row.itemsDone,
    itemsFailed: row.itemsFailed,
    hasOutput: row.hasOutput === 1,
  };
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

/** By the statuses of which the step run has to have one; none: any. */
const updateFrom = remembered((from: string) =>
  preparedUpdate<
    { executionId: number; stepNumber: number; ofItem: number },
    SnapshotColumns & { isEdited: number }
  >((set, db, given) =>
    sql<SnapshotColumns & { isEdited: number }>`
      update step_runs set ${set}
      where execution_id = ${given("executionId")} and step_number = ${given("stepNumber")} and item = ${given("ofItem")}
        ${from === "" ? sql`` : sql`and status in (${sql.join(from.split(","))})`}
      returning ${sql.join(SNAPSHOT.map((name) => sql.ref(name)))},
        case when original_output is null then 0 else 1 end as "isEdited"`.compile(db),
  ),
);

/** Changes one step run and says what it then is; undefined, and nothing changed, where it is in none of the statuses `from`. */
export async function updateStepRun(
  trx: Trx,
  executionId: number,
  key: StepKey,
  change: StepRunChange,
  from: StepRunStatus[] = [],
): Promise<StepSnapshot | undefined> {
  const { output, error, liveCost, originalOutput, isRepaired } = change;
  const columns: { [Name in keyof StepRunTable]?: Selectable<StepRunTable>[Name] | undefined } = {
    status: change.status,
    attempts: change.attempts,
    provider: change.provider,
    model: change.model,
    performed_by: change.performedBy,
    cost_nano_usd: change.costNanoUsd,
    cost_basis: change.costBasis,
    output: output === undefined ? undefined : toNullableJson(output),
    error: error === undefined ? undefined : toNullableJson(error),
    waiting_reason: change.waitingReason,
    waiting_amount_nano_usd: change.waitingAmountNanoUsd,
    reused_from_execution_id: change.reusedFromExecutionId,
    saved_nano_usd: change.savedNanoUsd,
    waiting_scope: change.waitingScope,
    waiting_period: change.waitingPeriod,
    live_cost: liveCost === undefined ? undefined : toNullableJson(liveCost),
    retry_at: change.retryAt,
    place_since: change.placeSince,
    started_at: change.startedAt,
    completed_at: change.completedAt,
    decide_by: change.decideBy,
    original_output: originalOutput === undefined ? undefined : toJson(originalOutput),
    is_repaired: isRepaired === undefined ? undefined : isRepaired ? 1 : 0,
    items_total: change.itemsTotal,
    items_done: change.itemsDone,
    items_failed: change.itemsFailed,
  };
  const { stepNumber, item: ofItem } = key;
  const [row] = (await updateFrom(from.join(","))(trx, columns, { executionId, stepNumber, ofItem })).rows;
  return row && toSnapshot(row, { isEdited: row.isEdited === 1 });
}
