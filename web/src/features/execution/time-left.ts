import type { StepLinks } from "../../../../src/workflow/graph.ts";
import { isFinal } from "../../../../src/workflow/statuses.ts";
import type { Execution, StepData, StepEstimateWire } from "../../api/types.ts";

/** How long the steps of an execution were expected to take. */
type ExpectedSeconds = Pick<
  StepEstimateWire,
  "step_number" | "estimated_seconds_low" | "estimated_seconds_high"
>;

interface TimeLeftOptions {
  execution: Pick<Execution, "status" | "steps_data">;
  links: readonly StepLinks[];
  expected: readonly ExpectedSeconds[];
  /** How far each step is, by its own word or its items, 0 to 1; undefined where nothing says so. */
  stepProgress: (step: StepData) => number | undefined;
  nowMs: number;
}

/** A fraction from which what has passed says more than what was expected. */
const TELLING_FRACTION = 0.1;

/**
 * Seconds until the end, by what was expected and what has been done since; null where that cannot be told: while it waits
 * for a person, where a step has no estimate, and where one takes longer than it was ever expected to and does not say
 * how far it is. Steps that run side by side count once, by the longest way through them.
 */
export function secondsLeft(options: TimeLeftOptions): number | null {
  const { execution, links } = options;
  if (execution.status !== "running") {
    return null;
  }
  const ends = new Map<number, number>();
  for (const step of execution.steps_data) {
    const own = secondsLeftOf(step, options);
    if (own === null) {
      return null;
    }
    const before = links.find(({ stepNumber }) => stepNumber === step.step_number)?.dependsOn ?? [];
    ends.set(step.step_number, own + Math.max(0, ...before.map((number) => ends.get(number) ?? 0)));
  }
  return Math.max(0, ...ends.values());
}

function secondsLeftOf(step: StepData, { expected, stepProgress, nowMs }: TimeLeftOptions): number | null {
  if (isFinal(step.status)) {
    return 0;
  }
  const range = expected.find(({ step_number }) => step_number === step.step_number);
  if (range === undefined || step.status === "waiting") {
    return null;
  }
  const likely = (range.estimated_seconds_low + range.estimated_seconds_high) / 2;
  if (step.status === "pending" || step.started_at === null) {
    return likely;
  }
  const passed = Math.max(0, (nowMs - Date.parse(step.started_at)) / 1_000);
  const fraction = stepProgress(step);
  if (fraction !== undefined && fraction >= TELLING_FRACTION) {
    return (passed / fraction) * (1 - fraction);
  }
  if (passed < likely) {
    return likely - passed;
  }
  return passed < range.estimated_seconds_high ? range.estimated_seconds_high - passed : null;
}

/** As people say it: in steps of 5 and 10 seconds, then in whole minutes. Never less than is likely. */
export function roundedSecondsLeft(seconds: number): { unit: "second" | "minute"; count: number } {
  if (seconds > 90) {
    return { unit: "minute", count: Math.round(seconds / 60) };
  }
  const grain = seconds > 30 ? 10 : 5;
  return { unit: "second", count: Math.max(grain, Math.ceil(seconds / grain) * grain) };
}
