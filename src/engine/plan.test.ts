import { describe, expect, test } from "vitest";
import { stepSchema, type Step } from "../workflow/definition.ts";
import type { StepRunStatus } from "../workflow/statuses.ts";
import { planExecution } from "./plan.ts";

const NOW = "2026-01-01T00:00:00.000Z";
const LATER = "2026-01-01T00:01:00.000Z";

/** Steps by what they depend on; a `!` before the status of a step lets the rest live with its failure. */
function plan(
  needs: number[][],
  states: (StepRunStatus | `!${StepRunStatus}` | "pending later")[],
  endedOnly: number[] = [],
): ReturnType<typeof planExecution> {
  const steps: Step[] = needs.map((_, index) =>
    stepSchema.parse({
      step_number: index + 1,
      ai_provider: "p",
      prompt: "x",
      on_error: states[index]?.startsWith("!") ? "continue" : "fail",
    }),
  );
  return planExecution({
    steps,
    links: needs.map((dependsOn, index) => ({
      stepNumber: index + 1,
      dependsOn,
      endedOnly: dependsOn.filter((stepNumber) => endedOnly.includes(stepNumber)),
      previousFrom: null,
    })),
    runs: states.map((state, index) => {
      const status = state === "pending later" ? "pending" : stateOf(state);
      const retryAt = state === "pending later" ? LATER : null;
      return { stepNumber: index + 1, item: -1, status, retryAt, waitingReason: null };
    }),
    now: NOW,
  });
}

function stateOf(state: string): StepRunStatus {
  const known: StepRunStatus[] = [
    "pending",
    "running",
    "waiting",
    "completed",
    "failed",
    "cancelled",
    "skipped",
  ];
  const status = known.find((candidate) => candidate === state.replace("!", ""));
  if (!status) throw new Error(state);
  return status;
}

const numbers = (keys: { stepNumber: number }[]): number[] => keys.map(({ stepNumber }) => stepNumber);

describe("planExecution", () => {
  test.each([
    ["starts what needs nothing", [[], [1], [1]], ["pending", "pending", "pending"], [1], null, 1],
    [
      "starts side by side what is ready",
      [[], [1], [1]],
      ["completed", "pending", "pending"],
      [2, 3],
      null,
      2,
    ],
    ["waits for what is under way", [[], [1]], ["running", "pending"], [], null, 1],
    ["starts nothing new after a failure", [[], [], [1]], ["running", "failed", "pending"], [], null, 1],
    ["fails once nothing is under way", [[], [], [1]], ["completed", "failed", "pending"], [], "failed", 3],
    ["completes", [[], [1]], ["completed", "completed"], [], "completed", 2],
    ["rests while a person is asked", [[], [1]], ["waiting", "pending"], [], "waiting", 1],
    ["goes on beside a step that waits", [[], []], ["waiting", "pending"], [2], null, 1],
    ["lives with a failure", [[], [1], []], ["!failed", "pending", "completed"], [], "completed", 3],
    ["fails where a failure left nothing", [[]], ["!failed"], [], "failed", 1],
    ["does not rest before a retry", [[], []], ["pending later", "completed"], [], null, 1],
    ["fails in spite of a retry that is due later", [[], []], ["pending later", "failed"], [], "failed", 2],
  ] as const)("%s", (_name, needs, states, ready, rest, currentStep) => {
    const made = plan(
      needs.map((list) => [...list]),
      [...states],
    );
    expect({ ready: numbers(made.ready), rest: made.rest, currentStep: made.currentStep }).toEqual({
      ready,
      rest,
      currentStep,
    });
  });

  test("skips in one go everything that needs what will never be there", () => {
    const made = plan([[], [1], [2], []], ["!failed", "pending", "pending", "completed"]);
    expect(made.ended).toEqual([
      { stepNumber: 2, item: -1, status: "skipped" },
      { stepNumber: 3, item: -1, status: "skipped" },
    ]);
  });

  test("starts what works with whatever there is once all before it is over", () => {
    const needs = [[], [1], [1, 2]];
    expect(numbers(plan(needs, ["!failed", "skipped", "pending"], [1, 2]).ready)).toEqual([3]);
    expect(plan(needs, ["!failed", "running", "pending"], [1, 2])).toMatchObject({ ready: [], ended: [] });
    // What it names itself has to be there.
    expect(numbers(plan(needs, ["!failed", "skipped", "pending"], [2]).ended)).toEqual([3]);
    // A failure that ends the execution ends it too.
    expect(plan(needs, ["failed", "skipped", "pending"], [1, 2])).toMatchObject({
      ready: [],
      rest: "failed",
    });
  });

  test("ends what waits for a person when the execution fails", () => {
    const made = plan([[], []], ["waiting", "failed"]);
    expect(made).toMatchObject({ rest: "failed", ended: [{ stepNumber: 1, status: "cancelled" }] });
  });

  describe("of a step that runs once per item", () => {
    const step = stepSchema.parse({
      step_number: 1,
      ai_provider: "p",
      prompt: "{item}",
      for_each: { in: "{topic}", max_parallel: 2 },
    });
    const other = stepSchema.parse({ step_number: 2, ai_provider: "p", prompt: "x" });

    type Item = StepRunStatus | "capped" | "later";

    /** One letter an item would say less: its status, or why it waits. */
    function planItems(own: StepRunStatus, items: Item[], beside: StepRunStatus = "completed") {
      const runs = [own, ...items].map((state, index) => ({
        stepNumber: 1,
        item: index - 1,
        status: state === "capped" ? ("waiting" as const) : state === "later" ? ("pending" as const) : state,
        retryAt: state === "later" ? LATER : null,
        waitingReason:
          state === "capped" ? ("cap" as const) : state === "waiting" ? ("in_doubt" as const) : null,
      }));
      const last = { stepNumber: 2, item: -1, status: beside, retryAt: null, waitingReason: null };
      const links = [1, 2].map((stepNumber) => ({ stepNumber, dependsOn: [], previousFrom: null }));
      return planExecution({ steps: [step, other], links, runs: [...runs, last], now: NOW });
    }

    test.each<[string, StepRunStatus, Item[], number[], number[], string | null]>([
      ["lays out its items first", "pending", [], [-1], [], null],
      ["starts so many as may be at once", "running", ["pending", "pending", "pending"], [0, 1], [], null],
      ["counts those under way", "running", ["completed", "running", "pending", "pending"], [2], [], null],
      ["goes on beside one that failed", "running", ["failed", "running", "pending"], [2], [], null],
      ["goes on beside one in doubt", "running", ["waiting", "pending", "pending"], [1, 2], [], null],
      [
        "passes over one that is put off",
        "running",
        ["later", "pending", "pending", "pending"],
        [1, 2],
        [],
        null,
      ],
      ["lets none start behind one that the cap keeps", "running", ["capped", "pending"], [], [], "waiting"],
      [
        "waits for those under way beside one that the cap keeps",
        "running",
        ["capped", "running"],
        [],
        [],
        null,
      ],
      [
        "rests while a person is asked about the last",
        "running",
        ["completed", "waiting"],
        [],
        [],
        "waiting",
      ],
      ["is gathered once all have ended", "running", ["completed", "failed", "skipped"], [], [1], null],
    ])("%s", (_name, own, items, ready, gathered, rest) => {
      const made = planItems(own, items);
      expect({ ready: made.ready.map(({ item }) => item), gathered: made.gathered, rest: made.rest }).toEqual(
        {
          ready,
          gathered,
          rest,
        },
      );
    });

    test("starts no more items after the failure of another step, and is broken off", () => {
      expect(planItems("running", ["running", "pending"], "failed")).toMatchObject({ ready: [], rest: null });
      const made = planItems("running", ["completed", "pending", "waiting"], "failed");
      expect(made.rest).toBe("failed");
      expect(made.ended).toEqual([
        { stepNumber: 1, item: -1, status: "cancelled" },
        { stepNumber: 1, item: 1, status: "skipped" },
        { stepNumber: 1, item: 2, status: "cancelled" },
      ]);
    });
  });

  test("names the earliest time of what is put off", () => {
    expect(plan([[]], ["pending later"]).nextRetryAt).toBe(LATER);
  });
});
