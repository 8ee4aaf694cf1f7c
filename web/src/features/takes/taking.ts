import type { ModelCatalogue } from "../../../../src/workflow/models.ts";
import type { Execution, StepData } from "../../api/types.ts";
import { isAtRest } from "../rerun/at-rest.ts";

/** What a person does with the takes of a step, or of one item of it. */
export interface Taking {
  stepNumber: number;
  item?: number | undefined;
  /** The executions whose takes are shown beside the present one; null: models are chosen first. */
  shown: number[] | null;
}

/** Whether other models could be asked for a step: its execution rests, and it is not laid out by Relais itself. */
export function canBeCompared(execution: Pick<Execution, "status" | "waiting_for">, step: StepData): boolean {
  const isMade = step.status !== "skipped" && step.status !== "pending";
  return isAtRest(execution) && isMade && step.modality !== null && step.modality !== "document";
}

/** Who made what an execution has at a place: a model, also where a rehearsal stands in for it; null: a person. */
export function makerAt(
  { mode, steps_data: steps }: Pick<Execution, "mode" | "steps_data">,
  { stepNumber, item }: Pick<Taking, "stepNumber" | "item">,
  catalogue: Pick<ModelCatalogue, "resolve">,
): string | null {
  const step = steps.find(({ step_number }) => step_number === stepNumber);
  const place = item === undefined ? step : step?.items?.[item];
  if (place?.performed_by === "person") return null;
  const name = step?.ai_provider ?? "";
  const named = catalogue.resolve(name)?.id ?? name;
  return mode === "rehearsal" ? named : (place?.model ?? named);
}

/** The models that a person may ask at once. */
export const MOST_COMPARED = 3;

/** What takes of several models come to together; null where one has no known price. */
export function sumOfPrices(prices: readonly (number | null)[]): number | null {
  return prices.reduce<number | null>(
    (sum, price) => (sum === null || price === null ? null : sum + price),
    0,
  );
}

/** The same executions in an order that says nothing of their age, and is the same each time. */
export function shuffled(ids: readonly number[]): number[] {
  return ids.toSorted((a, b) => placeOf(a) - placeOf(b));
}

/** Numbers that follow each other are far apart in it. */
function placeOf(id: number): number {
  const mixed = Math.imul(id ^ (id >>> 16) ^ 0x9e37_79b9, 0x85eb_ca6b);
  return Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35) >>> 0;
}
