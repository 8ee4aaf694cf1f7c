import type { StepKey } from "../workflow/definition.ts";
import type { Cost } from "../workflow/money.ts";
import type { Mode } from "../workflow/statuses.ts";
import type { Db } from "./database.ts";
import { fromNullableJson } from "./json-column.ts";
import type { StoredOutput } from "./stored-values.ts";

/** A stored result of a call. */
export interface ReusableResult {
  executionId: number;
  key: StepKey;
  /** What the call cost. */
  cost: Cost;
  liveCost: Cost | null;
  output: StoredOutput;
}

/** More than enough where files of the newest are gone. */
const CANDIDATES = 5;

/** Results of calls that were the same, newest first. What a person wrote, or was itself taken over, is none. */
export async function listReusableResults(
  db: Db,
  call: { requestHash: string; provider: string; model: string; mode: Mode },
): Promise<ReusableResult[]> {
  const rows = await db
    .selectFrom("attempts")
    .innerJoin("workflow_executions", "workflow_executions.id", "attempts.execution_id")
    .innerJoin("step_runs", (join) =>
      join
        .onRef("step_runs.execution_id", "=", "attempts.execution_id")
        .onRef("step_runs.step_number", "=", "attempts.step_number")
        .onRef("step_runs.item", "=", "attempts.item"),
    )
    .select([
      "attempts.execution_id",
      "attempts.step_number",
      "attempts.item",
      "attempts.cost_nano_usd",
      "attempts.cost_basis",
      "step_runs.live_cost",
      "step_runs.output",
    ])
    .where("attempts.request_hash", "=", call.requestHash)
    .where("attempts.status", "=", "succeeded")
    .where("attempts.is_unused", "=", 0)
    .where("attempts.provider", "=", call.provider)
    .where("attempts.model", "=", call.model)
    .where("workflow_executions.mode", "=", call.mode)
    .where("workflow_executions.deleted_at", "is", null)
    .where("step_runs.status", "=", "completed")
    .where("step_runs.output", "is not", null)
    .where("step_runs.original_output", "is", null)
    .where("step_runs.performed_by", "not in", ["cache", "person"])
    .orderBy("attempts.created_at", "desc")
    .limit(CANDIDATES)
    .execute();
  return rows.flatMap((row) => {
    const output = fromNullableJson(row.output);
    if (!output) return [];
    return {
      executionId: row.execution_id,
      key: { stepNumber: row.step_number, item: row.item },
      cost: { nanoUsd: row.cost_nano_usd, basis: row.cost_basis ?? "unknown" },
      liveCost: fromNullableJson(row.live_cost),
      output,
    };
  });
}
