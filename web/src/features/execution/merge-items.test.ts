import { describe, expect, test } from "vitest";
import { stepSchema } from "../../../../src/workflow/definition.ts";
import type { Execution, Result, StepEvent } from "../../api/types.ts";
import { liveKey, mergeStepEvent, mergeTextEvent, NO_OUTPUT } from "./merge-events.ts";
import { startedExecution } from "./started-execution.ts";

const started: Execution = startedExecution({
  answer: {
    execution_id: 7,
    status: "running",
    mode: "live",
    total_steps: 1,
    events_url: "",
    url: "",
    warnings: [],
  },
  request: { initial_input: "x" },
  title: null,
  steps: [
    stepSchema.parse({ step_number: 1, ai_provider: "gpt-4", prompt: "{item}", for_each: { in: "{topic}" } }),
  ],
  modalityOf: () => "text",
});

function event(changes: Partial<StepEvent>): StepEvent {
  const [step] = started.steps_data;
  if (step === undefined) throw new Error("one step is given");
  return { ...step, execution_id: 7, status: "running", result: null, ...changes };
}

function result(text: string): Result {
  return {
    step_number: 1,
    name: null,
    type: "text",
    text,
    cost: 0.02,
    cost_basis: "metered",
    performed_by: "openai:gpt-6.2-sol",
  };
}

const laidOut = event({ items_total: 3, items_done: 0, items_failed: 0 });
const itemDone = (item: number) =>
  event({ item, status: "completed", attempts: 1, result: result(`text ${item}`), item_waiting_for: null });

const after = (...events: StepEvent[]): Execution => events.reduce(mergeStepEvent, started);

describe("events of a step with items", () => {
  test("give each item its place before anything is known of it", () => {
    expect(after(laidOut).steps_data[0]?.items?.map(({ item, status }) => [item, status])).toEqual([
      [0, "pending"],
      [1, "pending"],
      [2, "pending"],
    ]);
  });

  test("gather results in the order of the items, whatever comes first", () => {
    const merged = after(laidOut, itemDone(2), itemDone(0));
    expect(merged.results[0]?.items?.map(({ item, text }) => [item, text])).toEqual([
      [0, "text 0"],
      [2, "text 2"],
    ]);
    expect(merged.steps_data[0]).toMatchObject({ status: "running", items_total: 3 });
  });

  test("keep what is known of the items when the step itself has news, and its list", () => {
    const whole = { ...result(""), type: "json" as const, json: ["text 0"] };
    const merged = after(
      laidOut,
      itemDone(0),
      event({ items_total: 3, items_done: 3, status: "completed", attempts: 1, result: whole }),
    );
    expect(merged.steps_data[0]?.items?.[0]?.status).toBe("completed");
    expect(merged.results).toMatchObject([{ type: "json", items: [{ item: 0, text: "text 0" }] }]);
  });

  test("never go back to what was before", () => {
    const merged = after(
      laidOut,
      itemDone(0),
      event({ items_total: 3, items_done: 1, attempts: 1 }),
      event({ item: 0, status: "running", attempts: 1 }),
      laidOut,
    );
    expect(merged.steps_data[0]).toMatchObject({ items_done: 1 });
    expect(merged.steps_data[0]?.items?.[0]?.status).toBe("completed");
  });

  test("end with the step what will not be made any more", () => {
    const merged = after(
      laidOut,
      event({ item: 1, attempts: 1 }),
      event({ status: "cancelled", items_total: 3, items_done: 3, attempts: 1 }),
    );
    expect(merged.steps_data[0]?.items?.map(({ status }) => status)).toEqual([
      "skipped",
      "cancelled",
      "skipped",
    ]);
  });

  test("say what an item waits for", () => {
    const waiting = { reason: "in_doubt" as const, amount_usd: 0.04 };
    const merged = after(
      laidOut,
      event({ item: 1, status: "waiting", attempts: 1, item_waiting_for: waiting }),
    );
    expect(merged.steps_data[0]?.items?.[1]).toMatchObject({ status: "waiting", waiting_for: waiting });
  });
});

describe("live text of items", () => {
  test("is kept apart for each", () => {
    const first = mergeTextEvent(NO_OUTPUT, {
      execution_id: 7,
      step_number: 1,
      item: 0,
      offset: 0,
      text: "a",
    });
    const both = mergeTextEvent(first, { execution_id: 7, step_number: 1, item: 1, offset: 0, text: "b" });
    expect(both.texts[liveKey({ step_number: 1, item: 0 })]).toBe("a");
    expect(both.texts[liveKey({ step_number: 1, item: 1 })]).toBe("b");
  });
});
