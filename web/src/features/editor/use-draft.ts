import { useEffect, useState } from "react";
import { useSearch } from "wouter";
import { readDraft, storeDraft, type Draft, type DraftStep, type Source } from "./draft.ts";

/** The draft of a source: kept in the browser at every change, begun with the topic in the address if there is one. */
export function useDraft(source: Source) {
  const search = useSearch();
  const [draft, setDraft] = useState<Draft>(() => {
    const stored = readDraft(source.key, source.beginning);
    const query = new URLSearchParams(search);
    const [topic, file] = [query.get("topic"), query.get("file")];
    const input = source.inputs.find(({ type }) => type === "file");
    const given = file === null || input === undefined ? {} : { [input.name]: file };
    return { ...stored, ...(topic !== null && { topic }), values: { ...stored.values, ...given } };
  });
  useEffect(() => {
    storeDraft(source.key, draft, source.beginning);
  }, [source.key, source.beginning, draft]);

  const change = (changes: Partial<Draft>) => {
    setDraft((before) => ({ ...before, ...changes }));
  };
  const changeSteps = (edit: (steps: DraftStep[]) => DraftStep[]) => {
    setDraft((before) => ({ ...before, steps: edit(before.steps ?? source.steps) }));
  };
  return { draft, steps: draft.steps ?? source.steps, change, changeSteps };
}
