import type { Db } from "./database.ts";

/** Whose work an execution is, as turns are shared out among all work. */
export interface Party {
  executionId: number;
  /** Null: nobody in particular. */
  userId: string | null;
  workflowId: number | null;
  templateId: string | null;
  /** Null: of no batch. */
  batchId: number | null;
}

/** The columns of a party. */
export const PARTY = [
  "workflow_executions.id as executionId",
  "workflow_executions.user_id as userId",
  "workflow_executions.workflow_id as workflowId",
  "workflow_executions.template_id as templateId",
  "workflow_executions.batch_id as batchId",
] as const;

/** What they are grouped by. */
export const BY_PARTY = [
  "workflow_executions.id",
  "workflow_executions.user_id",
  "workflow_executions.workflow_id",
  "workflow_executions.template_id",
  "workflow_executions.batch_id",
] as const;

/** What stands together when work is shared out fairly: one user's batch, workflow, template, or steps of their own. */
export function fairGroupOf({ userId, workflowId, templateId, batchId }: Omit<Party, "executionId">): string {
  if (batchId !== null) return `${userId ?? ""}/batch:${batchId}`;
  const work = workflowId !== null ? `workflow:${workflowId}` : `template:${templateId ?? ""}`;
  return `${userId ?? ""}/${work}`;
}

export async function getParty(db: Db, executionId: number): Promise<Party> {
  return await db
    .selectFrom("workflow_executions")
    .select(PARTY)
    .where("id", "=", executionId)
    .executeTakeFirstOrThrow();
}

/** Executions that are to be worked on, oldest first. */
export async function listUnfinished(db: Db): Promise<Party[]> {
  return await db
    .selectFrom("workflow_executions")
    .select(PARTY)
    .where("status", "in", ["pending", "running"])
    .orderBy("id")
    .execute();
}
