import { useEffect, useState } from "react";
import type { EdgePlace } from "./graph-model.ts";

/** The editor marks the place of each step with its number, so that the graph finds it without knowing how it looks. */
function cardOf(stepNumber: number): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-step-place="${stepNumber}"]`);
}

/** For how long a part that was gone to is kept in its place. */
const SETTLING_MS = 1_500;

/** How the page gets from one place to another. */
function scrollBehavior(): ScrollBehavior {
  return globalThis.matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth";
}

/** What says that a person goes elsewhere. */
const OWN_MOVES = ["wheel", "touchmove", "pointerdown", "keydown"];

/** Scrolls to a part of the page, also where what is drawn meanwhile moves it, unless the person goes elsewhere. */
export function bringToTop(part: Element): void {
  const go = () => {
    part.scrollIntoView({ block: "start", behavior: scrollBehavior() });
  };
  // Watching begins with a first report, which is the scroll itself.
  const grown = new ResizeObserver(go);
  const over = new AbortController();
  const end = () => {
    grown.disconnect();
    over.abort();
  };
  for (const move of OWN_MOVES) {
    globalThis.addEventListener(move, end, { signal: over.signal, passive: true });
  }
  setTimeout(end, SETTLING_MS);
  grown.observe(document.body);
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
