import { sql } from "kysely";
import type { Step } from "../workflow/definition.ts";
import type { ArtifactKind } from "../workflow/media.ts";
import type { Mode } from "../workflow/statuses.ts";
import { toArtifact, type ArtifactRow } from "./artifact-store.ts";
import type { Db } from "./database.ts";
import { endOfDay } from "./execution-store.ts";
import { fromJson, fromNullableJson } from "./json-column.ts";
import type { StoredOutput } from "./stored-values.ts";

/** The place of a file in the list; what comes after it is older. */
export interface ArtifactPlace {
  createdAt: string;
  id: string;
}

export interface ArtifactFilter {
  limit: number;
  after?: ArtifactPlace;
  kind?: ArtifactKind;
  /** Only what people uploaded, or only what steps made. */
  isUpload?: boolean;
  workflowId?: number;
  /** Only of these executions. */
  executionIds?: number[];
  /** The first and the last UTC day, YYYY-MM-DD, both included. */
  from?: string;
  to?: string;
}

export interface ListedArtifact extends ArtifactRow {
  kind: ArtifactKind;
}

/**
 * Stored files, newest first, the same content once, as its first row names it: what was taken over later is no other file.
 * Files of executions that were removed have no rows.
 */
export async function listArtifacts(db: Db, filter: ArtifactFilter): Promise<ListedArtifact[]> {
  const { after, kind, isUpload, workflowId, executionIds, from, to } = filter;
  if (executionIds?.length === 0) return [];
  let query = db
    .selectFrom("artifacts as file")
    .selectAll()
    .where(
      sql<boolean>`not exists (select 1 from artifacts earlier where earlier.hash = file.hash
        and (earlier.created_at, earlier.id) < (file.created_at, file.id))`,
    );
  if (after) query = query.where(sql<boolean>`(created_at, id) < (${after.createdAt}, ${after.id})`);
  if (kind !== undefined) query = query.where("kind", "=", kind);
  if (isUpload !== undefined) query = query.where("step_number", isUpload ? "is" : "is not", null);
  if (executionIds !== undefined) query = query.where("execution_id", "in", executionIds);
  if (workflowId !== undefined) {
    const ofWorkflow = db.selectFrom("workflow_executions").select("workflow_executions.id");
    query = query.where("execution_id", "in", ofWorkflow.where("workflow_id", "=", workflowId));
  }
  if (from !== undefined) query = query.where("created_at", ">=", from);
  if (to !== undefined) query = query.where("created_at", "<", endOfDay(to));
  const rows = await query.orderBy("created_at", "desc").orderBy("id", "desc").limit(filter.limit).execute();
  return rows.map((row) => Object.assign(toArtifact(row), { kind: row.kind }));
}

/** What an execution says about the files that it made. */
export interface ArtifactOrigin {
  title: string | null;
  mode: Mode;
  steps: Step[];
}

/** The executions that files came from, by id. */
export async function listOrigins(db: Db, executionIds: number[]): Promise<Map<number, ArtifactOrigin>> {
  if (executionIds.length === 0) return new Map();
  const rows = await db
    .selectFrom("workflow_executions")
    .select(["id", "title", "mode", "steps"])
    .where("id", "in", executionIds)
    .where("deleted_at", "is", null)
    .execute();
  return new Map(rows.map(({ id, title, mode, steps }) => [id, { title, mode, steps: fromJson(steps) }]));
}

/** Who made files, and what else the same step made. */
export interface ArtifactMaker {
  model: string | null;
  performedBy: string | null;
  output: StoredOutput | null;
}

/** What made files, by `makerKey`. */
export async function listMakers(
  db: Db,
  places: { executionId: number; stepNumber: number; item: number }[],
): Promise<Map<string, ArtifactMaker>> {
  if (places.length === 0) return new Map();
  const rows = await db
    .selectFrom("step_runs")
    .select(["execution_id", "step_number", "item", "model", "performed_by", "output"])
    .where(
      sql<boolean>`(execution_id, step_number, item) in (values ${sql.join(
        places.map(
          ({ executionId, stepNumber, item }) =>
            sql`(cast(${executionId} as bigint), cast(${stepNumber} as integer), cast(${item} as integer))`,
        ),
      )})`,
    )
    .execute();
  return new Map(
    rows.map((row) => [
      makerKey({ executionId: row.execution_id, stepNumber: row.step_number, item: row.item }),
      { model: row.model, performedBy: row.performed_by, output: fromNullableJson(row.output) },
    ]),
  );
}

export function makerKey(place: { executionId: number; stepNumber: number; item: number }): string {
  return `${place.executionId}/${place.stepNumber}/${place.item}`;
}
