import type { Step } from "./definition.ts";

const STEP_OUTPUT = /^step([0-9]+)_output$/;
const FIXED_NAMES: ReadonlySet<string> = new Set(["topic", "previous_output", "item", "index"]);

/** Whether a name has a meaning of its own, so that no step and no input may carry it. */
export function isKnownName(name: string): boolean {
  return FIXED_NAMES.has(name) || STEP_OUTPUT.test(name);
}

/** What a name in a reference stands for. A step may not exist: `step9_output` is a step whether there is one or not. */
export type NameTarget =
  | { kind: "topic" }
  | { kind: "input" }
  | { kind: "item" }
  | { kind: "step"; stepNumber: number }
  | { kind: "unknown" };

/** The names that a person gave, in one workflow. */
export interface NameScope {
  /** Step numbers by step name. */
  stepNumbers: ReadonlyMap<string, number>;
  inputs: ReadonlySet<string>;
}

export function nameScope(steps: readonly Step[], inputNames: Iterable<string> = []): NameScope {
  const stepNumbers = new Map<string, number>();
  for (const step of steps) {
    if (step.name) stepNumbers.set(step.name, step.step_number);
  }
  return { stepNumbers, inputs: new Set(inputNames) };
}

/** What a name stands for inside the given step. */
export function targetOf(name: string, step: Step, scope: NameScope): NameTarget {
  if (name === "topic") return { kind: "topic" };
  if (name === "previous_output") return { kind: "step", stepNumber: step.step_number - 1 };
  if (name === "item" || name === "index") return { kind: step.for_each ? "item" : "unknown" };
  const numbered = STEP_OUTPUT.exec(name);
  if (numbered) return { kind: "step", stepNumber: Number(numbered[1]) };
  const stepNumber = scope.stepNumbers.get(name);
  if (stepNumber !== undefined) return { kind: "step", stepNumber };
  return { kind: scope.inputs.has(name) ? "input" : "unknown" };
}
