import { createRoute, z } from "@hono/zod-openapi";
import type { Db } from "../db/database.ts";
import { listEvents, type StoredEvent } from "../db/event-store.ts";
import { getExecution, type ExecutionRow } from "../db/execution-store.ts";
import { getStepRun } from "../db/step-run-store.ts";
import { isFinal } from "../workflow/statuses.ts";
import { apiRoutes } from "./api-routes.ts";
import type { AppContext } from "./app-env.ts";
import type { AppDependencies } from "./dependencies.ts";
import { eventStream, type OutgoingEvent } from "./event-stream.ts";
import { isResultNew, viewExecutionEvent, viewStepEvent, type ViewContext } from "./execution-view.ts";
import { idOf, idPathSchema, invalidField, missingExecution, parseId } from "./path-id.ts";
import { problemResponses } from "./problem.ts";
import { readReachedCap } from "./reached-cap.ts";
import {
  executionEventSchema,
  progressEventSchema,
  stepEventSchema,
  textEventSchema,
} from "./event-schemas.ts";

const MAX_EXECUTIONS = 100;
const EVENT_NUMBER = /^\d{1,15}$/;

const EVENT_DATA = z
  .union([executionEventSchema, stepEventSchema, textEventSchema, progressEventSchema])
  .openapi("EventData");

const resumeQuerySchema = z.object({
  last_event_id: z.string().optional().openapi({
    description: "The same as the header Last-Event-ID, for who cannot set headers.",
  }),
});

const resumeHeaderSchema = z.object({ "last-event-id": z.string().optional() });

const EVENTS = {
  200: {
    description:
      "Server-sent events. `execution` and `step` are numbered from 1 and replayed after Last-Event-ID; `text` and `progress` have no id. The stream closes after the last event.",
    content: { "text/event-stream": { schema: EVENT_DATA } },
  },
  204: { description: "Everything has been heard already: do not come back" },
};

const followOneRoute = createRoute({
  method: "get",
  path: "/executions/{id}/events",
  operationId: "followExecution",
  summary: "Follow an execution live",
  request: { params: idPathSchema, query: resumeQuerySchema, headers: resumeHeaderSchema },
  responses: { ...EVENTS, ...problemResponses(401, 403, 404, 422) },
});

const followSeveralRoute = createRoute({
  method: "get",
  path: "/events",
  operationId: "followExecutions",
  summary:
    "Follow several executions in one stream; its event ids say how far each has been heard (`1:5,2:7`)",
  request: {
    query: resumeQuerySchema.extend({
      executions: z.string().openapi({ description: "Ids, joined by commas; at most 100.", example: "1,2" }),
    }),
    headers: resumeHeaderSchema,
  },
  responses: { ...EVENTS, ...problemResponses(401, 403, 404, 422) },
});

export function executionEventRoutes(dependencies: AppDependencies) {
  return apiRoutes()
    .openapi(followOneRoute, async (c) => {
      const id = idOf(c.req.valid("param").id, missingExecution);
      const last = lastEventId(c);
      if (last !== undefined && !EVENT_NUMBER.test(last)) throw invalidLastEventId();
      const after = new Map([[id, Number(last ?? 0)]]);
      return follow(dependencies, c, { after, writeId: (sent) => String(sent.get(id)) });
    })
    .openapi(followSeveralRoute, async (c) => {
      const heard = readHeard(lastEventId(c));
      const ids = readIds(c.req.valid("query").executions);
      const after = new Map(ids.map((id) => [id, heard.get(id) ?? 0]));
      return follow(dependencies, c, { after, writeId: writeHeard });
    });
}

interface Following {
  /** The number of the last event heard, by execution. */
  after: Map<number, number>;
  writeId(sent: ReadonlyMap<number, number>): string;
}

async function follow(dependencies: AppDependencies, c: AppContext, following: Following): Promise<Response> {
  const { db, engine, registry } = dependencies;
  const rows = new Map<number, ExecutionRow>();
  for (const id of following.after.keys()) {
    const row = await getExecution(db, id);
    if (!row) throw missingExecution(id);
    rows.set(id, row);
  }
  const ended = new Set([...rows.values()].filter(({ status }) => isFinal(status)).map(({ id }) => id));
  if (ended.size === rows.size && (await isAllHeard(db, following.after))) return c.body(null, 204);
  const context: ViewContext = { language: c.get("language"), catalogue: registry };
  const stream = eventStream({
    hub: engine.events,
    ...following,
    ended,
    closing: c.env?.closing,
    read: async (id, afterNumber) => {
      const events = await listEvents(db, id, afterNumber);
      const row = rows.get(id);
      return row ? Promise.all(events.map((event) => outgoing(dependencies, row, event, context))) : [];
    },
  });
  return c.body(stream, 200, {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store, no-transform",
    "X-Accel-Buffering": "no",
  });
}

async function outgoing(
  dependencies: AppDependencies,
  row: ExecutionRow,
  { number, event }: StoredEvent,
  context: ViewContext,
): Promise<OutgoingEvent> {
  if (event.type === "execution") {
    const snapshot = event.data;
    const reached = await readReachedCap(dependencies, row.id, snapshot.waitingFor);
    const data = viewExecutionEvent(row.id, { snapshot, reached }, context.language);
    return { number, type: "execution", data, isLast: isFinal(snapshot.status), ends: null };
  }
  const snapshot = event.data;
  const step = row.steps.find(({ step_number }) => step_number === snapshot.stepNumber);
  const run = isResultNew(snapshot) ? await getStepRun(dependencies.db, row.id, snapshot) : undefined;
  return {
    number,
    type: "step",
    data: viewStepEvent(row.id, { snapshot, step, run }, context),
    isLast: false,
    ends: isFinal(snapshot.status) ? snapshot : null,
  };
}

async function isAllHeard(db: Db, after: ReadonlyMap<number, number>): Promise<boolean> {
  for (const [id, number] of after) {
    const next = await listEvents(db, id, number, 1);
    if (next.length > 0) return false;
  }
  return true;
}

function lastEventId(c: AppContext): string | undefined {
  // A browser that comes back by itself sends the header, which is then newer than the address.
  return c.req.header("Last-Event-ID") || c.req.query("last_event_id") || undefined;
}

function readIds(text: string): number[] {
  const ids = text.split(",").map((part) => parseId(part.trim()) ?? part);
  const wrong = ids.find((id) => typeof id === "string");
  if (text !== "" && wrong !== undefined) throw missingExecution(wrong);
  const known = [...new Set(ids.filter((id) => typeof id === "number"))];
  if (known.length >= 1 && known.length <= MAX_EXECUTIONS) return known;
  throw invalidField("executions", {
    fr: `« executions » donne de 1 à ${MAX_EXECUTIONS} numéros d’exécutions, séparés par des virgules.`,
    en: `“executions” gives 1 to ${MAX_EXECUTIONS} numbers of executions, joined by commas.`,
  });
}

/** Reads `1:5,2:7`: of execution 1 all up to event 5 was heard, of execution 2 up to event 7. */
function readHeard(text: string | undefined): Map<number, number> {
  const heard = new Map<number, number>();
  for (const part of text?.split(",") ?? []) {
    const [idText = "", number = ""] = part.split(":");
    const id = parseId(idText);
    if (id === null || !EVENT_NUMBER.test(number)) throw invalidLastEventId();
    heard.set(id, Number(number));
  }
  return heard;
}

function writeHeard(sent: ReadonlyMap<number, number>): string {
  return [...sent]
    .filter(([, number]) => number > 0)
    .map(([id, number]) => `${id}:${number}`)
    .join(",");
}

function invalidLastEventId() {
  return invalidField("last_event_id", {
    fr: "« Last-Event-ID » est l’identifiant d’un événement de ce flux ; laissez-le pour tout recevoir.",
    en: "“Last-Event-ID” is the id of an event of this stream; leave it out to get everything.",
  });
}
