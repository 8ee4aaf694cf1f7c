import { describe, expect, test } from "vitest";
import type { Estimate, StepEstimateWire } from "../../api/types.ts";
import { capStanding, certaintiesIn, isExact } from "./run-price.ts";

function estimated(low: number, high: number | null, certainties: StepEstimateWire["certainty"][]): Estimate {
  const range = {
    estimated_cost: high === null ? null : (low + high) / 2,
    estimated_cost_low: low,
    estimated_cost_high: high,
    cost_basis: high === null ? ("unknown" as const) : ("estimated" as const),
    estimated_seconds_low: 1,
    estimated_seconds_high: 2,
  };
  return {
    ...range,
    currency: "USD",
    missing_settings: [],
    steps: certainties.map((certainty, index) => ({
      ...range,
      step_number: index + 1,
      model: "openai:gpt-6.2-sol",
      modality: "text",
      certainty,
      assumes: [],
      items: null,
      past_runs: 0,
    })),
  };
}

describe("what a cap means for a run", () => {
  test("is told from the cheapest and the dearest that it can be", () => {
    const estimate = estimated(0.1, 0.4, ["assumed"]);
    expect(capStanding(estimate, null)).toBe("none");
    expect(capStanding(null, 1)).toBe("none");
    expect(capStanding(estimate, 0.4)).toBe("fits");
    expect(capStanding(estimate, 0.39)).toBe("may_stop");
    expect(capStanding(estimate, 0.1)).toBe("may_stop");
    expect(capStanding(estimate, 0.09)).toBe("too_low");
    expect(capStanding(estimated(0, 0, ["exact"]), 0)).toBe("fits");
  });

  test("is never that it fits where a price is unknown", () => {
    expect(capStanding(estimated(0, null, ["unknown"]), 1_000)).toBe("unpriced");
    expect(capStanding(estimated(0.5, null, ["floor"]), 0.1)).toBe("too_low");
  });
});

describe("how sure a price is", () => {
  test("is exact only where every step is", () => {
    expect(isExact(estimated(0.1, 0.1, ["exact", "exact"]))).toBe(true);
    expect(isExact(estimated(0.1, 0.1, ["exact", "assumed"]))).toBe(false);
    expect(isExact(estimated(0.1, null, ["unknown"]))).toBe(false);
  });

  test("is explained by the signs that stand there, each once", () => {
    expect(certaintiesIn(estimated(0, 1, ["assumed", "exact", "assumed"]).steps)).toEqual([
      "exact",
      "assumed",
    ]);
  });
});
