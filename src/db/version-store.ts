import type { Selectable } from "kysely";
import type { Db } from "./database.ts";
import { fromJson } from "./json-column.ts";
import type { WorkflowVersionTable } from "./schema.ts";
import type { WorkflowRow } from "./workflow-store.ts";

/** What a workflow was when it was saved. The database writes them by itself whenever one is saved. */
export interface VersionRow extends Pick<WorkflowRow, "name" | "description" | "steps" | "inputs"> {
  /** From 1, without a gap, in the order in which they were saved. */
  version: number;
  savedAt: string;
}

function toVersion(row: Selectable<WorkflowVersionTable>): VersionRow {
  return {
    version: row.version,
    name: row.name,
    description: row.description,
    steps: fromJson(row.steps),
    inputs: fromJson(row.inputs),
    savedAt: row.saved_at,
  };
}

/** Newest first; `before`: only older ones than this version. */
export async function listVersions(
  db: Db,
  workflowId: number,
  { limit, before }: { limit: number; before?: number },
): Promise<VersionRow[]> {
  let query = db.selectFrom("workflow_versions").selectAll().where("workflow_id", "=", workflowId);
  if (before !== undefined) query = query.where("version", "<", before);
  const rows = await query.orderBy("version", "desc").limit(limit).execute();
  return rows.map(toVersion);
}

export async function getVersion(
  db: Db,
  workflowId: number,
  version: number,
): Promise<VersionRow | undefined> {
  const row = await db
    .selectFrom("workflow_versions")
    .selectAll()
    .where("workflow_id", "=", workflowId)
    .where("version", "=", version)
    .executeTakeFirst();
  return row && toVersion(row);
}
