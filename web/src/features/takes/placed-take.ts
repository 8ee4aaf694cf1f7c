import type { Execution, ItemData, ItemResult, Result, StepData } from "../../api/types.ts";
import type { Taking } from "./taking.ts";

/** What an execution has at a place: the state of the step or item, and what it made. */
interface PlacedTake {
  state: StepData | ItemData | undefined;
  result: Result | undefined;
  step: StepData | undefined;
}

export function placeIn(
  { steps_data: steps, results }: Pick<Execution, "steps_data" | "results">,
  { stepNumber, item }: Pick<Taking, "stepNumber" | "item">,
): PlacedTake {
  const step = steps.find(({ step_number }) => step_number === stepNumber);
  const whole = results.find(({ step_number }) => step_number === stepNumber);
  if (item === undefined) return { step, state: step, result: whole };
  const made = whole?.items?.find((candidate) => candidate.item === item);
  const state = step?.items?.find((candidate) => candidate.item === item);
  return { step, state, result: made && step && asResult(made, step) };
}

/** What one item made, as if it were the result of a step. */
function asResult(made: ItemResult, { step_number, name }: StepData): Result {
  const { item: _item, ...content } = made;
  return { ...content, step_number, name };
}

/** The text of a result, or its data written out; null for media. */
export function textOf(result: Result | undefined): string | null {
  if (result?.type === "text") return result.text ?? "";
  return result?.type === "json" ? JSON.stringify(result.json, null, 2) : null;
}
