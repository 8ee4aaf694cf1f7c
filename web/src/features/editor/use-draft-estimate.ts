import { useDebouncedValue } from "@mantine/hooks";
import { useMemo } from "react";
import type { WorkflowInput } from "../../../../src/workflow/definition.ts";
import { useEstimate } from "../../api/queries.ts";
import type { Estimate } from "../../api/types.ts";
import { emptyInputs, wireSteps, type Draft, type DraftStep } from "./draft.ts";
import type { Start } from "./use-run.ts";

/** How long nobody types before a new estimate is asked for. */
const PAUSE_MS = 350;

/**
 * What a live run of the draft is likely to cost; null while that is not known, and while the steps break a rule.
 * `start` names the template or workflow whose past runs count.
 */
export function useDraftEstimate(options: {
  draft: Draft;
  steps: readonly DraftStep[];
  start: Start;
  inputs: readonly WorkflowInput[];
  isSound: boolean;
}): Estimate | null {
  const { draft, steps, start, inputs, isSound } = options;
  const asked = useMemo(
    () =>
      isSound && steps.length > 0
        ? {
            ...start,
            steps: wireSteps(steps),
            initial_input: draft.topic.trim(),
            inputs: { ...emptyInputs(inputs), ...draft.values },
          }
        : null,
    [start, steps, inputs, draft.topic, draft.values, isSound],
  );
  // Steps that broke a rule a moment ago are not asked about now that they do not.
  const [settled] = useDebouncedValue(asked, PAUSE_MS);
  const { data, isError } = useEstimate(asked === null ? null : settled);
  return isSound && !isError ? (data ?? null) : null;
}
