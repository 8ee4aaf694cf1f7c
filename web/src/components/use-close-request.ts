import { useEffect, useRef } from "react";

/** What browsers that have it offer in place of listening for Escape; TypeScript does not know it yet. */
interface CloseWatcher extends EventTarget {
  destroy(): void;
}

declare global {
  interface Window {
    CloseWatcher?: new () => CloseWatcher;
  }
}

/**
 * Whether a dialog has to listen for Escape itself. Where the browser tells `useCloseRequest` of it, a dialog that listens
 * as well closes too early: the browser then tells the one below.
 */
export function needsEscapeKey(): boolean {
  return window.CloseWatcher === undefined;
}

/**
 * Hears Escape, and the back gesture of phones, while something is open. The controls of a sound or film that has the
 * focus keep their key presses to themselves, so no listener of the page hears those; the browser itself does.
 */
export function useCloseRequest(onClose: () => void): void {
  const latest = useRef(onClose);
  useEffect(() => {
    latest.current = onClose;
  }, [onClose]);
  useEffect(() => {
    const watcher = window.CloseWatcher === undefined ? null : new window.CloseWatcher();
    watcher?.addEventListener("close", () => {
      latest.current();
    });
    return () => {
      watcher?.destroy();
    };
  }, []);
}
