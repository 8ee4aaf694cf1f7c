import { describe, expect, test } from "vitest";
import { NO_ITEM, stepSchema, type Step, type StepDraft } from "./definition.ts";
import type { StepLinks } from "./graph.ts";
import { planRerun, type EarlierRun, type RerunQuestion } from "./rerun-plan.ts";

/** 1 → 2 → 4, and 3 by itself. */
const NEEDS: Record<number, number[]> = { 1: [], 2: [1], 3: [], 4: [2] };

function step(number: number, rest: Partial<StepDraft> = {}): Step {
  return stepSchema.parse({ step_number: number, ai_provider: "press", prompt: `p${number}`, ...rest });
}

function linksOf(steps: readonly Step[]): StepLinks[] {
  return steps.map(({ step_number: stepNumber }) => ({
    stepNumber,
    dependsOn: NEEDS[stepNumber] ?? [],
    previousFrom: null,
  }));
}

function run(stepNumber: number, rest: Partial<EarlierRun> = {}): EarlierRun {
  return {
    stepNumber,
    item: NO_ITEM,
    status: "completed",
    hasOutput: true,
    waitingReason: null,
    ...rest,
  };
}

function loop(number: number): Step {
  return step(number, { for_each: { in: "{topic}" } });
}

const STEPS = [step(1), step(2), step(3), step(4)];

function plan(
  rest: Partial<Omit<RerunQuestion, "before" | "after">> & {
    runs?: EarlierRun[];
    before?: Step[];
    after?: Step[];
  },
): string[] {
  const { runs = [run(1), run(2), run(3), run(4)], before = STEPS, after = STEPS, ...asked } = rest;
  const planned = planRerun({
    before: { steps: before, links: linksOf(before), runs },
    after: { steps: after, links: linksOf(after) },
    fromStep: null,
    failedItemsOnly: false,
    itemsAsked: [],
    replaced: [],
    isSameMode: true,
    ...asked,
  });
  return planned.map((one) => {
    const reason = one.action === "make" ? ` ${one.reason}` : "";
    const items = one.action !== "replace" && one.items.length > 0 ? ` [${one.items.join(",")}]` : "";
    return `${one.stepNumber} ${one.action}${reason}${items}`;
  });
}

describe("planRerun", () => {
  test("makes a step and what depends on it, and keeps the others whatever their number", () => {
    expect(plan({ fromStep: 2 })).toEqual(["1 reuse", "2 make asked", "3 reuse", "4 make follows"]);
  });

  test("keeps everything where nothing is asked for and nothing is missing", () => {
    expect(plan({})).toEqual(["1 reuse", "2 reuse", "3 reuse", "4 reuse"]);
  });

  test("makes what has no result yet, beside what is asked for", () => {
    const runs = [run(1), run(2), run(3, { status: "failed", hasOutput: false }), run(4)];
    expect(plan({ runs, fromStep: 4 })).toEqual(["1 reuse", "2 reuse", "3 make no_result", "4 make asked"]);
    const skipped = [
      run(1),
      run(2, { status: "failed", hasOutput: false }),
      run(3),
      run(4, { status: "skipped", hasOutput: false }),
    ];
    expect(plan({ runs: skipped })).toEqual(["1 reuse", "2 make no_result", "3 reuse", "4 make follows"]);
  });

  test("says where an earlier call may have been billed", () => {
    const runs = [run(1, { status: "waiting", hasOutput: false, waitingReason: "in_doubt" })];
    expect(plan({ runs, before: [step(1)], after: [step(1)] })).toEqual(["1 make in_doubt"]);
  });

  test("keeps a result that waits to be approved", () => {
    const runs = [run(1, { status: "waiting", waitingReason: "approval" })];
    expect(plan({ runs, before: [step(1)], after: [step(1)] })).toEqual(["1 reuse"]);
  });

  test("puts a result by hand in its place and makes what follows from it", () => {
    expect(plan({ replaced: [{ stepNumber: 1, item: NO_ITEM }] })).toEqual([
      "1 replace",
      "2 make follows",
      "3 reuse",
      "4 make follows",
    ]);
  });

  test("keeps nothing of a rehearsal in a live run, except what a person gives", () => {
    expect(plan({ isSameMode: false, replaced: [{ stepNumber: 3, item: NO_ITEM }] })).toEqual([
      "1 make other_mode",
      "2 make other_mode",
      "3 replace",
      "4 make other_mode",
    ]);
  });

  test("makes a step that is not what it was, and a new one, with what depends on them", () => {
    const after = [step(1), step(2, { parameters: { n: 2 } }), step(3), step(4)];
    expect(plan({ after })).toEqual(["1 reuse", "2 make changed", "3 reuse", "4 make follows"]);
    expect(plan({ before: STEPS.slice(0, 3), runs: [run(1), run(2), run(3)] })).toEqual([
      "1 reuse",
      "2 reuse",
      "3 reuse",
      "4 make new",
    ]);
  });

  test.each([
    ["the order of parameters", { parameters: { b: 1, a: 2 } }, { parameters: { a: 2, b: 1 } }],
    ["how often it is tried", { retry: { max_attempts: 1 } }, { retry: { max_attempts: 5 } }],
    ["how long it may take", { timeout_seconds: 5 }, { timeout_seconds: 50 }],
    ["its name", { name: "one" }, { name: "two" }],
  ])("keeps a step of which only %s has changed", (_what, before, after) => {
    expect(plan({ runs: [run(1)], before: [step(1, before)], after: [step(1, after)] })).toEqual(["1 reuse"]);
  });

  const items = [
    run(1, { item: 0 }),
    run(1, { item: 1, status: "failed", hasOutput: false }),
    run(1, { item: 2 }),
  ];

  test("makes only the items without a result, and what depends on the list", () => {
    const steps = [loop(1), step(2)];
    const runs = [run(1), ...items, run(2)];
    expect(plan({ runs, before: steps, after: steps, failedItemsOnly: true, fromStep: 1 })).toEqual([
      "1 make items [0,2]",
      "2 make follows",
    ]);
    expect(plan({ runs, before: steps, after: steps, failedItemsOnly: true })).toEqual([
      "1 make items [0,2]",
      "2 make follows",
    ]);
    expect(plan({ runs, before: steps, after: steps, fromStep: 1 })).toEqual([
      "1 make asked",
      "2 make follows",
    ]);
  });

  test("makes the items that are named again, beside those without a result", () => {
    const steps = [loop(1), step(2)];
    const asked = { runs: [run(1), ...items, run(2)], before: steps, after: steps, fromStep: 1 };
    expect(plan({ ...asked, itemsAsked: [2] })).toEqual(["1 make items [0]", "2 make follows"]);
    const changed = [step(1, { for_each: { in: "{topic}" }, prompt: "other" }), step(2)];
    expect(plan({ ...asked, after: changed, itemsAsked: [2] })).toEqual(["1 make changed", "2 make follows"]);
  });

  test("puts one item in its place and keeps the others", () => {
    const steps = [loop(1)];
    const runs = [run(1), ...items.filter(({ item }) => item !== 1)];
    const replaced = [{ stepNumber: 1, item: 2 }];
    expect(plan({ runs, before: steps, after: steps, replaced })).toEqual(["1 make items [0]"]);
  });

  test("makes all items again where the list itself may be another", () => {
    const steps = [step(1), loop(2)];
    const runs = [run(1), ...items.map((one) => Object.assign({}, one, { stepNumber: 2 }))];
    expect(plan({ runs, before: steps, after: steps, fromStep: 1, failedItemsOnly: false })).toEqual([
      "1 make asked",
      "2 make follows",
    ]);
  });
});
