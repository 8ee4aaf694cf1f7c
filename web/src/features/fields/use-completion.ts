import { useMemo, useState, type KeyboardEvent } from "react";
import {
  findVariables,
  openBraceAt,
  withReference,
  type FoundVariable,
  type OpenBrace,
  type Variable,
} from "./variables.ts";

interface CompletionOptions {
  text: string;
  variables: readonly Variable[];
  /** Writes the text, and puts the cursor where it then belongs. */
  onTake: (text: string, cursor: number) => void;
}

/** Completes references in a text: what is offered at the cursor, and what the keys do meanwhile. */
export function useCompletion({ text, variables, onTake }: CompletionOptions) {
  const [brace, setBrace] = useState<OpenBrace | null>(null);
  const [active, setActive] = useState(0);
  const found = useMemo(
    () => (brace === null ? [] : findVariables(variables, brace.query)),
    [brace, variables],
  );
  const isOpen = brace !== null && found.length > 0;
  const close = () => {
    setBrace(null);
  };
  const take = ({ written }: FoundVariable) => {
    if (brace !== null) {
      const taken = withReference(text, brace, written);
      onTake(taken.text, taken.cursor);
    }
    close();
  };
  /** True where the key was meant for the list. */
  const press = ({ key, nativeEvent, shiftKey }: KeyboardEvent): boolean => {
    if (!isOpen || nativeEvent.isComposing) {
      return false;
    }
    const chosen = found[active];
    switch (key) {
      case "ArrowDown":
        setActive((active + 1) % found.length);
        return true;
      case "ArrowUp":
        setActive((active + found.length - 1) % found.length);
        return true;
      case "Tab":
      case "Enter":
        if (chosen === undefined || shiftKey) return false;
        take(chosen);
        return true;
      case "Escape":
        close();
        return true;
      default:
        return false;
    }
  };
  return {
    found,
    active: Math.min(active, Math.max(0, found.length - 1)),
    brace: isOpen ? brace : null,
    take,
    close,
    press,
    /** Looks for a brace before the cursor, after something was typed. */
    typed: (next: string, cursor: number) => {
      setBrace(openBraceAt(next, cursor));
      setActive(0);
    },
    /** Closes the list once the cursor has left what is completed. */
    moved: (cursor: number) => {
      if (brace !== null && openBraceAt(text, cursor)?.start !== brace.start) close();
    },
  };
}
