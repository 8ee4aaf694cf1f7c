import { createRoute } from "@hono/zod-openapi";
import { listWorkflows, type WorkflowRow } from "../db/workflow-store.ts";
import type { Language } from "../errors.ts";
import { estimateStep, sumEstimates, type Estimate } from "../pricing/estimate.ts";
import type { WorkflowDefinition } from "../workflow/definition.ts";
import { linkSteps } from "../workflow/graph.ts";
import { nanoUsdToUsd } from "../workflow/money.ts";
import { localizeTemplate, TEMPLATES } from "../workflow/templates.ts";
import { apiRoutes } from "./api-routes.ts";
import type { AppDependencies } from "./dependencies.ts";
import { missingSettings, stepModels, type StepModel } from "./live-run.ts";
import { problemResponses } from "./problem.ts";
import { templateListSchema, type Template } from "./schemas.ts";
import { isFreeOfCharge } from "../steps/free-model.ts";
import { today } from "./today.ts";

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
    return c.json({ templates: templates.map((template) => viewTemplate(template, dependencies)) }, 200);
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

function viewTemplate(source: TemplateSource, { registry, prices }: AppDependencies): Template {
  const models = stepModels(source.steps, registry);
  const links = new Map(linkSteps(source.steps, registry).map((link) => [link.stepNumber, link]));
  const estimate = sumEstimates(
    models.map((entry) => ({
      estimate: isFreeOfCharge(entry.model.id, { registry, prices, day: today() })
        ? freeEstimate(entry)
        : estimateStep(prices, toEstimate(entry)),
      links: links.get(entry.step.step_number) ?? { stepNumber: entry.step.step_number, dependsOn: [] },
    })),
  );
  return {
    id: source.id,
    workflow_id: source.workflowId,
    name: source.name,
    description: source.description,
    steps: source.steps,
    inputs: source.inputs,
    ...viewEstimate(estimate),
    step_models: models.map(({ step, model }) => ({
      step_number: step.step_number,
      modality: model.modality,
      model: model.id,
    })),
    missing_settings: missingSettings(models, registry),
  };
}

function freeEstimate({ model }: StepModel): Estimate {
  const [secondsLow, secondsHigh] = model.typical_seconds;
  return { likelyNanoUsd: 0, lowNanoUsd: 0, highNanoUsd: 0, basis: "free", secondsLow, secondsHigh };
}

function toEstimate({ step, model }: StepModel) {
  return {
    model,
    prompt: step.prompt,
    usesPreviousOutput: step.use_previous_output,
    parameters: step.parameters,
    day: today(),
  };
}

/** Where a price is unknown, the known part is still a floor; there is no ceiling. */
function viewEstimate(estimate: Estimate) {
  const isKnown = estimate.likelyNanoUsd !== null;
  return {
    estimated_cost: estimate.likelyNanoUsd === null ? null : nanoUsdToUsd(estimate.likelyNanoUsd),
    estimated_cost_low: nanoUsdToUsd(estimate.lowNanoUsd),
    estimated_cost_high: isKnown ? nanoUsdToUsd(estimate.highNanoUsd) : null,
    cost_basis: estimate.basis,
    estimated_seconds_low: Math.round(estimate.secondsLow),
    estimated_seconds_high: Math.round(estimate.secondsHigh),
  };
}
