import { sql, type ExpressionBuilder, type Selectable } from "kysely";
import type { Step } from "../workflow/definition.ts";
import type { ExecutionStatus, Mode } from "../workflow/statuses.ts";
import type { Db, Trx } from "./database.ts";
import { fromJson, fromNullableJson, toJson, toNullableJson } from "./json-column.ts";
import { prepared, preparedUpdate, type Given } from "./prepared.ts";
import type { Database, ExecutionTable } from "./schema.ts";
import type {
  ExecutionSnapshot,
  StepSnapshot,
  StoredEstimate,
  StoredFile,
  StoredResult,
} from "./stored-values.ts";

export interface ExecutionRow extends ExecutionSnapshot {
  id: number;
  workflowId: number | null;
  templateId: string | null;
  title: string | null;
  mode: Mode;
  steps: Step[];
  initialInput: string;
  inputs: Record<string, string | number>;
  /** Null where none was made, as for a rehearsal. */
  estimate: StoredEstimate | null;
  unpriced: "refuse" | "allow";
  /** The execution that this one was made from, and the step asked for; null where it was not. */
  rerunOf: number | null;
  rerunFromStep: number | null;
  /** On a take: the one step of the other that it makes. Null on all others. */
  onlyStep: number | null;
  /** Whether stored results of identical calls are taken instead of making the calls. */
  reuse: boolean;
  /** The files that inputs stand for, by name. */
  inputFiles: Record<string, StoredFile>;
  /** Null: of no batch. */
  batchId: number | null;
  /** Which row of the batch it is for, from 1. */
  batchRow: number | null;
  epoch: number;
  createdAt: string;
}

/** The columns of `workflow_executions` that change while it runs. */
export interface ExecutionChange extends Partial<Omit<ExecutionSnapshot, "totalSteps">> {
  /** Written when the execution comes to rest. */
  stepsData?: StepSnapshot[];
  results?: StoredResult[];
}

function toRow(row: Selectable<ExecutionTable>): ExecutionRow {
  return {
    id: row.id,
    workflowId: row.workflow_id,
    templateId: row.template_id,
    title: row.title,
    status: row.status,
    mode: row.mode,
    currentStep: row.current_step,
    totalSteps: row.total_steps,
    steps: fromJson(row.steps),
    initialInput: row.initial_input,
    inputs: fromJson(row.inputs),
    estimate: fromNullableJson(row.estimate),
    unpriced: row.unpriced,
    rerunOf: row.rerun_of,
    rerunFromStep: row.rerun_from_step,
    onlyStep: row.only_step,
    reuse: row.reuse === 1,
    inputFiles: fromNullableJson(row.input_files) ?? {},
    batchId: row.batch_id,
    batchRow: row.batch_row,
    waitingFor: fromNullableJson(row.waiting_for),
    error: fromNullableJson(row.error_message),
    totalCostNanoUsd: row.total_cost_nano_usd,
    costBasis: row.cost_basis,
    epoch: row.epoch,
    createdAt: row.created_at,
    startedAt: row.started_at,
    completedAt: row.completed_at,
  };
}

export interface ExecutionValues {
  workflowId: number | null;
  templateId: string | null;
  title: string | null;
  mode: Mode;
  steps: Step[];
  initialInput: string;
  inputs: Record<string, string | number>;
  estimate: StoredEstimate | null;
  unpriced: "refuse" | "allow";
  rerunOf?: number | null;
  rerunFromStep?: number | null;
  onlyStep?: number | null;
  reuse?: boolean;
  /** Where it stands in a batch; none unless given. */
  batch?: BatchPlace;
  createdAt: string;
}

/** A row of a batch, from 1. */
export interface BatchPlace {
  id: number;
  row: number;
}

type NewColumns = Pick<
  Selectable<ExecutionTable>,
  "title" | "mode" | "unpriced" | "reuse" | "steps" | "inputs" | "estimate"
> & {
  workflowId: number | null;
  templateId: string | null;
  totalSteps: number;
  initialInput: string;
  rerunOf: number | null;
  rerunFromStep: number | null;
  onlyStep: number | null;
  batchId: number | null;
  batchRow: number | null;
  createdAt: string;
};

const inserted = prepared((db, given: Given<NewColumns>) =>
  db
    .insertInto("workflow_executions")
    .values({
      workflow_id: given("workflowId"),
      template_id: given("templateId"),
      title: given("title"),
      status: "pending",
      mode: given("mode"),
      current_step: 1,
      total_steps: given("totalSteps"),
      steps: given("steps"),
      initial_input: given("initialInput"),
      inputs: given("inputs"),
      estimate: given("estimate"),
      unpriced: given("unpriced"),
      rerun_of: given("rerunOf"),
      rerun_from_step: given("rerunFromStep"),
      only_step: given("onlyStep"),
      reuse: given("reuse"),
      batch_id: given("batchId"),
      batch_row: given("batchRow"),
      created_at: given("createdAt"),
    })
    .returning("id")
    .compile(),
);

/** Stores a new execution, already taken up for the first time (epoch 1), and returns its id. */
export async function insertExecution(trx: Trx, values: ExecutionValues): Promise<number> {
  const { workflowId, templateId, title, mode, unpriced, createdAt, initialInput } = values;
  const { rerunOf = null, rerunFromStep = null, onlyStep = null, reuse = false, batch } = values;
  const { rows } = await inserted(trx, {
    workflowId,
    templateId,
    title,
    mode,
    unpriced,
    createdAt,
    initialInput,
    rerunOf,
    rerunFromStep,
    onlyStep,
    reuse: reuse ? 1 : 0,
    batchId: batch?.id ?? null,
    batchRow: batch?.row ?? null,
    totalSteps: values.steps.length,
    steps: toJson(values.steps),
    inputs: toJson(values.inputs),
    estimate: toNullableJson(values.estimate),
  });
  const id = rows[0]?.id;
  if (id === undefined) throw new Error("an execution was stored without an id");
  if (values.workflowId !== null && onlyStep === null) {
    await trx
      .updateTable("workflows")
      .set((eb) => ({ execution_count: eb("execution_count", "+", 1) }))
      .where("id", "=", values.workflowId)
      .execute();
  }
  return id;
}

/** Writes the files that inputs of a new execution stand for, and their ids in the place of those that were given. */
export async function setInputFiles(
  trx: Trx,
  id: number,
  { inputs, files }: { inputs: ExecutionRow["inputs"]; files: Record<string, StoredFile> },
): Promise<void> {
  await trx
    .updateTable("workflow_executions")
    .set({ inputs: toJson(inputs), input_files: toJson(files) })
    .where("id", "=", id)
    .execute();
}

/** The execution; undefined where there is none or it was deleted. */
export async function getExecution(db: Db, id: number): Promise<ExecutionRow | undefined> {
  const row = await db
    .selectFrom("workflow_executions")
    .selectAll()
    .where("id", "=", id)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return row && toRow(row);
}

export interface ExecutionFilter {
  limit: number;
  /** Only executions older than this id. */
  beforeId?: number;
  status?: ExecutionStatus;
  workflowId?: number;
  templateId?: string;
  mode?: Mode;
  /** The first and the last UTC day, YYYY-MM-DD, both included. */
  from?: string;
  to?: string;
  /** Only these. */
  ids?: number[];
  /**
   * Leaves takes out, which are shown with the execution that they were made of, unless one waits for a person or that
   * execution was deleted.
   */
  withoutTakes?: boolean;
  batchId?: number;
}

/** Ids and times rise together, but for what processes created at the same moment. */
const OUT_OF_ORDER = 1_000;

/** Newest first. */
export async function listExecutions(db: Db, filter: ExecutionFilter): Promise<ExecutionRow[]> {
  let query = db.selectFrom("workflow_executions").selectAll().where("deleted_at", "is", null);
  if (filter.beforeId !== undefined) query = query.where("id", "<", filter.beforeId);
  if (filter.status !== undefined) query = query.where("status", "=", filter.status);
  if (filter.workflowId !== undefined) query = query.where("workflow_id", "=", filter.workflowId);
  if (filter.templateId !== undefined) query = query.where("template_id", "=", filter.templateId);
  if (filter.mode !== undefined) query = query.where("mode", "=", filter.mode);
  if (filter.ids !== undefined) query = query.where("id", "in", filter.ids);
  // Days are looked up as ids and the times only compared, so that what is read is read in the order of the ids.
  if (filter.from !== undefined) {
    query = query.where(sql<boolean>`created_at || '' >= ${filter.from}`).where(sql<boolean>`id >= (
      select id - ${OUT_OF_ORDER} from workflow_executions where created_at >= ${filter.from}
      order by created_at, id limit 1)`);
  }
  if (filter.to !== undefined) {
    const end = endOfDay(filter.to);
    query = query.where(sql<boolean>`created_at || '' < ${end}`).where(sql<boolean>`id <= (
      select id + ${OUT_OF_ORDER} from workflow_executions where created_at < ${end}
      order by created_at desc, id desc limit 1)`);
  }
  if (filter.withoutTakes === true) query = query.where(standsAlone);
  if (filter.batchId !== undefined) query = query.where("batch_id", "=", filter.batchId);
  const rows = await query.orderBy("id", "desc").limit(filter.limit).execute();
  return rows.map(toRow);
}

/** Later than every time of a day, which are written as `2026-11-22T…Z`. */
export function endOfDay(day: string): string {
  return `${day}U`;
}

function standsAlone(where: ExpressionBuilder<Database, "workflow_executions">) {
  return where.or([
    where("only_step", "is", null),
    where("status", "=", "waiting"),
    where.exists(
      where
        .selectFrom("workflow_executions as origin")
        .select("origin.id")
        .whereRef("origin.id", "=", "workflow_executions.rerun_of")
        .where("origin.deleted_at", "is not", null),
    ),
  ]);
}

/** Executions by their ids, in the order of the rows of their batch. */
export async function listExecutionsByIds(db: Db, ids: readonly number[]): Promise<ExecutionRow[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom("workflow_executions")
    .selectAll()
    .where("id", "in", ids)
    .where("deleted_at", "is", null)
    .orderBy("batch_row")
    .execute();
  return rows.map(toRow);
}

const takenUp = prepared((db, given: Given<{ id: number; now: string }>) =>
  db
    .updateTable("workflow_executions")
    .set((eb) => ({
      epoch: eb("epoch", "+", 1),
      status: "running",
      started_at: eb.fn.coalesce("started_at", given("now")),
    }))
    .where("id", "=", given("id"))
    .where("status", "in", ["pending", "running"])
    .where("deleted_at", "is", null)
    .returningAll()
    .compile(),
);

/**
 * Takes an execution up: raises its epoch, so that whoever worked on it before starts nothing more.
 * Undefined where there is nothing to work on: it has ended, waits for a person, or was deleted.
 */
export async function takeUp(trx: Trx, id: number, now: string): Promise<ExecutionRow | undefined> {
  const [row] = (await takenUp(trx, { id, now })).rows;
  return row && toRow(row);
}

const updated = preparedUpdate<{ executionId: number }, never>((set, db, given) =>
  sql<never>`update workflow_executions set ${set} where id = ${given("executionId")}`.compile(db),
);

export async function updateExecution(trx: Trx, id: number, change: ExecutionChange): Promise<void> {
  const { waitingFor, error, stepsData, results } = change;
  const columns: { [Name in keyof ExecutionTable]?: Selectable<ExecutionTable>[Name] | undefined } = {
    status: change.status,
    current_step: change.currentStep,
    waiting_for: waitingFor === undefined ? undefined : toNullableJson(waitingFor),
    error_message: error === undefined ? undefined : toNullableJson(error),
    total_cost_nano_usd: change.totalCostNanoUsd,
    cost_basis: change.costBasis,
    started_at: change.startedAt,
    completed_at: change.completedAt,
    steps_data: stepsData === undefined ? undefined : toJson(stepsData),
    results: results === undefined ? undefined : toJson(results),
  };
  await updated(trx, columns, { executionId: id });
}
