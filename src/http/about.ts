import { createRoute, z } from "@hono/zod-openapi";
import { apiRoutes } from "./api-routes.ts";
import type { AppDependencies } from "./dependencies.ts";
import { problemResponses } from "./problem.ts";

const aboutSchema = z
  .object({
    version: z.string(),
    license: z.string(),
    database: z.enum(["sqlite", "postgresql"]),
  })
  .openapi("About");

export type About = z.output<typeof aboutSchema>;

const aboutRoute = createRoute({
  method: "get",
  path: "/about",
  operationId: "about",
  summary: "Which Relais this is, and what it keeps its data in",
  responses: {
    200: { description: "About it", content: { "application/json": { schema: aboutSchema } } },
    ...problemResponses(401, 403),
  },
});

export function aboutRoutes({ version, license, database }: AppDependencies) {
  return apiRoutes().openapi(aboutRoute, (c) => c.json({ version, license, database }, 200));
}
