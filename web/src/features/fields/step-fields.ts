import { createContext, useContext } from "react";
import type { Step, WorkflowInput } from "../../../../src/workflow/definition.ts";
import type { ModelCatalogue } from "../../../../src/workflow/models.ts";
import type { DraftStep } from "../editor/draft.ts";
import type { RunOrigin } from "./use-past-run.ts";

/** The step whose fields are edited, and all that its fields have to know of what is around it. */
export interface StepFields {
  step: DraftStep;
  steps: readonly Step[];
  inputs: readonly WorkflowInput[];
  catalogue: ModelCatalogue;
  /** Whose last execution shows what variables hold. */
  origin: RunOrigin;
  onChange: (changes: Partial<DraftStep>) => void;
  /** Moves the step to another place, from 0. */
  onMove: (to: number) => void;
}

export const StepFieldsContext = createContext<StepFields | null>(null);

/** @throws Error outside of the card of a step. */
export function useStepFields(): StepFields {
  const fields = useContext(StepFieldsContext);
  if (fields === null) {
    throw new Error("a field of a step stands outside of its card");
  }
  return fields;
}
