import { pastItemCounts, pastOutputTokens } from "../db/past-runs.ts";
import type { StoredCostRange, StoredEstimate } from "../db/stored-values.ts";
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
interface EstimateSource {
  definition: Pick<WorkflowDefinition, "steps">;
  origin: { workflowId: number | null; templateId: string | null };
}

/** What one run is given. */
interface EstimatedRun {
  topic: string | null;
  inputs: Readonly<Record<string, string | number>>;
  /** How many items a step has left to make, where that is known, by step number. */
  itemsLeft?: ReadonlyMap<number, number>;
}

/** What a live run is likely to cost, per step and in all. */
export async function estimateOf(
  dependencies: Pick<AppDependencies, "db" | "registry" | "prices">,
  { definition, origin, ...run }: EstimateSource & EstimatedRun,
): Promise<{ steps: StepEstimate[]; total: Estimate }> {
  return (await estimatorOf(dependencies, { definition, origin }))(run);
}

/** The same for many runs of the same steps: what they have in common is read once. */
export async function estimatorOf(
  { db, registry, prices }: Pick<AppDependencies, "db" | "registry" | "prices">,
  { definition: { steps }, origin }: EstimateSource,
): Promise<(run: EstimatedRun) => { steps: StepEstimate[]; total: Estimate }> {
  const day = today();
  const links = linkSteps(steps, registry);
  const mapped = steps.filter(({ for_each }) => for_each !== null).map(({ step_number }) => step_number);
  const past = await pastOutputTokens(db, { origin, steps: modelsOf(steps, registry) });
  const pastItems = await pastItemCounts(db, { origin, stepNumbers: mapped });
  return ({ topic, inputs, itemsLeft = new Map() }) => {
    const estimates = estimateWorkflow(prices, {
      steps,
      links,
      modelOf: (step) => registry.resolve(step.ai_provider),
      parametersOf: (step) => parametersFor(step, registry).parameters,
      isFree: (modelId) => isFreeOfCharge(modelId, { registry, prices, day }),
      topic,
      inputs,
      past,
      pastItems: new Map([...pastItems, ...itemsLeft]),
      day,
    });
    return { steps: estimates, total: costOfSteps(estimates, steps, registry) };
  };
}

/** What some of the steps of a workflow come to. */
export function costOfSteps(
  estimates: readonly StepEstimate[],
  steps: WorkflowDefinition["steps"],
  registry: AppDependencies["registry"],
): Estimate {
  const linkOf = new Map(linkSteps(steps, registry).map((link) => [link.stepNumber, link]));
  return sumEstimates(
    estimates.map((estimate) => ({
      estimate,
      links: linkOf.get(estimate.stepNumber) ?? { stepNumber: estimate.stepNumber, dependsOn: [] },
    })),
  );
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

/** `exact` where the price hangs on nothing that is still to come. */
export function certaintyOf(estimate: StepEstimate): StoredCostRange["certainty"] {
  if (estimate.likelyNanoUsd === null) return estimate.lowNanoUsd > 0 ? "floor" : "unknown";
  if (estimate.basis === "free") return "exact";
  const { lowNanoUsd, likelyNanoUsd, highNanoUsd, assumes } = estimate;
  const isOneFigure = lowNanoUsd === likelyNanoUsd && likelyNanoUsd === highNanoUsd;
  return isOneFigure && assumes.length === 0 ? "exact" : "assumed";
}

/** An estimate as it is kept with the execution that it was made for. */
export function toStoredEstimate(estimate: { steps: StepEstimate[]; total: Estimate }): StoredEstimate {
  const { steps, total } = estimate;
  const areExact = steps.every((step) => certaintyOf(step) === "exact");
  const isKnown = total.likelyNanoUsd !== null;
  const known = areExact ? "exact" : "assumed";
  const unknown = total.lowNanoUsd > 0 ? "floor" : "unknown";
  return {
    total: { ...rangeOf(total), certainty: isKnown ? known : unknown },
    steps: steps.map((step) =>
      Object.assign(rangeOf(step), {
        stepNumber: step.stepNumber,
        model: step.model.id,
        certainty: certaintyOf(step),
      }),
    ),
  };
}

/** The cost of many runs as one range; null as its likely amount where that of any run is unknown. */
export function sumOfRanges(estimates: readonly StoredEstimate[]): StoredCostRange | null {
  const [first] = estimates;
  if (!first) return null;
  const totals = estimates.map(({ total }) => total);
  const certainties = new Set(totals.map(({ certainty }) => certainty));
  const lowNanoUsd = totals.reduce((low, total) => low + total.lowNanoUsd, 0);
  const hasUnknown = certainties.has("floor") || certainties.has("unknown");
  const known = certainties.has("assumed") ? "assumed" : "exact";
  const unknown = lowNanoUsd > 0 ? "floor" : "unknown";
  return {
    lowNanoUsd,
    likelyNanoUsd: sumOfKnown(totals.map(({ likelyNanoUsd }) => likelyNanoUsd)),
    highNanoUsd: sumOfKnown(totals.map(({ highNanoUsd }) => highNanoUsd)),
    certainty: hasUnknown ? unknown : known,
  };
}

function sumOfKnown(amounts: readonly (number | null)[]): number | null {
  return amounts.reduce<number | null>(
    (sum, amount) => (sum === null || amount === null ? null : sum + amount),
    0,
  );
}

function rangeOf({ likelyNanoUsd, lowNanoUsd, highNanoUsd }: Estimate) {
  return { lowNanoUsd, likelyNanoUsd, highNanoUsd: likelyNanoUsd === null ? null : highNanoUsd };
}
