import { useEffect, useRef } from "react";
import { ApiProblem } from "../../api/client.ts";
import type { DraftStep } from "./draft.ts";
import { firstFaultyStep } from "./problems.ts";
import { stepElementId } from "./step-element.ts";

/**
 * Goes to the first field that a refused run is about, which may be far above the button that asked for it.
 * @param error why the run was refused; null where it was not.
 */
export function useFirstFault(error: Error | null, steps: readonly DraftStep[]): void {
  const latest = useRef(steps);
  useEffect(() => {
    latest.current = steps;
  }, [steps]);
  useEffect(() => {
    const index = error instanceof ApiProblem ? firstFaultyStep(error.errors) : null;
    const key = index === null ? undefined : latest.current[index]?.key;
    const card = key === undefined ? null : document.querySelector(`#${stepElementId(key)}`);
    const field = card?.querySelector<HTMLElement>('[aria-invalid="true"]');
    field?.focus({ preventScroll: true });
    // At the top, so that what is said below the field is in sight above the bar as well.
    (field ?? card)?.scrollIntoView({ block: "start" });
  }, [error]);
}
