import { createRoute, type z } from "@hono/zod-openapi";
import {
  deleteWorkflow,
  getWorkflow,
  insertWorkflow,
  listWorkflows,
  replaceWorkflow,
  type WorkflowRow,
} from "../db/workflow-store.ts";
import type { Language } from "../errors.ts";
import type { ModelCatalogue } from "../workflow/models.ts";
import { checkWorkflow } from "../workflow/validation.ts";
import { apiRoutes } from "./api-routes.ts";
import type { AppDependencies } from "./dependencies.ts";
import { API_PATH } from "./execution-view.ts";
import { IDEMPOTENCY_HEADER } from "./idempotency.ts";
import { localize } from "./language.ts";
import { cutPage, pageQuerySchema, readPage } from "./list-query.ts";
import { idOf, idPathSchema, missingWorkflow } from "./path-id.ts";
import { problemResponses } from "./problem.ts";
import { workflowBodySchema, workflowListSchema, workflowSchema, type Workflow } from "./schemas.ts";
import { today } from "./today.ts";
import { acceptWorkflow } from "./workflow-rules.ts";

const LIST = "workflows";

const createWorkflowRoute = createRoute({
  method: "post",
  path: "/workflows",
  operationId: "createWorkflow",
  summary: "Save a workflow",
  request: {
    headers: IDEMPOTENCY_HEADER,
    body: { required: true, content: { "application/json": { schema: workflowBodySchema } } },
  },
  responses: {
    201: {
      description: "The workflow as it was saved",
      headers: { Location: { schema: { type: "string" }, description: "Its address" } },
      content: { "application/json": { schema: workflowSchema } },
    },
    ...problemResponses(400, 401, 403, 409, 413, 415, 422),
  },
});

const listWorkflowsRoute = createRoute({
  method: "get",
  path: "/workflows",
  operationId: "listWorkflows",
  summary: "Saved workflows, newest first",
  request: { query: pageQuerySchema },
  responses: {
    200: { description: "One page", content: { "application/json": { schema: workflowListSchema } } },
    ...problemResponses(401, 403, 422),
  },
});

const getWorkflowRoute = createRoute({
  method: "get",
  path: "/workflows/{id}",
  operationId: "getWorkflow",
  summary: "One workflow, with what is worth knowing about it",
  request: { params: idPathSchema },
  responses: {
    200: { description: "The workflow", content: { "application/json": { schema: workflowSchema } } },
    ...problemResponses(401, 403, 404),
  },
});

const replaceWorkflowRoute = createRoute({
  method: "put",
  path: "/workflows/{id}",
  operationId: "replaceWorkflow",
  summary: "Change a workflow; its executions keep the steps that they ran",
  description:
    "Takes the whole workflow, as for saving one. A rerun with definition current runs the steps as they are now.",
  request: {
    params: idPathSchema,
    body: { required: true, content: { "application/json": { schema: workflowBodySchema } } },
  },
  responses: {
    200: {
      description: "The workflow as it is now",
      content: { "application/json": { schema: workflowSchema } },
    },
    ...problemResponses(400, 401, 403, 404, 413, 415, 422),
  },
});

const deleteWorkflowRoute = createRoute({
  method: "delete",
  path: "/workflows/{id}",
  operationId: "deleteWorkflow",
  summary: "Delete a workflow; its executions stay",
  request: { params: idPathSchema },
  responses: { 204: { description: "Deleted" }, ...problemResponses(401, 403, 404) },
});

export function workflowRoutes({ db, registry }: AppDependencies) {
  return apiRoutes()
    .openapi(createWorkflowRoute, async (c) => {
      const body = c.req.valid("json");
      acceptWorkflow(body, registry);
      const row = await insertWorkflow(db, { ...valuesOf(body), createdAt: new Date().toISOString() });
      c.header("Location", `${API_PATH}/workflows/${row.id}`);
      return c.json(viewWorkflow(row, registry, c.get("language")), 201);
    })
    .openapi(listWorkflowsRoute, async (c) => {
      const page = readPage(c.req.valid("query"), LIST);
      const found = await listWorkflows(db, { ...page, limit: page.limit + 1 });
      const { rows, nextCursor } = cutPage(found, page, LIST);
      const workflows = rows.map((row) => viewWorkflow(row, registry, c.get("language")));
      return c.json({ workflows, next_cursor: nextCursor }, 200);
    })
    .openapi(getWorkflowRoute, async (c) => {
      const id = idOf(c.req.valid("param").id, missingWorkflow);
      const row = await getWorkflow(db, id);
      if (!row) throw missingWorkflow(id);
      return c.json(viewWorkflow(row, registry, c.get("language")), 200);
    })
    .openapi(replaceWorkflowRoute, async (c) => {
      const id = idOf(c.req.valid("param").id, missingWorkflow);
      const body = c.req.valid("json");
      acceptWorkflow(body, registry);
      const row = await replaceWorkflow(db, id, { ...valuesOf(body), now: new Date().toISOString() });
      if (!row) throw missingWorkflow(id);
      return c.json(viewWorkflow(row, registry, c.get("language")), 200);
    })
    .openapi(deleteWorkflowRoute, async (c) => {
      const id = idOf(c.req.valid("param").id, missingWorkflow);
      if (!(await deleteWorkflow(db, id, new Date().toISOString()))) throw missingWorkflow(id);
      return c.body(null, 204);
    });
}

function valuesOf(body: z.output<typeof workflowBodySchema>) {
  const { name, description, steps, inputs } = body;
  return {
    name,
    description,
    steps,
    inputs,
    isTemplate: body.is_template,
  };
}

export function viewWorkflow(row: WorkflowRow, catalogue: ModelCatalogue, language: Language): Workflow {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    steps: row.steps,
    inputs: row.inputs,
    is_template: row.isTemplate,
    execution_count: row.executionCount,
    created_at: row.createdAt,
    updated_at: row.updatedAt,
    // Worked out on reading: a model may have been shut down since the workflow was saved.
    warnings: checkWorkflow(row, catalogue, { today: today() }).warnings.map(({ path, message }) => ({
      path,
      message: localize(message, language),
    })),
  };
}
