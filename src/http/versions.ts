import { createRoute, z } from "@hono/zod-openapi";
import { getVersion, listVersions, type VersionRow } from "../db/version-store.ts";
import { getWorkflow, replaceWorkflow } from "../db/workflow-store.ts";
import { apiRoutes } from "./api-routes.ts";
import type { AppDependencies } from "./dependencies.ts";
import { cutPage, pageQuerySchema, readPage } from "./list-query.ts";
import { idOf, idPathSchema, missingVersion, missingWorkflow } from "./path-id.ts";
import { problemResponses } from "./problem.ts";
import { versionListSchema, workflowSchema, type WorkflowVersion } from "./schemas.ts";
import { acceptWorkflow } from "./workflow-rules.ts";
import { viewWorkflow } from "./workflows.ts";

const listVersionsRoute = createRoute({
  method: "get",
  path: "/workflows/{id}/versions",
  operationId: "listWorkflowVersions",
  summary: "What a workflow was each time that it was saved, newest first",
  request: { params: idPathSchema, query: pageQuerySchema },
  responses: {
    200: { description: "One page", content: { "application/json": { schema: versionListSchema } } },
    ...problemResponses(401, 403, 404, 422),
  },
});

const restoreVersionRoute = createRoute({
  method: "post",
  path: "/workflows/{id}/versions/{version}/restore",
  operationId: "restoreWorkflowVersion",
  summary: "Make a workflow what it was; that is a new version, and none is lost",
  request: {
    params: idPathSchema.extend({
      version: z
        .string()
        .openapi({ param: { name: "version", in: "path" }, type: "integer", minimum: 1, example: "2" }),
    }),
  },
  responses: {
    200: {
      description: "The workflow as it is now",
      content: { "application/json": { schema: workflowSchema } },
    },
    ...problemResponses(401, 403, 404, 422),
  },
});

export function versionRoutes({ db, registry }: AppDependencies) {
  return apiRoutes()
    .openapi(listVersionsRoute, async (c) => {
      const id = idOf(c.req.valid("param").id, missingWorkflow);
      if (!(await getWorkflow(db, id))) throw missingWorkflow(id);
      // A cursor of another workflow's list is refused.
      const list = `versions-${id}`;
      const page = readPage(c.req.valid("query"), list);
      const { beforeId: before } = page;
      const found = await listVersions(db, id, {
        limit: page.limit + 1,
        ...(before !== undefined && { before }),
      });
      const numbered = found.map((row) => ({ ...row, id: row.version }));
      const { rows, nextCursor } = cutPage(numbered, page, list);
      return c.json({ versions: rows.map(viewVersion), next_cursor: nextCursor }, 200);
    })
    .openapi(restoreVersionRoute, async (c) => {
      const { id: workflow, version: number } = c.req.valid("param");
      const id = idOf(workflow, missingWorkflow);
      const current = await getWorkflow(db, id);
      if (!current) throw missingWorkflow(id);
      const version = await getVersion(
        db,
        id,
        idOf(number, () => missingVersion(id, number)),
      );
      if (!version) throw missingVersion(id, number);
      // A model that it used may be gone since.
      acceptWorkflow(version, registry);
      const { name, description, steps, inputs } = version;
      const { isTemplate } = current;
      const values = { name, description, steps, inputs, isTemplate, now: new Date().toISOString() };
      const row = await replaceWorkflow(db, id, values);
      if (!row) throw missingWorkflow(id);
      return c.json(viewWorkflow(row, registry, c.get("language")), 200);
    });
}

function viewVersion({ version, name, description, steps, inputs, savedAt }: VersionRow): WorkflowVersion {
  return { version, name, description, steps, inputs, saved_at: savedAt };
}
