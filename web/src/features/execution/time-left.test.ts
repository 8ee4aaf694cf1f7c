import { describe, expect, test } from "vitest";
import type { StepLinks } from "../../../../src/workflow/graph.ts";
import type { StepData } from "../../api/types.ts";
import { roundedSecondsLeft, secondsLeft } from "./time-left.ts";

const START = Date.parse("2026-11-22T10:00:00Z");

function step(number: number, changes: Partial<StepData> = {}): StepData {
  return {
    step_number: number,
    name: null,
    ai_provider: "gpt-4",
    modality: "text",
    status: "pending",
    attempts: 0,
    model: null,
    performed_by: null,
    started_at: null,
    completed_at: null,
    cost: null,
    cost_basis: "free",
    error: null,
    reused_from: null,
    saved_usd: null,
    waiting_reason: null,
    decide_by: null,
    repaired: false,
    items_total: null,
    items_done: null,
    items_failed: null,
    items: null,
    ...changes,
  };
}

const WORKING = { status: "running", started_at: new Date(START).toISOString() } as const;
const DONE = { status: "completed" } as const;
const LINKS: StepLinks[] = [
  { stepNumber: 1, dependsOn: [], previousFrom: null },
  { stepNumber: 2, dependsOn: [1], previousFrom: null },
  { stepNumber: 3, dependsOn: [1], previousFrom: null },
];
const EXPECTED = [
  { step_number: 1, estimated_seconds_low: 10, estimated_seconds_high: 30 },
  { step_number: 2, estimated_seconds_low: 40, estimated_seconds_high: 60 },
  { step_number: 3, estimated_seconds_low: 5, estimated_seconds_high: 15 },
];

function left(steps: StepData[], { passed = 0, fraction }: { passed?: number; fraction?: number } = {}) {
  return secondsLeft({
    execution: { status: "running", steps_data: steps },
    links: LINKS,
    expected: EXPECTED,
    stepProgress: () => fraction,
    nowMs: START + passed * 1_000,
  });
}

describe("the time left", () => {
  test("is that of the longest way through the steps", () => {
    expect(left([step(1, WORKING), step(2), step(3)])).toBe(20 + 50);
    expect(left([step(1, DONE), step(2, DONE), step(3)])).toBe(10);
  });

  test("shrinks as a step works, up to the most that was expected", () => {
    expect(left([step(1, WORKING)], { passed: 15 })).toBe(5);
    expect(left([step(1, WORKING)], { passed: 25 })).toBe(5);
  });

  test("follows how far a step says it is, sooner than what was expected", () => {
    expect(left([step(1, WORKING)], { passed: 30, fraction: 0.75 })).toBe(10);
    expect(left([step(1, WORKING)], { passed: 90, fraction: 0.5 })).toBe(90);
  });

  test("is not known where a step takes longer than it was ever expected to", () => {
    expect(left([step(1, WORKING), step(2)], { passed: 31 })).toBeNull();
  });

  test("is not known while a person is waited for, nor of a step without an estimate", () => {
    expect(left([step(1, { status: "waiting" }), step(2)])).toBeNull();
    expect(left([step(9)])).toBeNull();
    const waiting = { status: "waiting", steps_data: [step(1)] } as const;
    const options = { links: LINKS, expected: EXPECTED, stepProgress: () => undefined, nowMs: START };
    expect(secondsLeft({ ...options, execution: { ...waiting, steps_data: [step(1)] } })).toBeNull();
  });

  test("is said in round numbers", () => {
    expect([0.4, 12, 31, 90].map((seconds) => roundedSecondsLeft(seconds))).toEqual([
      { unit: "second", count: 5 },
      { unit: "second", count: 15 },
      { unit: "second", count: 40 },
      { unit: "second", count: 90 },
    ]);
    expect(roundedSecondsLeft(100)).toEqual({ unit: "minute", count: 2 });
    expect(roundedSecondsLeft(600)).toEqual({ unit: "minute", count: 10 });
  });
});
