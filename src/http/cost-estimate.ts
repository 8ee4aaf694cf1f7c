import { pastItemCounts, pastOutputTokens } from "../db/past-runs.ts";
import type { Estimate } from "../pricing/estimate.ts";
import { sumEstimates } from "../pricing/estimate.ts";
import { estimateWorkflow, type StepEstimate } from "../pricing/workflow-estimate.ts";
import { isFreeOfCharge } from "../steps/free-model.ts";
import type { WorkflowDefinition } from "../workflow/definition.ts";
import { parametersFor } from "../workflow/fitted-parameters.ts";
import { linkSteps } from "../workflow/graph.ts";
import { nanoUsdToUsd } from "../workflow/money.ts";
import type { AppDependencies } from "./dependencies.ts";
import { today } from "./today.ts";

/** What is to be estimated, and whose past runs count. */
export interface EstimateRequest {
  definition: Pick<WorkflowDefinition, "steps">;
  origin: { workflowId: number | null; templateId: string | null };
  topic: string | null;
  inputs: Readonly<Record<string, string | number>>;
}

/** What a live run is likely to cost, per step and in all. */
export async function estimateOf(
  { db, registry, prices }: Pick<AppDependencies, "db" | "registry" | "prices">,
  { definition: { steps }, origin, topic, inputs }: EstimateRequest,
): Promise<{ steps: StepEstimate[]; total: Estimate }> {
  const day = today();
  const links = linkSteps(steps, registry);
  const mapped = steps.filter(({ for_each }) => for_each !== null).map(({ step_number }) => step_number);
  const estimates = estimateWorkflow(prices, {
    steps,
    links,
    modelOf: (step) => registry.resolve(step.ai_provider),
    parametersOf: (step) => parametersFor(step, registry).parameters,
    isFree: (modelId) => isFreeOfCharge(modelId, { registry, prices, day }),
    topic,
    inputs,
    past: await pastOutputTokens(db, { origin, steps: modelsOf(steps, registry) }),
    pastItems: await pastItemCounts(db, { origin, stepNumbers: mapped }),
    day,
  });
  const linkOf = new Map(links.map((link) => [link.stepNumber, link]));
  const total = sumEstimates(
    estimates.map((estimate) => ({
      estimate,
      links: linkOf.get(estimate.stepNumber) ?? { stepNumber: estimate.stepNumber, dependsOn: [] },
    })),
  );
  return { steps: estimates, total };
}

function modelsOf(
  steps: WorkflowDefinition["steps"],
  registry: AppDependencies["registry"],
): { stepNumber: number; model: string }[] {
  return steps.flatMap((step) => {
    const model = registry.resolve(step.ai_provider);
    return model?.modality === "text" ? [{ stepNumber: step.step_number, model: model.id }] : [];
  });
}

/** Where a price is unknown, the known part is still a floor; there is no ceiling. */
export function viewEstimate(estimate: Estimate) {
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
