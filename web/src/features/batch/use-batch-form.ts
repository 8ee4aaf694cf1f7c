import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useMemo, useState } from "react";
import { useBatchEstimate, useCreateBatch } from "../../api/batches.ts";
import { ApiProblem } from "../../api/client.ts";
import type { BatchEstimate } from "../../api/types.ts";
import { useLanguage } from "../../language.ts";
import {
  apartFromShared,
  MAX_ROWS,
  problemsFromServer,
  problemsOfRow,
  rowsOf,
  wireRow,
  type BatchEntry,
  type EntryRow,
  type WireRow,
} from "./batch-rows.ts";
import { keepBatch, readKeptBatch } from "./kept-entry.ts";
import type { BatchSource } from "./new-batch-page.tsx";

/** How long nobody types before a new estimate is asked for. */
const PAUSE_MS = 500;

/** A row of the preview, with what is wrong with it by field. */
export interface PreviewRow extends EntryRow {
  problems: Record<string, string>;
}

/** What a person has given for a batch, kept at every change; its rows, their problems, and what they would cost. */
export function useBatchForm(source: BatchSource) {
  const [{ entry, capUsd }, setKept] = useState(() => readKeptBatch(source.key));
  const create = useCreateBatch();
  useEffect(() => {
    keepBatch(source.key, { entry, capUsd });
  }, [source.key, entry, capUsd]);
  const { rows, wire, tooMany, shared, sharedProblems } = usePreview(source, entry, create.error);
  const wrongShared = Object.keys(sharedProblems).length;
  const wrong = rows.filter(({ problems }) => Object.keys(problems).length > 0).length;
  return {
    entry,
    capUsd,
    rows,
    wrong,
    /** The inputs with one answer for all rows, what is wrong with them by name, and with how many. */
    shared,
    sharedProblems,
    wrongShared,
    tooMany,
    estimate: useEstimateOf(source, wrong + wrongShared === 0 ? wire : []),
    create,
    change: (changes: Partial<BatchEntry> | ((before: BatchEntry) => BatchEntry)) => {
      create.reset();
      setKept((before) => ({
        ...before,
        entry: typeof changes === "function" ? changes(before.entry) : { ...before.entry, ...changes },
      }));
    },
    setCap: (usd: number | null) => {
      setKept((before) => ({ ...before, capUsd: usd }));
    },
    start: (mode: "live" | "rehearsal", onStarted: (batchId: number) => void) => {
      create.mutate(
        { ...source.wire, rows: wire, mode, cap_usd: capUsd },
        {
          onSuccess: (answer) => {
            keepBatch(source.key, null);
            onStarted(answer.batch_id);
          },
        },
      );
    },
  };
}

/** The rows as they would be sent, and as they are shown; those that are too many for one batch are left out. */
function usePreview({ steps, inputs }: BatchSource, entry: BatchEntry, refusal: Error | null) {
  const language = useLanguage();
  const all = useMemo(() => rowsOf(entry, inputs), [entry, inputs]);
  const taken = useMemo(() => all.slice(0, MAX_ROWS), [all]);
  const wire = useMemo(
    () => taken.map((row) => wireRow(row, entry.shared, inputs)),
    [taken, entry.shared, inputs],
  );
  const refused = useMemo(
    () => (refusal instanceof ApiProblem ? problemsFromServer(refusal.errors) : null),
    [refusal],
  );
  const columns = entry.table?.columns;
  const shared = useMemo(
    () => inputs.filter(({ name }) => (columns?.[name] ?? null) === null),
    [columns, inputs],
  );
  const { rows, sharedProblems } = useMemo(() => {
    const problems = taken.map((_, index) => {
      const given = wire[index] ?? { initial_input: "", inputs: {} };
      return { ...refused?.get(index), ...problemsOfRow(given, { steps, inputs }, language) };
    });
    const { ofShared, ofRows } = apartFromShared(problems, new Set(shared.map(({ name }) => name)));
    return {
      rows: taken.map((row, index): PreviewRow => Object.assign({}, row, { problems: ofRows[index] ?? {} })),
      sharedProblems: ofShared,
    };
  }, [taken, wire, steps, inputs, language, refused, shared]);
  return { rows, wire, shared, sharedProblems, tooMany: all.length - taken.length };
}

/** What a live run of these rows is likely to cost; null while that is not known. */
function useEstimateOf({ wire: source }: BatchSource, rows: WireRow[]): BatchEstimate | null {
  const asked = useMemo(() => {
    const { template_id, workflow_id, steps } = source;
    return rows.length === 0 ? null : { template_id, workflow_id, steps, rows };
  }, [source, rows]);
  const [settled] = useDebouncedValue(asked, PAUSE_MS);
  const { data, isError } = useBatchEstimate(asked === null ? null : settled);
  return asked === null || isError ? null : (data ?? null);
}
