import { useEffect, useState } from "react";
import type { DraftStep } from "./draft.ts";
import { stepElementId } from "./step-element.ts";

/** The step that a person works on: the one that had the focus last. */
export function useChosenStep(steps: readonly DraftStep[]) {
  const [chosen, choose] = useState<string | null>(null);
  useEffect(() => {
    const follow = ({ target }: FocusEvent) => {
      const step = target instanceof Element ? target.closest<HTMLElement>("[data-step]") : null;
      if (step?.dataset["step"] !== undefined) {
        choose(step.dataset["step"]);
      }
    };
    document.addEventListener("focusin", follow);
    return () => {
      document.removeEventListener("focusin", follow);
    };
  }, []);
  const chosenKey = steps.some(({ key }) => key === chosen) ? chosen : null;
  return {
    /** Null where nobody has chosen one, or it is gone. */
    chosenKey,
    /** Its place, from 0; -1 where there is none. */
    chosenIndex: steps.findIndex(({ key }) => key === chosenKey),
    choose,
    /** Chooses a step and brings it into sight once it is drawn. `focus` gives it the focus as well. */
    reveal: (key: string, { focus }: { focus: "field" | "if_lost" }) => {
      choose(key);
      requestAnimationFrame(() => {
        bringIntoSight(key, focus);
      });
    },
  };
}

function bringIntoSight(key: string, focus: "field" | "if_lost"): void {
  const card = document.querySelector<HTMLElement>(`#${stepElementId(key)}`);
  if (card === null) {
    return;
  }
  if (focus === "field") {
    card.querySelector("textarea")?.focus({ preventScroll: true });
  } else if (document.activeElement === document.body || document.activeElement === null) {
    card.focus({ preventScroll: true });
  }
  card.scrollIntoView({ block: "nearest" });
}
