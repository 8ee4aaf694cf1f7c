import { describe, expect, test } from "vitest";
import { LatestPlan } from "./latest-plan.ts";
import type { Plan } from "./plan.ts";

function planAt(currentStep: number): Plan {
  return { ready: [], gathered: [], ended: [], nextRetryAt: null, rest: null, currentStep };
}

describe("the latest plan", () => {
  test("is acted on once", () => {
    const latest = new LatestPlan();
    expect(latest.take()).toBeNull();
    latest.keep(planAt(1), latest.nextTurn());
    expect(latest.take()).toEqual(planAt(1));
    expect(latest.take()).toBeNull();
  });

  test("is that of the last transaction, in whatever order they are heard", () => {
    const latest = new LatestPlan();
    const [first, second] = [latest.nextTurn(), latest.nextTurn()];
    latest.keep(planAt(2), second);
    latest.keep(planAt(1), first);
    expect(latest.take()).toEqual(planAt(2));
  });

  test("is not replaced by an older one after it was acted on: the rows are read then", () => {
    const latest = new LatestPlan();
    const [first, second] = [latest.nextTurn(), latest.nextTurn()];
    latest.keep(planAt(2), second);
    latest.take();
    latest.keep(planAt(1), first);
    expect(latest.take()).toBeNull();
  });
});
