import { createRoute, z } from "@hono/zod-openapi";
import {
  executionsChangedSince,
  getBatch,
  listBatchRows,
  newestOf,
  type BatchPlaceState,
} from "../db/batch-store.ts";
import { isFinal } from "../workflow/statuses.ts";
import { apiRoutes } from "./api-routes.ts";
import { batchEventSchema, batchRowsEventSchema, MAX_BATCH_ROWS } from "./batch-schemas.ts";
import { batchStream } from "./batch-stream.ts";
import { readRows, readState } from "./batch-view.ts";
import type { AppDependencies } from "./dependencies.ts";
import { idOf, idPathSchema, invalidField, missingBatch } from "./path-id.ts";
import { problemResponses } from "./problem.ts";

/** Clocks of several servers may differ, and what was written later may say that it is earlier. */
const MARGIN_MS = 60_000;

const followBatchRoute = createRoute({
  method: "get",
  path: "/batches/{id}/events",
  operationId: "followBatch",
  summary: "Follow all rows of a batch in one stream",
  request: {
    params: idPathSchema,
    query: z.object({
      last_event_id: z.string().optional().openapi({
        description: "The same as the header Last-Event-ID, for who cannot set headers.",
      }),
    }),
    headers: z.object({ "last-event-id": z.string().optional() }),
  },
  responses: {
    200: {
      description:
        "Server-sent events: `rows` (rows as they stand, first all of them) and `batch` (counts, cost, cap), whose id resumes: what has changed since is then told. Texts are not streamed. The stream closes once every row has ended.",
      content: {
        "text/event-stream": {
          schema: z.union([batchRowsEventSchema, batchEventSchema]).openapi("BatchEventData"),
        },
      },
    },
    204: { description: "Everything has been heard already: do not come back" },
    ...problemResponses(401, 403, 404, 422),
  },
});

export function batchEventRoutes(dependencies: AppDependencies) {
  const { db, engine } = dependencies;
  return apiRoutes().openapi(followBatchRoute, async (c) => {
    const id = idOf(c.req.valid("param").id, missingBatch);
    if (!(await getBatch(db, id))) throw missingBatch(id);
    const language = c.get("language");
    // A browser that comes back by itself sends the header, which is then newer than the address.
    const heard = readPosition(c.req.header("Last-Event-ID") || c.req.query("last_event_id") || undefined);
    const places = await newestOf(db, id, { limit: MAX_BATCH_ROWS });
    if (heard && isAllHeard(places, heard)) return c.body(null, 204);
    const stream = batchStream({
      hub: engine.events,
      rows: places.map((place) => ({ row: place.row, execution_id: place.id, status: place.status })),
      unheard: await unheardRows(dependencies, id, { places, heard }),
      read: async (rows) => {
        const executions = await listBatchRows(db, id, { limit: MAX_BATCH_ROWS, rows });
        return await readRows(dependencies, executions, language);
      },
      writeRows: (rows) => `event: rows\ndata: ${JSON.stringify({ rows })}\n\n`,
      writeState: async (position) =>
        `id: ${writePosition(position)}\nevent: batch\ndata: ${JSON.stringify(await readState(dependencies, id))}\n\n`,
      closing: c.env?.closing,
    });
    return c.body(stream, 200, {
      "Content-Type": "text/event-stream; charset=utf-8",
      "Cache-Control": "no-store, no-transform",
      "X-Accel-Buffering": "no",
    });
  });
}

/** How far a listener has heard: all that was so before this time. */
interface Position {
  time: string;
  /** The newest execution when every row had ended; null where not every one had. */
  endedWith: number | null;
}

function writePosition({
  time,
  isOver,
  lastExecutionId,
}: {
  time: string;
  isOver: boolean;
  lastExecutionId: number;
}): string {
  return isOver ? `${time}/${lastExecutionId}` : time;
}

/** @throws RelaisError `invalid_request` where it is not one that this stream gave. */
function readPosition(text: string | undefined): Position | null {
  if (text === undefined) return null;
  const [time = "", last, ...rest] = text.split("/");
  const isTime = z.iso.datetime().safeParse(time).success;
  if (isTime && rest.length === 0 && (last === undefined || /^\d{1,15}$/.test(last))) {
    return { time, endedWith: last === undefined ? null : Number(last) };
  }
  throw invalidField("last_event_id", {
    fr: "« Last-Event-ID » est l’identifiant d’un événement de ce flux ; laissez-le pour tout recevoir.",
    en: "“Last-Event-ID” is the id of an event of this stream; leave it out to get everything.",
  });
}

function isAllHeard(places: readonly BatchPlaceState[], { endedWith }: Position): boolean {
  const newest = Math.max(0, ...places.map(({ id }) => id));
  return endedWith === newest && places.every(({ status }) => isFinal(status));
}

async function unheardRows(
  { db }: AppDependencies,
  batchId: number,
  { places, heard }: { places: readonly BatchPlaceState[]; heard: Position | null },
): Promise<number[]> {
  if (!heard) return places.map(({ row }) => row);
  const since = new Date(Date.parse(heard.time) - MARGIN_MS).toISOString();
  const changed = await executionsChangedSince(db, batchId, since);
  return places.filter(({ id }) => changed.has(id)).map(({ row }) => row);
}
