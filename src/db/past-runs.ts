import { z } from "zod";
import type { Db } from "./database.ts";

/** Enough for a median that one odd run does not move. */
const RUNS = 20;
/** How far back they are looked for: a model that a step no longer has would otherwise be looked for in all of them. */
const LOOKED_AT = 200;

const usage = z.object({ output_tokens: z.number().positive() });

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
  {
    origin,
    steps,
  }: { origin: { workflowId: number | null; templateId: string | null }; steps: StepOfModel[] },
): Promise<Map<number, { count: number; outputTokens: number }>> {
  const { workflowId, templateId } = origin;
  const found = new Map<number, { count: number; outputTokens: number }>();
  if (workflowId === null && templateId === null) return found;
  for (const { stepNumber, model } of steps) {
    const rows = await db
      .selectFrom((from) =>
        from
          .selectFrom("workflow_executions")
          .select("id")
          .where((where) =>
            workflowId === null
              ? where("template_id", "=", templateId)
              : where("workflow_id", "=", workflowId),
          )
          .where("mode", "=", "live")
          .orderBy("id", "desc")
          .limit(LOOKED_AT)
          .as("executions"),
      )
      .innerJoin("attempts", "attempts.execution_id", "executions.id")
      .select("attempts.usage")
      .where("attempts.step_number", "=", stepNumber)
      .where("attempts.model", "=", model)
      .where("attempts.status", "=", "succeeded")
      .orderBy("executions.id", "desc")
      .limit(RUNS)
      .execute();
    const tokens = rows.flatMap(({ usage: text }) => tokensIn(text));
    if (tokens.length > 0) found.set(stepNumber, { count: tokens.length, outputTokens: medianOf(tokens) });
  }
  return found;
}

function tokensIn(text: string | null): number[] {
  const read = text === null ? undefined : usage.safeParse(JSON.parse(text)).data;
  return read ? [read.output_tokens] : [];
}

function medianOf(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
