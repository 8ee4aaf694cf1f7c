import { createRoute, z } from "@hono/zod-openapi";
import { getStepRun } from "../db/step-run-store.ts";
import { NO_ITEM } from "../workflow/definition.ts";
import { apiRoutes } from "./api-routes.ts";
import { comparableModels } from "./comparable-models.ts";
import { planComparison, requireStepOf } from "./compare-request.ts";
import type { AppDependencies } from "./dependencies.ts";
import { API_PATH } from "./execution-view.ts";
import { IDEMPOTENCY_HEADER } from "./idempotency.ts";
import { cutPage, pageQuerySchema, readPage } from "./list-query.ts";
import { idOf, idPathSchema, invalidField, missingExecution } from "./path-id.ts";
import { problemResponses } from "./problem.ts";
import { listTakes } from "./take-list.ts";
import {
  comparableModelsSchema,
  compareAnswerSchema,
  compareBodySchema,
  takeListSchema,
  type CompareAnswer,
} from "./take-schemas.ts";

const LIST = "takes";

const stepPathSchema = idPathSchema.extend({
  step_number: z
    .string()
    .openapi({ param: { name: "step_number", in: "path" }, type: "integer", minimum: 1, example: "2" }),
});

const takesQuerySchema = pageQuerySchema.extend({
  item: z.string().optional().openapi({
    type: "integer",
    minimum: 0,
    description: "One item of a step that maps over a list, from 0.",
  }),
});

const listTakesRoute = createRoute({
  method: "get",
  path: "/executions/{id}/steps/{step_number}/takes",
  operationId: "listTakes",
  summary: "What an execution, those it was made from and those made from them have made of one step",
  description:
    "Newest first, of the newest 200 executions of the family that have the same mode. Results that were taken over, or came out the same, are shown once. A take that is under way has no result yet.",
  request: { params: stepPathSchema, query: takesQuerySchema },
  responses: {
    200: { description: "One page", content: { "application/json": { schema: takeListSchema } } },
    ...problemResponses(401, 403, 404, 422),
  },
});

const comparableRoute = createRoute({
  method: "get",
  path: "/executions/{id}/steps/{step_number}/models",
  operationId: "listComparableModels",
  summary: "The models that could make a step, and what a take of each is likely to cost; nothing runs",
  request: { params: stepPathSchema },
  responses: {
    200: { description: "All of them", content: { "application/json": { schema: comparableModelsSchema } } },
    ...problemResponses(401, 403, 404),
  },
});

const compareRoute = createRoute({
  method: "post",
  path: "/executions/{id}/compare",
  operationId: "compareModels",
  summary: "Make one step again with other models, or another prompt, and nothing else",
  description:
    "Each model makes an execution of its own, with earlier results taken over for $0; steps that follow do not run. These executions are takes: they stand in the list of takes of their step, and not in the history. To go on with one, run an execution again with replace[].from_execution.",
  request: {
    params: idPathSchema,
    headers: IDEMPOTENCY_HEADER,
    body: { required: true, content: { "application/json": { schema: compareBodySchema } } },
  },
  responses: {
    202: {
      description: "Stored, and on their way",
      content: { "application/json": { schema: compareAnswerSchema } },
    },
    ...problemResponses(400, 401, 403, 404, 409, 413, 415, 422, 503),
  },
});

export function takeRoutes(dependencies: AppDependencies) {
  const { db, engine } = dependencies;
  return apiRoutes()
    .openapi(listTakesRoute, async (c) => {
      const { execution, step } = await requireStepOf(dependencies, placeOf(c.req.valid("param")));
      const query = c.req.valid("query");
      const page = readPage(query, LIST);
      const key = { stepNumber: step.step_number, item: itemOf(query.item) };
      const run = await getStepRun(db, execution.id, key);
      const takes = await listTakes(dependencies, execution, { key, itemValue: run?.itemValue ?? null });
      const left = takes.filter(({ id }) => id < (page.beforeId ?? Infinity));
      const { rows, nextCursor } = cutPage(left, page, LIST);
      return c.json({ takes: rows.map(({ id: _id, ...take }) => take), next_cursor: nextCursor }, 200);
    })
    .openapi(comparableRoute, async (c) => {
      const { execution, step } = await requireStepOf(dependencies, placeOf(c.req.valid("param")));
      const models = await comparableModels(dependencies, execution, step);
      return c.json({ models, prompt: step.prompt }, 200);
    })
    .openapi(compareRoute, async (c) => {
      const id = idOf(c.req.valid("param").id, missingExecution);
      const body = c.req.valid("json");
      const planned = await planComparison(dependencies, { id, body });
      // All or none: where only some were stored, whoever asks again would buy these twice.
      const ids = await engine.createAll(planned.map(({ execution }) => execution));
      const takes = planned.map(({ model, execution }, index): CompareAnswer["takes"][number] => {
        const newId = ids[index] ?? 0;
        const url = `${API_PATH}/executions/${newId}`;
        return {
          model,
          execution_id: newId,
          status: "pending",
          mode: execution.mode,
          total_steps: execution.steps.length,
          events_url: `${url}/events`,
          url,
        };
      });
      return c.json({ takes, rerun_of: id, step_number: body.step_number }, 202);
    });
}

function placeOf(param: z.output<typeof stepPathSchema>): { id: number; stepNumber: number } {
  const id = idOf(param.id, missingExecution);
  return { id, stepNumber: /^\d{1,3}$/.test(param.step_number) ? Number(param.step_number) : 0 };
}

function itemOf(text: string | undefined): number {
  if (text === undefined) return NO_ITEM;
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw invalidField("item", {
    fr: "« item » est le numéro d’un élément, à partir de 0.",
    en: "“item” is the number of an item, from 0.",
  });
}
