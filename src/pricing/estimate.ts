import type { StepLinks } from "../workflow/graph.ts";
import type { ModelInfo } from "../workflow/models.ts";
import { sumCosts, type Cost, type CostBasis, type NanoUsd } from "../workflow/money.ts";
import type { Json } from "../workflow/values.ts";
import type { Length } from "./expected-length.ts";
import { costUnder, likelyAssumptions, worstCase } from "./planned-cost.ts";
import type { PriceList } from "./price-list.ts";

/** A model with what an estimate needs of it beside its price. */
export type EstimatedModel = ModelInfo & { typical_seconds: readonly [number, number] };

/** A call that has not been made ready: its references are not filled in. */
export interface CallToEstimate {
  model: EstimatedModel;
  /** With the model's defaults. */
  parameters: Record<string, Json>;
  /** Characters of the prompt with what its references stand for; for speech of what is spoken. */
  prompt: Length;
  /** Tokens of the answer of a text. */
  answerTokens: Pick<Length, "low" | "likely">;
  /** Of the sound that goes in. */
  inputSeconds: Length;
  /**
   * Characters that one further call adds to the prompt at most, which has an answer corrected that does not fit its schema;
   * null where there is no such call.
   */
  correction: number | null;
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

/** What a live call is likely to cost. */
export function estimateCall(list: PriceList, asked: CallToEstimate): Estimate {
  const { model, parameters, day, prompt, answerTokens, inputSeconds } = asked;
  const call = { model, parameters, images: 0, day };
  const likely = costUnder(
    list,
    { ...call, inputSeconds: inputSeconds.likely },
    likelyAssumptions(prompt.likely, answerTokens.likely),
  );
  const low = costUnder(
    list,
    { ...call, inputSeconds: inputSeconds.low },
    likelyAssumptions(prompt.low, answerTokens.low),
  );
  const { correction } = asked;
  const highest = (characters: number): NanoUsd =>
    worstCase(list, {
      ...call,
      inputSeconds: inputSeconds.high,
      prompt: "x".repeat(Math.ceil(characters)),
    }).nanoUsd ?? 0;
  const correctionNanoUsd = correction === null ? 0 : highest(prompt.high + correction);
  const [secondsLow, secondsHigh] = model.typical_seconds;
  return {
    likelyNanoUsd: likely.nanoUsd,
    lowNanoUsd: low.nanoUsd ?? 0,
    highNanoUsd: highest(prompt.high) + correctionNanoUsd,
    basis: likely.basis,
    secondsLow,
    secondsHigh: correction === null ? secondsHigh : 2 * secondsHigh,
  };
}

/** The estimate of a call that nobody bills. */
export function freeEstimate({ typical_seconds: [secondsLow, secondsHigh] }: EstimatedModel): Estimate {
  return { likelyNanoUsd: 0, lowNanoUsd: 0, highNanoUsd: 0, basis: "free", secondsLow, secondsHigh };
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
