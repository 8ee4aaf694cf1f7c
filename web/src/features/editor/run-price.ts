import type { Estimate, StepEstimateWire } from "../../api/types.ts";

/**
 * What the cap means for a run, before it starts. `fits`: the dearest that it can be. `may_stop`: it begins, and waits
 * before a call that no longer fits. `too_low`: even the cheapest that it can be is more. `unpriced`: under a cap
 * nothing starts whose price is not known.
 */
export type CapStanding = "none" | "fits" | "may_stop" | "too_low" | "unpriced";

export function capStanding(estimate: Estimate | null, capUsd: number | null): CapStanding {
  if (estimate === null || capUsd === null) {
    return "none";
  }
  const { estimated_cost_low: low, estimated_cost_high: high } = estimate;
  if (low > capUsd) {
    return "too_low";
  }
  if (high === null) {
    return "unpriced";
  }
  return high > capUsd ? "may_stop" : "fits";
}

type Certainty = StepEstimateWire["certainty"];

/** How sure an amount is, in one sign. */
export const CERTAINTY_SIGNS: Record<Certainty, string> = {
  exact: "=",
  assumed: "~",
  floor: "≥",
  unknown: "?",
};

const CERTAINTIES: Certainty[] = ["exact", "assumed", "floor", "unknown"];

/** The signs that need explaining, in one order. */
export function certaintiesIn(steps: readonly StepEstimateWire[]): Certainty[] {
  return CERTAINTIES.filter((certainty) => steps.some((step) => step.certainty === certainty));
}

/** Whether nothing of the amount is guessed. */
export function isExact(estimate: Estimate): boolean {
  return estimate.estimated_cost !== null && estimate.steps.every(({ certainty }) => certainty === "exact");
}
