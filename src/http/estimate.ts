import { createRoute, type z } from "@hono/zod-openapi";
import type { Estimate } from "../pricing/estimate.ts";
import type { StepEstimate } from "../pricing/workflow-estimate.ts";
import { isReferredTo } from "../workflow/reference-rules.ts";
import { apiRoutes } from "./api-routes.ts";
import { certaintyOf, estimateOf, viewEstimate } from "./cost-estimate.ts";
import type { AppDependencies } from "./dependencies.ts";
import { missingSettings, stepModels } from "./live-run.ts";
import { problemResponses } from "./problem.ts";
import { sourceOf } from "./run-source.ts";
import { estimateBodySchema, estimateSchema, type StepEstimateWire } from "./schemas.ts";
import { acceptWorkflow } from "./workflow-rules.ts";

type EstimateBody = z.output<typeof estimateBodySchema>;

const estimateRoute = createRoute({
  method: "post",
  path: "/estimate",
  operationId: "estimate",
  summary: "What a live run is likely to cost and how long it takes; nothing runs",
  description:
    "Takes workflow_id, template_id or steps. Steps may come with the id of the workflow or template that they were changed from: its past runs then say how long texts are. They may refer to the inputs that are given with them.",
  request: { body: { required: true, content: { "application/json": { schema: estimateBodySchema } } } },
  responses: {
    200: { description: "Per step and in all", content: { "application/json": { schema: estimateSchema } } },
    ...problemResponses(400, 401, 403, 404, 413, 415, 422),
  },
});

export function estimateRoutes(dependencies: AppDependencies) {
  return apiRoutes().openapi(estimateRoute, async (c) => {
    const { registry } = dependencies;
    const body = c.req.valid("json");
    const { steps, inputs, workflowId, templateId } = await meantBy(dependencies, body, c.get("language"));
    acceptWorkflow({ steps, inputs }, registry);
    const estimate = await estimateOf(dependencies, {
      definition: { steps },
      origin: { workflowId, templateId },
      topic: body.initial_input === "" ? null : body.initial_input,
      inputs: body.inputs,
    });
    return c.json(
      {
        ...viewEstimateOfSteps(estimate),
        missing_settings: missingSettings(stepModels(steps, registry), registry),
      },
      200,
    );
  });
}

/** What steps are likely to cost, per step and in all. */
export function viewEstimateOfSteps({ steps, total }: { steps: StepEstimate[]; total: Estimate }) {
  return { ...viewEstimate(total), currency: "USD" as const, steps: steps.map(viewStep) };
}

/** Steps win over where they come from, whose id then only names their past. They may refer to what `inputs` gives. */
async function meantBy(dependencies: AppDependencies, body: EstimateBody, language: "fr" | "en") {
  const { steps, workflow_id: workflowId, template_id: templateId } = body;
  if (!steps) return await sourceOf(dependencies, body, language);
  const referred = Object.keys(body.inputs).filter((name) => isReferredTo(name, steps));
  const inputs = referred.map((name) => ({ name, label: name, type: "text" as const, required: false }));
  return { steps, inputs, workflowId: workflowId ?? null, templateId: templateId ?? null };
}

function viewStep(estimate: StepEstimate): StepEstimateWire {
  return {
    step_number: estimate.stepNumber,
    model: estimate.model.id,
    modality: estimate.model.modality,
    ...viewEstimate(estimate),
    certainty: certaintyOf(estimate),
    assumes: estimate.assumes,
    past_runs: estimate.pastRuns,
    items: estimate.items,
  };
}
