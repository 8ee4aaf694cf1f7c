import { createRoute, z } from "@hono/zod-openapi";
import { sql } from "kysely";
import { apiRoutes } from "./api-routes.ts";
import type { AppDependencies } from "./dependencies.ts";
import { collectMetrics } from "./metrics.ts";
import { problemResponses } from "./problem.ts";

const STATE = {
  "application/json": { schema: z.object({ status: z.string(), version: z.string() }).openapi("Health") },
} as const;

const liveRoute = createRoute({
  method: "get",
  path: "/healthz",
  operationId: "isAlive",
  summary: "Whether the process answers",
  responses: { 200: { description: "It does", content: STATE }, ...problemResponses(403) },
});

const readyRoute = createRoute({
  method: "get",
  path: "/readyz",
  operationId: "isReady",
  summary: "Whether executions can be taken: the database and the store of files answer",
  responses: {
    200: { description: "They can", content: STATE },
    503: { description: "The database or the store of files does not answer", content: STATE },
    ...problemResponses(403),
  },
});

const metricsRoute = createRoute({
  method: "get",
  path: "/metrics",
  operationId: "getMetrics",
  summary: "Counters for Prometheus",
  responses: {
    200: {
      description: "The Prometheus text format",
      content: { "text/plain; version=0.0.4": { schema: z.string() } },
    },
    ...problemResponses(401, 403),
  },
});

export function healthRoutes({ db, engine, artifacts, version }: AppDependencies) {
  return apiRoutes()
    .openapi(liveRoute, (c) => c.json({ status: "ok", version }, 200))
    .openapi(readyRoute, async (c) => {
      try {
        await sql`select 1`.execute(db);
      } catch {
        return c.json({ status: "database_unavailable", version }, 503);
      }
      try {
        await artifacts.check();
      } catch {
        return c.json({ status: "files_unavailable", version }, 503);
      }
      return c.json({ status: "ok", version }, 200);
    })
    .openapi(metricsRoute, async (c) => {
      const text = await collectMetrics({ db, events: engine.events, version });
      return c.text(text, 200, { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" });
    });
}
