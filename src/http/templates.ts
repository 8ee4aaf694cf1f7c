import { createRoute } from "@hono/zod-openapi";
import { listWorkflows, type WorkflowRow } from "../db/workflow-store.ts";
import type { Language } from "../errors.ts";
import type { WorkflowDefinition } from "../workflow/definition.ts";
import { localizeTemplate, TEMPLATES } from "../workflow/templates.ts";
import { apiRoutes } from "./api-routes.ts";
import { estimateOf, viewEstimate } from "./cost-estimate.ts";
import type { AppDependencies } from "./dependencies.ts";
import { missingSettings, stepModels } from "./live-run.ts";
import { problemResponses } from "./problem.ts";
import { templateListSchema, type Template } from "./schemas.ts";

/** More of their own templates than a person would look through in a gallery. */
const MAX_USER_TEMPLATES = 100;

const listTemplatesRoute = createRoute({
  method: "get",
  path: "/templates",
  operationId: "listTemplates",
  summary: "Templates that ship with Relais, then workflows marked as templates",
  responses: {
    200: { description: "All of them", content: { "application/json": { schema: templateListSchema } } },
    ...problemResponses(401, 403),
  },
});

export function templateRoutes(dependencies: AppDependencies) {
  return apiRoutes().openapi(listTemplatesRoute, async (c) => {
    const own = await listWorkflows(dependencies.db, { limit: MAX_USER_TEMPLATES, templatesOnly: true });
    const shipped = shippedTemplates(c.get("language"));
    const templates = [...shipped, ...own.map(userTemplate)];
    const views = templates.map((template) => viewTemplate(template, dependencies));
    return c.json({ templates: await Promise.all(views) }, 200);
  });
}

/** The id under which a user's own workflow stands among the templates. */
export function userTemplateId(workflowId: number): string {
  return `workflow-${workflowId}`;
}

interface TemplateSource extends WorkflowDefinition {
  id: string;
  workflowId: number | null;
  name: string;
  description: string;
}

function shippedTemplates(language: Language): TemplateSource[] {
  return TEMPLATES.map((template) => {
    const { id, name, description, steps, inputs } = localizeTemplate(template, language);
    return { id, workflowId: null, name, description, steps, inputs };
  });
}

function userTemplate(row: WorkflowRow): TemplateSource {
  return { ...row, id: userTemplateId(row.id), workflowId: row.id };
}

async function viewTemplate(source: TemplateSource, dependencies: AppDependencies): Promise<Template> {
  const models = stepModels(source.steps, dependencies.registry);
  const { total } = await estimateOf(dependencies, {
    definition: source,
    origin: { workflowId: source.workflowId, templateId: source.workflowId === null ? source.id : null },
    topic: null,
    inputs: {},
  });
  return {
    id: source.id,
    workflow_id: source.workflowId,
    name: source.name,
    description: source.description,
    steps: source.steps,
    inputs: source.inputs,
    ...viewEstimate(total),
    step_models: models.map(({ step, model }) => ({
      step_number: step.step_number,
      modality: model.modality,
      model: model.id,
    })),
    missing_settings: missingSettings(models, dependencies.registry),
  };
}
