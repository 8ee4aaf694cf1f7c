import { z } from "@hono/zod-openapi";
import { searchWords } from "../workflow/search-words.ts";
import { invalidField } from "./path-id.ts";

const MAX_SEARCH_CHARACTERS = 1_000;

const day = (description: string) =>
  z.string().optional().openapi({ format: "date", description, example: "2026-11-01" });

/** What every list of what was made may be searched and narrowed by. Read with `readHistoryQuery`. */
export const historyQueryFields = {
  q: z.string().optional().openapi({
    description:
      "Words of the title (the name of the workflow or template) and of the topic, each from its beginning, without regard to case and accents. All of them have to be there.",
    example: "recit mer",
  }),
  from: day("First UTC day."),
  to: day("Last UTC day, inclusive."),
};

export interface HistoryQuery {
  /** Null: nothing is searched for. Empty: what was typed is no word, so that nothing can be found. */
  words: string[] | null;
  from?: string;
  to?: string;
}

interface GivenHistoryQuery {
  q?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

/** @throws RelaisError `invalid_request` for what is no day, days in the wrong order, and a search that is too long. */
export function readHistoryQuery({ q = "", from, to }: GivenHistoryQuery): HistoryQuery {
  requireDay("from", from);
  requireDay("to", to);
  if (from !== undefined && to !== undefined && from > to) {
    throw invalidField("from", {
      fr: "« from » est un jour qui ne vient pas après « to ».",
      en: "“from” is a day that is not after “to”.",
    });
  }
  if (q.length > MAX_SEARCH_CHARACTERS) {
    throw invalidField("q", {
      fr: `Une recherche a au plus ${MAX_SEARCH_CHARACTERS} caractères.`,
      en: `A search has at most ${MAX_SEARCH_CHARACTERS} characters.`,
    });
  }
  return {
    words: q.trim() === "" ? null : searchWords(q),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
}

function requireDay(name: "from" | "to", text: string | undefined): void {
  if (text === undefined || z.iso.date().safeParse(text).success) return;
  throw invalidField(name, {
    fr: `« ${name} » est un jour, par exemple 2026-11-01.`,
    en: `“${name}” is a day, for example 2026-11-01.`,
  });
}
