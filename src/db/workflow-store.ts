import type { Selectable } from "kysely";
import type { Step, WorkflowInput } from "../workflow/definition.ts";
import type { Db } from "./database.ts";
import { fromJson, toJson } from "./json-column.ts";
import type { WorkflowTable } from "./schema.ts";

/** A saved workflow. */
export interface WorkflowRow {
  id: number;
  name: string;
  description: string;
  steps: Step[];
  inputs: WorkflowInput[];
  isTemplate: boolean;
  /** How many executions were started from it. */
  executionCount: number;
  createdAt: string;
  updatedAt: string;
}

export type WorkflowValues = Pick<
  WorkflowRow,
  "name" | "description" | "steps" | "inputs" | "isTemplate" | "createdAt"
>;

function toRow(row: Selectable<WorkflowTable>): WorkflowRow {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    steps: fromJson(row.steps),
    inputs: fromJson(row.inputs),
    isTemplate: row.is_template === 1,
    executionCount: row.execution_count,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export async function insertWorkflow(db: Db, values: WorkflowValues): Promise<WorkflowRow> {
  const row = await db
    .insertInto("workflows")
    .values({
      user_id: null,
      user_email: null,
      name: values.name,
      description: values.description,
      steps: toJson(values.steps),
      inputs: toJson(values.inputs),
      is_template: values.isTemplate ? 1 : 0,
      created_at: values.createdAt,
      updated_at: values.createdAt,
      deleted_at: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return toRow(row);
}

/** Puts other values in the place of a workflow's; undefined where there is none. Its executions have steps of their own. */
export async function replaceWorkflow(
  db: Db,
  id: number,
  { now, ...values }: Omit<WorkflowValues, "createdAt"> & { now: string },
): Promise<WorkflowRow | undefined> {
  const row = await db
    .updateTable("workflows")
    .set({
      name: values.name,
      description: values.description,
      steps: toJson(values.steps),
      inputs: toJson(values.inputs),
      is_template: values.isTemplate ? 1 : 0,
      updated_at: now,
    })
    .where("id", "=", id)
    .where("deleted_at", "is", null)
    .returningAll()
    .executeTakeFirst();
  return row && toRow(row);
}

/** The workflow; undefined where there is none or it was deleted. */
export async function getWorkflow(db: Db, id: number): Promise<WorkflowRow | undefined> {
  const row = await db
    .selectFrom("workflows")
    .selectAll()
    .where("id", "=", id)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return row && toRow(row);
}

/** Newest first; `beforeId`: only workflows older than this id. */
export async function listWorkflows(
  db: Db,
  options: { limit: number; beforeId?: number; templatesOnly?: boolean },
): Promise<WorkflowRow[]> {
  let query = db.selectFrom("workflows").selectAll().where("deleted_at", "is", null);
  if (options.beforeId !== undefined) query = query.where("id", "<", options.beforeId);
  if (options.templatesOnly) query = query.where("is_template", "=", 1);
  const rows = await query.orderBy("id", "desc").limit(options.limit).execute();
  return rows.map(toRow);
}

/** The names of workflows by id, deleted ones too. */
export async function listWorkflowNames(db: Db, ids: number[]): Promise<Map<number, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db.selectFrom("workflows").select(["id", "name"]).where("id", "in", ids).execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Hides a workflow; its executions keep its id. False where there was none. */
export async function deleteWorkflow(db: Db, id: number, now: string): Promise<boolean> {
  const result = await db
    .updateTable("workflows")
    .set({ deleted_at: now })
    .where("id", "=", id)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}
