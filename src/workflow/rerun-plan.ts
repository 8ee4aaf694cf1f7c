import { NO_ITEM, type Step, type StepKey } from "./definition.ts";
import type { StepLinks } from "./graph.ts";
import type { StepRunStatus, WaitingReason } from "./statuses.ts";

/** A step run of the execution that is run again. */
export interface EarlierRun extends StepKey {
  status: StepRunStatus;
  hasOutput: boolean;
  waitingReason: WaitingReason | null;
}

/** Steps and what they need of each other. */
interface LinkedSteps {
  steps: readonly Step[];
  links: readonly StepLinks[];
}

export interface RerunQuestion {
  before: LinkedSteps & { runs: readonly EarlierRun[] };
  /** What the new execution runs: the same steps, or those of the workflow as it is now. */
  after: LinkedSteps;
  /** Made again with all that depends on it; null: only what has no result yet. */
  fromStep: number | null;
  /** Whether of steps that map over a list only the items without a result are made. */
  failedItemsOnly: boolean;
  /** Of the step `fromStep`: only these items are made again, beside those without a result; empty: all. */
  itemsAsked: readonly number[];
  /** Results that a person gives. */
  replaced: readonly StepKey[];
  /** What local generators made never stands in a live run, nor the other way round. */
  isSameMode: boolean;
}

/** Why a step is made: only the first reason that holds. */
export const MAKE_REASONS = [
  /** It is the step asked for. */
  "asked",
  /** It has no earlier result in this mode. */
  "other_mode",
  /** There was no such step. */
  "new",
  /** It is not what it was, or an input of it is not. */
  "changed",
  /** An earlier call for it may have been billed, and it has no result. */
  "in_doubt",
  "no_result",
  /** Some of its items have no result, or are replaced. */
  "items",
  /** A step that it depends on is made again, or replaced. */
  "follows",
] as const;
export type MakeReason = (typeof MAKE_REASONS)[number];

/** What becomes of one step. `items`: those of its items whose results are kept. */
export type RerunStep = { stepNumber: number } & (
  | { action: "reuse"; items: number[] }
  | { action: "replace" }
  | { action: "make"; reason: MakeReason; items: number[] }
);

/**
 * Which results of an earlier execution are kept and which steps are made, in the order of the steps. A result is kept
 * only where nothing that it depends on is made again, replaced or changed, whatever its number.
 */
export function planRerun(question: RerunQuestion): RerunStep[] {
  const planned = new Map<number, RerunStep>();
  for (const step of question.after.steps.toSorted((a, b) => a.step_number - b.step_number)) {
    const needed = linksOf(question.after, step.step_number)?.dependsOn ?? [];
    const isUpset = needed.some((stepNumber) => planned.get(stepNumber)?.action !== "reuse");
    planned.set(step.step_number, planStep(question, step, isUpset));
  }
  return [...planned.values()];
}

function planStep(question: RerunQuestion, step: Step, isUpset: boolean): RerunStep {
  const stepNumber = step.step_number;
  const isOf = (key: StepKey): boolean => key.stepNumber === stepNumber;
  const replacedItems = question.replaced.filter(isOf).map(({ item }) => item);
  if (replacedItems.includes(NO_ITEM)) return { stepNumber, action: "replace" };
  const runs = question.before.runs.filter(isOf);
  const done = runs.filter((run) => run.hasOutput && (run.status === "completed" || isAskedAbout(run)));
  const items = done.map(({ item }) => item).filter((item) => item !== NO_ITEM);
  const hasItemsLeft = runs.some(({ item }) => item !== NO_ITEM && !items.includes(item));
  const make = (reason: MakeReason, kept: number[] = []): RerunStep => ({
    stepNumber,
    action: "make",
    reason,
    items: kept.filter((item) => !replacedItems.includes(item)),
  });
  const isAsked = question.fromStep === stepNumber;
  const itemsAsked = isAsked ? question.itemsAsked : [];
  if (isAsked && !question.failedItemsOnly && itemsAsked.length === 0) return make("asked");
  if (!question.isSameMode) return make("other_mode");
  const before = question.before.steps.find((candidate) => candidate.step_number === stepNumber);
  if (!before) return make("new");
  if (!isSameStep(question, before, step)) return make("changed");
  if (isUpset) return make("follows");
  const wantsItems = question.failedItemsOnly && (isAsked || question.fromStep === null) && hasItemsLeft;
  if (itemsAsked.length > 0) {
    return make(
      "items",
      items.filter((item) => !itemsAsked.includes(item)),
    );
  }
  if (wantsItems || replacedItems.length > 0) return make("items", items);
  if (done.some(({ item }) => item === NO_ITEM)) return { stepNumber, action: "reuse", items };
  const isInDoubt = runs.some(({ waitingReason }) => waitingReason === "in_doubt");
  return make(isInDoubt ? "in_doubt" : "no_result", items);
}

/** A result that waits to be approved is there, and paid for: it is kept, and asked about again. */
export function isAskedAbout({
  status,
  waitingReason,
}: Pick<EarlierRun, "status" | "waitingReason">): boolean {
  return status === "waiting" && waitingReason === "approval";
}

/** Whether two steps ask for the same: how often a call is tried, or how long it may take, changes no result. */
function isSameStep({ before, after }: RerunQuestion, one: Step, other: Step): boolean {
  return JSON.stringify(sorted(asked(one, before))) === JSON.stringify(sorted(asked(other, after)));
}

function asked(step: Step, { links }: LinkedSteps) {
  const { ai_provider, prompt, parameters, output_schema, for_each } = step;
  const { dependsOn, previousFrom } = links.find(({ stepNumber }) => stepNumber === step.step_number) ?? {};
  return {
    ai_provider,
    prompt,
    parameters,
    output_schema,
    list: for_each?.in ?? null,
    dependsOn,
    previousFrom,
  };
}

/** The same data with the keys of every object in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, entry]) => [key, sorted(entry)]),
  );
}

function linksOf({ links }: LinkedSteps, stepNumber: number): StepLinks | undefined {
  return links.find((link) => link.stepNumber === stepNumber);
}
