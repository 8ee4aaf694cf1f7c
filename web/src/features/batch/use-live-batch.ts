import { useDocumentVisibility } from "@mantine/hooks";
import { useEffect, useState } from "react";
import { isFinal } from "../../../../src/workflow/statuses.ts";
import { API } from "../../api/client.ts";
import type { BatchRowWire, BatchState } from "../../api/types.ts";
import { useLanguage } from "../../language.ts";

/** What is known of a batch from its events. */
interface LiveBatch {
  /** In their order; empty until the first event. */
  rows: readonly BatchRowWire[];
  /** Null until the first event. */
  state: BatchState | null;
}

const NOTHING: LiveBatch = { rows: [], state: null };

/**
 * Follows all rows of a batch in one stream, which the browser takes up again by itself where it breaks off. `again` opens it
 * anew after it has ended: rows were run again.
 */
export function useLiveBatch(id: number) {
  const language = useLanguage();
  const [live, setLive] = useState(NOTHING);
  const [isBroken, setBroken] = useState(false);
  const [round, setRound] = useState(0);
  // A browser allows a server six connections, all tabs together: those that nobody sees give theirs back.
  const isSeen = useDocumentVisibility() === "visible";

  useEffect(() => {
    if (!isSeen) {
      return undefined;
    }
    const source = new EventSource(`${API}/batches/${id}/events?lang=${language}&round=${round}`);
    source.addEventListener("open", () => {
      setBroken(false);
    });
    source.addEventListener("error", () => {
      setBroken(true);
    });
    source.addEventListener("rows", (event: MessageEvent<string>) => {
      const { rows }: { rows: BatchRowWire[] } = JSON.parse(event.data);
      setLive((before) => ({ ...before, rows: withRows(before.rows, rows) }));
    });
    source.addEventListener("batch", (event: MessageEvent<string>) => {
      const state: BatchState = JSON.parse(event.data);
      setLive((before) => ({ ...before, state }));
      if (isFinal(state.status)) {
        source.close();
      }
    });
    return () => {
      source.close();
    };
  }, [id, language, round, isSeen]);

  return {
    ...live,
    isBroken,
    again: () => {
      setRound((before) => before + 1);
    },
    setState: (state: BatchState) => {
      setLive((before) => ({ ...before, state }));
    },
  };
}

/** Puts rows in the place of those of the same number. */
export function withRows(
  before: readonly BatchRowWire[],
  changed: readonly BatchRowWire[],
): readonly BatchRowWire[] {
  const rows = new Map(before.map((row) => [row.row, row]));
  for (const row of changed) rows.set(row.row, row);
  return [...rows.values()].toSorted((a, b) => a.row - b.row);
}
