import { useEffect, useLayoutEffect } from "react";

const WRITTEN_AFTER_MS = 120;

/**
 * Keeps how far a long list was scrolled with its entry of the browser's history: who goes back to it finds the place again,
 * who opens it anew begins at its top. A list that is drawn in parts is not tall enough in time for the browser to do so.
 */
export function useKeptPlace(isReady: boolean): void {
  useLayoutEffect(() => {
    const place = isReady ? keptPlace() : null;
    if (place === null) {
      return undefined;
    }
    window.scrollTo(0, place);
    // Once more, when the rows have been measured.
    const frame = requestAnimationFrame(() => {
      window.scrollTo(0, place);
    });
    return () => {
      cancelAnimationFrame(frame);
    };
  }, [isReady]);
  useEffect(() => {
    // The browser would put its own place in between, which it noted a while before the list was left.
    history.scrollRestoration = "manual";
    let timer = 0;
    const path = location.pathname;
    const write = () => {
      if (location.pathname === path) {
        history.replaceState({ ...stateOf(), place: window.scrollY }, "");
      }
    };
    const wait = () => {
      clearTimeout(timer);
      timer = window.setTimeout(write, WRITTEN_AFTER_MS);
    };
    window.addEventListener("scroll", wait, { passive: true });
    // Who follows a link before the pause is over leaves from here; the link itself is told later than this.
    window.addEventListener("click", write, { capture: true });
    return () => {
      clearTimeout(timer);
      window.removeEventListener("scroll", wait);
      window.removeEventListener("click", write, { capture: true });
      history.scrollRestoration = "auto";
    };
  }, []);
}

function keptPlace(): number | null {
  const { place } = stateOf();
  return typeof place === "number" ? place : null;
}

function stateOf(): { place?: unknown } {
  const state: unknown = history.state;
  return typeof state === "object" && state !== null ? state : {};
}
