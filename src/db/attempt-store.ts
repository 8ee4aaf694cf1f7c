import { sql, type Selectable } from "kysely";
import type { StepKey } from "../workflow/definition.ts";
import type { Cost, CostBasis, NanoUsd } from "../workflow/money.ts";
import type { AttemptStatus } from "../workflow/statuses.ts";
import type { RepairRequest } from "../workflow/repair.ts";
import type { Json } from "../workflow/values.ts";
import type { Db, Trx } from "./database.ts";
import { fromNullableJson, toJson } from "./json-column.ts";
import { prepared, preparedUpdate, remembered, type Given } from "./prepared.ts";
import type { AttemptTable } from "./schema.ts";
import type { StoredFailure } from "./stored-values.ts";

/** One call to a provider, as the money journal holds it. */
export interface AttemptRow extends StepKey {
  id: string;
  executionId: number;
  /** 1 for the first call of its step run. */
  number: number;
  status: AttemptStatus;
  epoch: number;
  provider: string;
  model: string;
  requestHash: string;
  jobId: string | null;
  reservedNanoUsd: NanoUsd;
  reservedBasis: CostBasis;
  /** Null until it is settled, and where what was billed is not known. */
  cost: Cost | null;
  isUnused: boolean;
  /** The batch whose budget counts it; null: of none. */
  batchId: number | null;
  /** The workflow or template whose budgets count it; null: of none. */
  budgetScope: string | null;
  createdAt: string;
  /** When nothing more was to be learnt of it; null also while it is in doubt, unless the vendor said that its job is over. */
  settledAt: string | null;
}

function toRow(row: Selectable<AttemptTable>): AttemptRow {
  return {
    id: row.id,
    executionId: row.execution_id,
    stepNumber: row.step_number,
    item: row.item,
    number: row.number,
    status: row.status,
    epoch: row.epoch,
    provider: row.provider,
    model: row.model,
    requestHash: row.request_hash,
    jobId: row.job_id,
    reservedNanoUsd: row.reserved_nano_usd,
    reservedBasis: row.reserved_basis,
    cost: row.cost_basis === null ? null : { nanoUsd: row.cost_nano_usd, basis: row.cost_basis },
    isUnused: row.is_unused === 1,
    batchId: row.batch_id,
    budgetScope: row.budget_scope,
    createdAt: row.created_at,
    settledAt: row.settled_at,
  };
}

export type NewAttempt = Omit<AttemptRow, "status" | "jobId" | "cost" | "isUnused" | "settledAt">;

const inserted = prepared((db, given: Given<NewAttempt>) =>
  db
    .insertInto("attempts")
    .values({
      id: given("id"),
      execution_id: given("executionId"),
      step_number: given("stepNumber"),
      item: given("item"),
      number: given("number"),
      status: "sent",
      epoch: given("epoch"),
      provider: given("provider"),
      model: given("model"),
      request_hash: given("requestHash"),
      reserved_nano_usd: given("reservedNanoUsd"),
      reserved_basis: given("reservedBasis"),
      batch_id: given("batchId"),
      budget_scope: given("budgetScope"),
      created_at: given("createdAt"),
      sent_at: given("createdAt"),
    })
    .compile(),
);

/** Opens an attempt as `sent`: its call leaves once that is on disk. */
export async function insertAttempt(trx: Trx, attempt: NewAttempt): Promise<void> {
  await inserted(trx, attempt);
}

export interface AttemptChange {
  status: AttemptStatus;
  jobId?: string;
  cost?: Cost;
  usage?: Record<string, Json>;
  failure?: StoredFailure;
  repair?: RepairRequest;
  isUnused?: boolean;
  settledAt?: string;
}

/** By the statuses of which the attempt has to have one. */
const moveFrom = remembered((from: string) =>
  preparedUpdate<{ attemptId: string }, never>((set, db, given) =>
    sql<never>`update attempts set ${set} where id = ${given("attemptId")} and status in (${sql.join(from.split(","))})`.compile(
      db,
    ),
  ),
);

/** Moves an attempt on by compare-and-set: false, and nothing changed, where it is in none of the statuses `from`. */
export async function moveAttempt(
  trx: Trx,
  id: string,
  from: AttemptStatus[],
  change: AttemptChange,
): Promise<boolean> {
  const { cost, usage, failure, repair, isUnused } = change;
  const columns: { [Name in keyof AttemptTable]?: Selectable<AttemptTable>[Name] | undefined } = {
    status: change.status,
    job_id: change.jobId,
    cost_nano_usd: cost?.nanoUsd,
    cost_basis: cost?.basis,
    usage: usage === undefined ? undefined : toJson(usage),
    failure: failure === undefined ? undefined : toJson(failure),
    repair: repair === undefined ? undefined : toJson(repair),
    is_unused: isUnused === undefined ? undefined : isUnused ? 1 : 0,
    settled_at: change.settledAt,
  };
  const { numAffectedRows } = await moveFrom(from.join(","))(trx, columns, { attemptId: id });
  return numAffectedRows === 1n;
}

/** What a step run is to have corrected, and the number of the call that made it; null where there is nothing. */
export async function getRepair(
  db: Db,
  executionId: number,
  key: StepKey,
): Promise<{ request: RepairRequest; after: number } | null> {
  const row = await db
    .selectFrom("attempts")
    .select(["repair", "number"])
    .where("execution_id", "=", executionId)
    .where("step_number", "=", key.stepNumber)
    .where("item", "=", key.item)
    .where("repair", "is not", null)
    .executeTakeFirst();
  const request = row && fromNullableJson(row.repair);
  return request ? { request, after: row.number } : null;
}

/** All attempts of an execution, oldest first. */
export async function listAttempts(db: Db, executionId: number): Promise<AttemptRow[]> {
  const rows = await db
    .selectFrom("attempts")
    .selectAll()
    .where("execution_id", "=", executionId)
    .orderBy("step_number")
    .orderBy("item")
    .orderBy("number")
    .execute();
  return rows.map(toRow);
}

/** Attempts of an execution that are under way, or were when its process ended. */
export async function listOpenAttempts(db: Db, executionId: number): Promise<AttemptRow[]> {
  const rows = await db
    .selectFrom("attempts")
    .selectAll()
    .where("execution_id", "=", executionId)
    .where("status", "in", ["reserved", "sent", "submitted"])
    .execute();
  return rows.map(toRow);
}

/** Executions with attempts under way, whatever the state of the execution: a cancelled one may still have calls out. */
export async function listExecutionIdsWithOpenAttempts(db: Db): Promise<number[]> {
  const rows = await db
    .selectFrom("attempts")
    .select("execution_id")
    .distinct()
    // Spelled out, because an index of just these is not used for values that come beside the query.
    .where(sql<boolean>`status in ('reserved', 'sent', 'submitted')`)
    .execute();
  return rows.map(({ execution_id }) => execution_id);
}

/**
 * What the calls of an execution have cost, call by call; calls that were never sent are left out. A call that is still
 * out is left out too, unless `withOpen`: then what it costs is unknown. With `key`: only those of one step run.
 */
export async function listCosts(
  trx: Trx,
  executionId: number,
  { withOpen, key }: { withOpen: boolean; key?: StepKey },
): Promise<(StepKey & { cost: Cost })[]> {
  const open: AttemptStatus[] = withOpen ? ["sent", "submitted"] : [];
  let query = trx
    .selectFrom("attempts")
    .select(["step_number", "item", "cost_nano_usd", "cost_basis", "reserved_basis"])
    .where("execution_id", "=", executionId)
    .where("status", "in", ["succeeded", "failed", "in_doubt", ...open]);
  if (key) query = query.where("step_number", "=", key.stepNumber).where("item", "=", key.item);
  const rows = await query.execute();
  return rows.map((row) => ({
    stepNumber: row.step_number,
    item: row.item,
    cost: {
      nanoUsd: row.cost_nano_usd,
      basis: row.cost_basis ?? (row.reserved_basis === "free" ? "free" : "unknown"),
    },
  }));
}
