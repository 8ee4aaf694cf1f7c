import { sql } from "kysely";
import { isFinal } from "../workflow/statuses.ts";
import { deleteArtifactsOf } from "./artifact-store.ts";
import type { Db, Trx } from "./database.ts";
import { toJson } from "./json-column.ts";

export type ExecutionRemoval =
  | { state: "not_found" }
  /** It has not ended, or a call of it is still out: nothing was removed. */
  | { state: "under_way" }
  /** `hashes`: stored content that no row refers to any more. */
  | { state: "removed"; hashes: string[] };

/**
 * Removes what an execution says and made (texts, files, events). Its rows in the money journal stay, and so do the
 * columns of the execution that they belong to.
 */
export async function removeExecution(trx: Trx, id: number, now: string): Promise<ExecutionRemoval> {
  // A write that changes nothing holds the row until the end, so that nobody goes on with it meanwhile.
  const execution = await trx
    .updateTable("workflow_executions")
    .set((eb) => ({ epoch: eb.ref("epoch") }))
    .where("id", "=", id)
    .where("deleted_at", "is", null)
    .returning("status")
    .executeTakeFirst();
  if (!execution) return { state: "not_found" };
  if (!isFinal(execution.status) || (await hasOpenAttempt(trx, id))) {
    return { state: "under_way" };
  }
  await trx
    .updateTable("workflow_executions")
    .set({
      deleted_at: now,
      title: null,
      steps: toJson([]),
      initial_input: "",
      inputs: toJson({}),
      input_files: null,
      steps_data: toJson([]),
      results: toJson([]),
      error_message: null,
    })
    .where("id", "=", id)
    .execute();
  await trx
    .updateTable("step_runs")
    .set({ output: null, original_output: null, error: null, item_value: null })
    .where("execution_id", "=", id)
    .execute();
  await trx.updateTable("attempts").set({ repair: null }).where("execution_id", "=", id).execute();
  await trx.deleteFrom("execution_events").where("execution_id", "=", id).execute();
  return { state: "removed", hashes: await deleteArtifactsOf(trx, id) };
}

export interface EndedExecution {
  id: number;
  endedAt: string;
}

/** Executions that ended before a time and have not been removed, those that ended first first. */
export async function listEndedBefore(
  db: Db,
  { time, after, limit }: { time: string; after: EndedExecution | undefined; limit: number },
): Promise<EndedExecution[]> {
  const { endedAt, id } = after ?? { endedAt: "", id: 0 };
  return await db
    .selectFrom("workflow_executions")
    .select(["id", "completed_at as endedAt"])
    .where("deleted_at", "is", null)
    .where(sql<boolean>`(completed_at, id) > (${endedAt}, ${id})`)
    .where("completed_at", "<", time)
    .orderBy("completed_at")
    .orderBy("id")
    .limit(limit)
    .$narrowType<{ endedAt: string }>()
    .execute();
}

async function hasOpenAttempt(trx: Trx, executionId: number): Promise<boolean> {
  const open = await trx
    .selectFrom("attempts")
    .select("id")
    .where("execution_id", "=", executionId)
    .where("status", "in", ["reserved", "sent", "submitted"])
    .limit(1)
    .executeTakeFirst();
  return open !== undefined;
}
