import type { Db } from "../db/database.ts";
import { listStepRuns, type StepRunRow } from "../db/step-run-store.ts";
import { NO_ITEM } from "../workflow/definition.ts";
import { UNKNOWN_COST } from "../workflow/money.ts";
import type { EarlierResult } from "../workflow/ports.ts";
import type { ExecutionFrame } from "./execution-state.ts";

/** What some steps of an execution have made, in their order; those that made nothing are left out. */
export async function earlierResults(
  db: Db,
  { id, steps }: Pick<ExecutionFrame, "id" | "steps">,
  stepNumbers: readonly number[],
): Promise<EarlierResult[]> {
  const runs = await listStepRuns(db, id);
  return runs.flatMap(({ stepNumber, item, output, costNanoUsd, costBasis, ...run }) => {
    const step = steps.find(({ step_number }) => step_number === stepNumber);
    if (!step || !output || item !== NO_ITEM || !stepNumbers.includes(stepNumber)) return [];
    const { medium, text, json, files } = output;
    // Of a list, the rows of its items say who made them.
    const made = run.model === null ? runs.find((other) => isItemOf(other, stepNumber)) : undefined;
    const { model, performedBy } = made ?? run;
    return [
      {
        stepNumber,
        name: step.name ?? null,
        prompt: step.prompt,
        medium,
        ...(text !== undefined && { text }),
        ...(json !== undefined && { json }),
        files,
        model,
        performedBy,
        cost: costBasis === "unknown" ? UNKNOWN_COST : { nanoUsd: costNanoUsd, basis: costBasis },
      },
    ];
  });
}

function isItemOf({ stepNumber, item, output }: StepRunRow, ofStep: number): boolean {
  return stepNumber === ofStep && item !== NO_ITEM && output !== null;
}
