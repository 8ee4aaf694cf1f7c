import type { ExpressionBuilder } from "kysely";
import { z } from "zod";
import { NO_ITEM } from "../workflow/definition.ts";
import type { Db } from "./database.ts";
import type { Database } from "./schema.ts";

/** Enough for a median that one odd run does not move. */
const RUNS = 20;

const usage = z.object({ output_tokens: z.number().positive() });

/** The workflow or template whose past counts. */
interface PastOrigin {
  workflowId: number | null;
  templateId: string | null;
}

/** A step whose past is asked about. */
export interface StepOfModel {
  stepNumber: number;
  /** `provider:model`: another model writes at another length. */
  model: string;
}

/**
 * How many tokens the answers of steps took in their last live runs: the median of at most twenty, by step number. Steps of
 * workflows and templates only; what was run once has no past.
 */
export async function pastOutputTokens(
  db: Db,
  { origin, steps }: { origin: PastOrigin; steps: StepOfModel[] },
): Promise<Map<number, { count: number; outputTokens: number }>> {
  const found = new Map<number, { count: number; outputTokens: number }>();
  if (origin.workflowId === null && origin.templateId === null) return found;
  for (const { stepNumber, model } of steps) {
    const rows = await db
      .selectFrom("attempts")
      .innerJoin("workflow_executions", "workflow_executions.id", "attempts.execution_id")
      .select("attempts.usage")
      .where("attempts.step_number", "=", stepNumber)
      .where("attempts.model", "=", model)
      .where("attempts.status", "=", "succeeded")
      .where((where) => isFrom(where, origin))
      .orderBy("workflow_executions.id", "desc")
      .limit(RUNS)
      .execute();
    const tokens = rows.flatMap(({ usage: text }) => tokensIn(text));
    if (tokens.length > 0) found.set(stepNumber, { count: tokens.length, outputTokens: medianOf(tokens) });
  }
  return found;
}

/** Over how many items steps with `for_each` ran in their last live runs: the median of at most twenty, by step number. */
export async function pastItemCounts(
  db: Db,
  { origin, stepNumbers }: { origin: PastOrigin; stepNumbers: readonly number[] },
): Promise<Map<number, number>> {
  const found = new Map<number, number>();
  if (origin.workflowId === null && origin.templateId === null) return found;
  for (const stepNumber of stepNumbers) {
    const rows = await db
      .selectFrom("workflow_executions")
      .innerJoin("step_runs", "step_runs.execution_id", "workflow_executions.id")
      .select("step_runs.items_total")
      .where("step_runs.step_number", "=", stepNumber)
      .where("step_runs.item", "=", NO_ITEM)
      .where("step_runs.items_total", ">", 0)
      .where("workflow_executions.mode", "=", "live")
      .where((where) => isFrom(where, origin))
      .orderBy("workflow_executions.id", "desc")
      .limit(RUNS)
      .execute();
    const counts = rows.flatMap(({ items_total }) => items_total ?? []);
    if (counts.length > 0) found.set(stepNumber, medianOf(counts));
  }
  return found;
}

/** Whether an execution is one of the workflow, or otherwise of the template. */
function isFrom(
  where: ExpressionBuilder<Database, "workflow_executions">,
  { workflowId, templateId }: PastOrigin,
) {
  return workflowId === null
    ? where("workflow_executions.template_id", "=", templateId)
    : where("workflow_executions.workflow_id", "=", workflowId);
}

function tokensIn(text: string | null): number[] {
  const read = text === null ? undefined : usage.safeParse(JSON.parse(text)).data;
  return read ? [read.output_tokens] : [];
}

function medianOf(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
