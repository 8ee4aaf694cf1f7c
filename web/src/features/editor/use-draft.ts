import { useEffect, useRef, useState } from "react";
import { useSearch } from "wouter";
import {
  beginHistory,
  recordChange,
  redoChange,
  touchedStep,
  undoChange,
  type DraftHistory,
} from "./draft-history.ts";
import { readDraft, storeDraft, withBase, type Draft, type DraftStep, type Source } from "./draft.ts";

/**
 * The draft of a source: kept in the browser at every change, begun with the topic in the address if there is one. What
 * was changed can be undone for as long as the editor is open.
 */
export function useDraft(source: Source) {
  const search = useSearch();
  const [history, setHistory] = useState(() => {
    const stored = readDraft(source.key, source.beginning);
    const query = new URLSearchParams(search);
    const [topic, file] = [query.get("topic"), query.get("file")];
    const input = source.inputs.find(({ type }) => type === "file");
    const given = file === null || input === undefined ? {} : { [input.name]: file };
    return beginHistory({
      ...stored,
      ...(topic !== null && { topic }),
      values: { ...stored.values, ...given },
    });
  });
  const { present: draft } = history;
  const steps = draft.steps ?? source.steps;
  useEffect(() => {
    storeDraft(source.key, draft, source.beginning);
  }, [source.key, source.beginning, draft]);

  /** For who goes back later than this was drawn, such as from a toast. */
  const latest = useRef({ history, source });
  useEffect(() => {
    latest.current = { history, source };
  });

  const record = (changing: (draft: Draft) => Draft) => {
    const atMs = Date.now();
    setHistory((before) =>
      based(
        recordChange(before, { next: changing(before.present), sourceSteps: source.steps, atMs }),
        before,
        source,
      ),
    );
  };
  /** Goes back or forward. @returns the key of the step that this changed or brought back; null where it is none. */
  const go = (way: typeof undoChange): string | null => {
    const { history: before, source: from } = latest.current;
    const next = based(way(before, from.steps), before, from);
    setHistory(next);
    return touchedStep(before.present.steps ?? from.steps, next.present.steps ?? from.steps);
  };

  return {
    draft,
    steps,
    change: (changes: Partial<Draft>) => {
      record((before) => ({ ...before, ...changes }));
    },
    changeSteps: (edit: (steps: DraftStep[]) => DraftStep[]) => {
      record((before) => ({ ...before, steps: edit(before.steps ?? source.steps) }));
    },
    /** Follows what became of the source, such as that the changes are saved in it now: no change to be undone. */
    follow: (changes: Partial<Draft>) => {
      setHistory((before) =>
        based({ ...before, present: { ...before.present, ...changes }, open: null }, before, source),
      );
    },
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
    undo: () => go(undoChange),
    redo: () => go(redoChange),
  };
}

function based(next: DraftHistory, before: DraftHistory, source: Source): DraftHistory {
  return { ...next, present: withBase(next.present, before.present, source) };
}
