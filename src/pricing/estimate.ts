import type { StepLinks } from "../workflow/graph.ts";
import type { ModelInfo } from "../workflow/models.ts";
import { sumCosts, type Cost, type CostBasis, type NanoUsd } from "../workflow/money.ts";
import { scan } from "../workflow/references.ts";
import type { Json } from "../workflow/values.ts";
import { REASONING_TOKENS, costUnder, likelyAssumptions, worstCase } from "./planned-cost.ts";
import type { PriceList } from "./price-list.ts";

/**
 * Characters that a reference stands for before anything has run. A topic is a line. The text of a step is a page: the
 * median of what the shipped templates ask for is 450 words; the high figure is a text cut off at a usual limit.
 */
const ASSUMED_CHARACTERS = {
  topic: { low: 20, likely: 60, high: 300 },
  text: { low: 1_200, likely: 2_800, high: 6_000 },
};
/** How long a sound is that does not exist yet, where one goes in. */
const ASSUMED_INPUT_SECONDS = { low: 30, likely: 60, high: 300 };
/** Tokens of such a text, with what a model that reasons writes for itself. */
const ASSUMED_OUTPUT_TOKENS = { low: 300, likely: 700 + REASONING_TOKENS };

/** A step as it stands in a workflow: its references are not filled in. */
export interface StepToEstimate {
  model: ModelInfo & { typical_seconds: readonly [number, number] };
  prompt: string;
  usesPreviousOutput: boolean;
  /** As written; the model's defaults are filled in here. */
  parameters: Record<string, Json>;
  /** YYYY-MM-DD. */
  day: string;
}

/** What something is likely to cost, and how long it takes. The likely amount is null where a price is unknown. */
export interface Estimate {
  likelyNanoUsd: NanoUsd | null;
  /** Sum of what is known. */
  lowNanoUsd: NanoUsd;
  highNanoUsd: NanoUsd;
  basis: CostBasis;
  secondsLow: number;
  secondsHigh: number;
}

/** What a live run of a step is likely to cost. */
export function estimateStep(list: PriceList, step: StepToEstimate): Estimate {
  const { model, day } = step;
  const defaults = Object.entries(model.parameters).flatMap(([name, spec]): [string, Json][] =>
    spec.default === undefined ? [] : [[name, spec.default]],
  );
  const parameters = { ...Object.fromEntries(defaults), ...step.parameters };
  const call = { model, parameters, images: 0, inputSeconds: ASSUMED_INPUT_SECONDS.likely, day };
  const length = promptLengths(step);
  const likely = costUnder(list, call, likelyAssumptions(length.likely, ASSUMED_OUTPUT_TOKENS.likely));
  const shortCall = { ...call, inputSeconds: ASSUMED_INPUT_SECONDS.low };
  const low = costUnder(list, shortCall, likelyAssumptions(length.low, ASSUMED_OUTPUT_TOKENS.low));
  const high = worstCase(list, {
    ...call,
    inputSeconds: ASSUMED_INPUT_SECONDS.high,
    prompt: "x".repeat(length.high),
  });
  const [secondsLow, secondsHigh] = model.typical_seconds;
  return {
    likelyNanoUsd: likely.nanoUsd,
    lowNanoUsd: low.nanoUsd ?? 0,
    highNanoUsd: high.nanoUsd ?? 0,
    basis: likely.basis,
    secondsLow,
    secondsHigh,
  };
}

/** The estimate of one step among others. */
export interface PlannedStep {
  estimate: Estimate;
  links: Pick<StepLinks, "stepNumber" | "dependsOn">;
}

/**
 * Adds up the estimates of a workflow. Amounts are summed; seconds are those of the longest chain of steps that need
 * each other, since the others run beside it.
 */
export function sumEstimates(steps: readonly PlannedStep[]): Estimate {
  const sum = (pick: (estimate: Estimate) => number): number =>
    steps.reduce((total, { estimate }) => total + pick(estimate), 0);
  const costs = steps.map(({ estimate }): Cost => ({
    nanoUsd: estimate.likelyNanoUsd,
    basis: estimate.basis,
  }));
  const likely = sumCosts(costs);
  return {
    likelyNanoUsd: costs.some(({ nanoUsd }) => nanoUsd === null) ? null : likely.nanoUsd,
    lowNanoUsd: sum(({ lowNanoUsd }) => lowNanoUsd),
    highNanoUsd: sum(({ highNanoUsd }) => highNanoUsd),
    basis: likely.basis,
    secondsLow: longestChain(steps, ({ secondsLow }) => secondsLow),
    secondsHigh: longestChain(steps, ({ secondsHigh }) => secondsHigh),
  };
}

function longestChain(steps: readonly PlannedStep[], secondsOf: (estimate: Estimate) => number): number {
  const endsAt = new Map<number, number>();
  for (const { estimate, links } of steps.toSorted((a, b) => a.links.stepNumber - b.links.stepNumber)) {
    const startsAt = Math.max(0, ...links.dependsOn.map((stepNumber) => endsAt.get(stepNumber) ?? 0));
    endsAt.set(links.stepNumber, startsAt + secondsOf(estimate));
  }
  return Math.max(0, ...endsAt.values());
}

function promptLengths(step: StepToEstimate): { low: number; likely: number; high: number } {
  const lengths = { low: 0, likely: 0, high: 0 };
  const add = (more: { low: number; likely: number; high: number }): void => {
    lengths.low += more.low;
    lengths.likely += more.likely;
    lengths.high += more.high;
  };
  // A voice speaks the text before it, and takes the prompt as an instruction.
  const isSpoken = step.model.modality === "speech" && step.usesPreviousOutput;
  for (const segment of isSpoken ? [] : scan(step.prompt)) {
    if (segment.kind === "reference") {
      add(segment.name === "topic" ? ASSUMED_CHARACTERS.topic : ASSUMED_CHARACTERS.text);
    } else {
      const { length } = segment.text;
      add({ low: length, likely: length, high: length });
    }
  }
  if (step.usesPreviousOutput) add(ASSUMED_CHARACTERS.text);
  return lengths;
}
