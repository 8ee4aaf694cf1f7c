import { useEffect, useState } from "react";
import type { EdgePlace } from "./graph-model.ts";

/** The editor marks the place of each step with its number, so that the graph finds it without knowing how it looks. */
function cardOf(stepNumber: number): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-step-place="${stepNumber}"]`);
}

/** How the page gets from one place to another. */
export function scrollBehavior(): ScrollBehavior {
  return globalThis.matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth";
}

/** Scrolls to a step; `isEntered` also moves the focus there. */
export function showStep(stepNumber: number, { isEntered }: { isEntered: boolean }): void {
  const card = cardOf(stepNumber);
  if (card === null) {
    return;
  }
  card.scrollIntoView({ block: "start", behavior: isEntered ? "instant" : scrollBehavior() });
  if (isEntered) {
    card.tabIndex = -1;
    card.focus({ preventScroll: true });
  }
}

/** Selects a reference in the field that holds it; the card alone is shown where no field holds it as it is. */
export function showReference(stepNumber: number, place: Extract<EdgePlace, { kind: "text" }>): void {
  showStep(stepNumber, { isEntered: true });
  const fields = cardOf(stepNumber)?.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>(
    "textarea, input[type=text], input:not([type])",
  );
  const field = [...(fields ?? [])].find(({ value }) => value.slice(place.start, place.end) === place.raw);
  const closed = field?.closest("details");
  if (closed) {
    closed.open = true;
  }
  field?.focus();
  field?.setSelectionRange(place.start, place.end);
  field?.scrollIntoView({ block: "center", behavior: "instant" });
}

/** The number of the step that is being edited: the last whose card had the focus; null before any had. */
export function useEditedStep(): number | null {
  const [edited, setEdited] = useState<number | null>(null);
  useEffect(() => {
    const follow = ({ target }: FocusEvent) => {
      const card = target instanceof Element ? target.closest<HTMLElement>("[data-step-place]") : null;
      if (card !== null) {
        setEdited(Number(card.dataset["stepPlace"]));
      }
    };
    document.addEventListener("focusin", follow);
    return () => {
      document.removeEventListener("focusin", follow);
    };
  }, []);
  return edited;
}
