import { createRoute, z } from "@hono/zod-openapi";
import type { Period } from "../db/cost-report.ts";
import { listPaidCalls } from "../db/paid-calls.ts";
import { apiRoutes } from "./api-routes.ts";
import { writeCostCsv } from "./cost-csv.ts";
import { csvStream } from "./csv.ts";
import { reportCosts } from "./cost-report.ts";
import { COST_GROUPS, costReportSchema } from "./cost-schemas.ts";
import type { AppDependencies } from "./dependencies.ts";
import { invalidField } from "./path-id.ts";
import { problemResponses } from "./problem.ts";
import { today } from "./today.ts";

const day = (description: string) =>
  z.string().optional().openapi({ format: "date", description, example: "2026-11-01" });

const periodQuerySchema = z.object({
  from: day("First UTC day; without it the first of the month of `to`."),
  to: day("Last UTC day, inclusive; without it today."),
});

const reportRoute = createRoute({
  method: "get",
  path: "/costs",
  operationId: "getCosts",
  summary: "What was spent in a period, by day, workflow, provider, model or modality",
  description:
    "Every call that could cost something counts on the day on which it was made, those of executions that were removed too.",
  request: {
    query: periodQuerySchema.extend({
      by: z.enum(COST_GROUPS).default("day"),
      split: z.enum(COST_GROUPS).optional().openapi({ description: "Tells each row apart once more." }),
    }),
  },
  responses: {
    200: { description: "The sums", content: { "application/json": { schema: costReportSchema } } },
    ...problemResponses(401, 403, 422),
  },
});

const csvRoute = createRoute({
  method: "get",
  path: "/costs.csv",
  operationId: "exportCosts",
  summary: "Every call of a period that could cost something, one line each",
  request: { query: periodQuerySchema },
  responses: {
    200: {
      description: "CSV in UTF-8, amounts in USD with a decimal point; an empty amount is unknown",
      content: { "text/csv": { schema: z.string() } },
    },
    ...problemResponses(401, 403, 422),
  },
});

export function costRoutes(dependencies: AppDependencies) {
  return apiRoutes()
    .openapi(reportRoute, async (c) => {
      const { by, split = null, ...query } = c.req.valid("query");
      const asked = { period: readPeriod(query), by, split };
      return c.json(await reportCosts(dependencies, asked, c.get("language")), 200);
    })
    .openapi(csvRoute, (c) => {
      const period = readPeriod(c.req.valid("query"));
      const pieces = writeCostCsv(listPaidCalls(dependencies.db, period));
      return c.body(csvStream(pieces), 200, {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": `attachment; filename="relais-${period.from}-${period.to}.csv"`,
      });
    });
}

/** @throws RelaisError `invalid_request` where it is none. */
function readPeriod(query: z.output<typeof periodQuerySchema>): Period {
  const to = readDay("to", query.to) ?? today();
  const from = readDay("from", query.from) ?? `${to.slice(0, 8)}01`;
  if (from <= to) return { from, to };
  throw invalidField("from", {
    fr: "« from » est un jour qui ne vient pas après « to ».",
    en: "“from” is a day that is not after “to”.",
  });
}

function readDay(name: "from" | "to", text: string | undefined): string | undefined {
  if (text === undefined || z.iso.date().safeParse(text).success) return text;
  throw invalidField(name, {
    fr: `« ${name} » est un jour, par exemple 2026-11-01.`,
    en: `“${name}” is a day, for example 2026-11-01.`,
  });
}
