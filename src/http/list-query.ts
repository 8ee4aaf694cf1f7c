import { z } from "@hono/zod-openapi";
import { invalidField, parseId } from "./path-id.ts";

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

/** `?limit=&cursor=` of every list. Read with `readPage`. */
export const pageQuerySchema = z.object({
  limit: z.string().optional().openapi({ type: "integer", minimum: 1, maximum: MAX_LIMIT, example: "20" }),
  cursor: z.string().optional().openapi({ description: "`next_cursor` of the page before." }),
});

export interface Page {
  limit: number;
  /** Only what is older than this id. */
  beforeId?: number;
}

/** @throws RelaisError `invalid_request` for a limit outside 1 to 100 or a cursor that this list did not hand out. */
export function readPage(query: z.output<typeof pageQuerySchema>, list: string): Page {
  return {
    limit: readLimit(query.limit),
    ...(query.cursor !== undefined && { beforeId: readCursor(query.cursor, list) }),
  };
}

/** @throws RelaisError `invalid_request` for a limit outside 1 to 100. */
export function readLimit(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LIMIT;
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw invalidField("limit", {
    fr: `« limit » est un nombre entier de 1 à ${MAX_LIMIT}.`,
    en: `“limit” is a whole number from 1 to ${MAX_LIMIT}.`,
  });
}

/**
 * Cuts what was read (one row more than the page takes) to the page and says where the next one begins. The cursor
 * names its list, so that a cursor of another list is refused.
 */
export function cutPage<Row extends { id: number }>(
  rows: Row[],
  page: Page,
  list: string,
): { rows: Row[]; nextCursor: string | null } {
  const shown = rows.slice(0, page.limit);
  const last = shown.at(-1);
  const hasMore = rows.length > page.limit && last !== undefined;
  return { rows: shown, nextCursor: hasMore ? writeCursor(last.id, list) : null };
}

function writeCursor(id: number, list: string): string {
  return Buffer.from(`${list}:${id}`).toString("base64url");
}

function readCursor(cursor: string, list: string): number {
  const [name, text = ""] = Buffer.from(cursor, "base64url").toString("utf8").split(":");
  const id = name === list ? parseId(text) : null;
  // Writing it again refuses what base64 decoding forgives.
  if (id !== null && writeCursor(id, list) === cursor) return id;
  throw invalidField("cursor", {
    fr: "« cursor » n’est pas un curseur de cette liste ; prenez le « next_cursor » de la page précédente.",
    en: "“cursor” is not a cursor of this list; take “next_cursor” of the page before.",
  });
}
