import { describe, expect, test } from "vitest";
import type { Execution, ExecutionEvent, Result, StepData, StepEvent } from "../../api/types.ts";
import {
  mergeExecutionEvent,
  mergeProgressEvent,
  mergeStepEvent,
  mergeTextEvent,
  newerOf,
  NO_OUTPUT,
} from "./merge-events.ts";

function stepData(changes: Partial<StepData> = {}): StepData {
  return {
    step_number: 1,
    name: "article",
    ai_provider: "gpt-4",
    modality: "text",
    status: "pending",
    attempts: 0,
    model: null,
    performed_by: null,
    started_at: null,
    completed_at: null,
    cost: null,
    cost_basis: "unknown",
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

function textResult(changes: Partial<Result> = {}): Result {
  return {
    step_number: 1,
    name: "article",
    type: "text",
    text: "# Blockchain",
    cost: 0.02,
    cost_basis: "metered",
    performed_by: "openai:gpt-6.2-sol",
    ...changes,
  };
}

function execution(changes: Partial<Execution> = {}): Execution {
  return {
    id: 7,
    workflow_id: null,
    template_id: "creation-contenu",
    title: "Création de Contenu",
    status: "running",
    mode: "live",
    current_step: 1,
    total_steps: 2,
    initial_input: "Blockchain",
    inputs: {},
    cap_usd: null,
    steps: [],
    steps_data: [stepData(), stepData({ step_number: 2, name: "image", modality: "image" })],
    results: [],
    costs: {
      estimate: null,
      calls: 0,
      charged: 0,
      cost_basis: "free",
      failed_billed: { calls: 0, charged: 0 },
      unused: { calls: 0, charged: 0 },
      in_doubt: { calls: 0, up_to: 0 },
      reused: { steps: 0, saved: null },
      steps: [],
    },
    waiting_for: null,
    error_message: null,
    total_cost: 0,
    cost_basis: "free",
    rerun_of: null,
    rerun_from_step: null,
    only_step: null,
    batch_id: null,
    batch_row: null,
    reuse: false,
    saved_usd: null,
    live_cost: null,
    currency: "USD",
    created_at: "2026-11-22T10:00:00Z",
    started_at: null,
    completed_at: null,
    last_event: 0,
    ...changes,
  };
}

function executionEvent(changes: Partial<ExecutionEvent> = {}): ExecutionEvent {
  return {
    execution_id: 7,
    status: "running",
    current_step: 1,
    total_steps: 2,
    total_cost: 0,
    cost_basis: "free",
    waiting_for: null,
    error_message: null,
    started_at: "2026-11-22T10:00:00Z",
    completed_at: null,
    ...changes,
  };
}

function stepEvent(changes: Partial<StepEvent> = {}): StepEvent {
  return { ...stepData(), execution_id: 7, result: null, ...changes };
}

describe("mergeExecutionEvent", () => {
  test("takes over what changed and keeps the rest", () => {
    const merged = mergeExecutionEvent(execution(), executionEvent({ current_step: 2, total_cost: 0.02 }));
    expect(merged).toMatchObject({ current_step: 2, total_cost: 0.02, initial_input: "Blockchain" });
    expect(merged).not.toHaveProperty("execution_id");
  });

  test("a replay from the start never moves a finished execution back", () => {
    const done = execution({ status: "completed", current_step: 2, total_cost: 0.17 });
    expect(mergeExecutionEvent(done, executionEvent({ status: "running" }))).toBe(done);
  });

  test("a replay from the start never lowers the step or the cost of a running one", () => {
    const running = execution({ current_step: 2, total_cost: 0.02 });
    const merged = mergeExecutionEvent(running, executionEvent({ status: "pending" }));
    expect(merged).toMatchObject({ status: "running", current_step: 2, total_cost: 0.02 });
  });

  test("shows and clears what the execution waits for", () => {
    const waiting = mergeExecutionEvent(
      execution(),
      executionEvent({ status: "waiting", waiting_for: { reason: "cap", step_number: 2, amount_usd: 0.1 } }),
    );
    expect(waiting.waiting_for?.reason).toBe("cap");
    expect(mergeExecutionEvent(waiting, executionEvent()).waiting_for).toBeNull();
  });
});

describe("mergeStepEvent", () => {
  test("adds a result in the order of the steps", () => {
    const second = mergeStepEvent(
      execution(),
      stepEvent({ step_number: 2, status: "completed", result: textResult({ step_number: 2 }) }),
    );
    const both = mergeStepEvent(second, stepEvent({ status: "completed", result: textResult() }));
    expect(both.results.map((result) => result.step_number)).toEqual([1, 2]);
    expect(both.steps_data.map((step) => step.status)).toEqual(["completed", "completed"]);
  });

  test("a result that comes twice stands once", () => {
    const event = stepEvent({ status: "completed", attempts: 1, result: textResult() });
    expect(mergeStepEvent(mergeStepEvent(execution(), event), event).results).toHaveLength(1);
  });

  test("a finished step never runs again on the screen", () => {
    const done = mergeStepEvent(execution(), stepEvent({ status: "completed", attempts: 1 }));
    expect(mergeStepEvent(done, stepEvent({ status: "running", attempts: 1 }))).toBe(done);
  });

  test("a failed step goes back to work with a new attempt only", () => {
    const failed = mergeStepEvent(execution(), stepEvent({ status: "failed", attempts: 1 }));
    expect(mergeStepEvent(failed, stepEvent({ status: "running", attempts: 1 }))).toBe(failed);
    const again = mergeStepEvent(failed, stepEvent({ status: "running", attempts: 2 }));
    expect(again.steps_data[0]?.status).toBe("running");
  });

  test("a step whose call was turned away stands in the line again", () => {
    const running = mergeStepEvent(execution(), stepEvent({ status: "running", attempts: 1 }));
    const turnedAway = stepEvent({ status: "pending", attempts: 1, waits_for_place_at: "OpenAI" });
    expect(mergeStepEvent(running, turnedAway).steps_data[0]).toMatchObject({
      status: "pending",
      waits_for_place_at: "OpenAI",
    });
  });
});

function text(offset: number, piece: string) {
  return { execution_id: 7, step_number: 1, offset, text: piece };
}

describe("live output", () => {
  test("text grows, and is replaced from the offset on", () => {
    const grown = mergeTextEvent(mergeTextEvent(NO_OUTPUT, text(0, "Il était")), text(8, " une fois"));
    expect(grown.texts[1]).toBe("Il était une fois");
    expect(mergeTextEvent(grown, text(0, "De nouveau")).texts[1]).toBe("De nouveau");
  });

  test("text after a gap is left out", () => {
    expect(mergeTextEvent(NO_OUTPUT, text(5, "fois"))).toBe(NO_OUTPUT);
  });

  test("a fraction stays between 0 and 1", () => {
    const output = mergeProgressEvent(NO_OUTPUT, { execution_id: 7, step_number: 3, fraction: 1.4 });
    expect(output.fractions[3]).toBe(1);
  });
});

describe("newerOf", () => {
  const known = execution({
    current_step: 2,
    total_cost: 0.02,
    steps_data: [stepData({ status: "completed", attempts: 1 }), stepData({ step_number: 2 })],
    results: [textResult()],
    last_event: 4,
  });

  test("an answer from before an event undoes nothing that it told", () => {
    const late = execution({ last_event: 3, waiting_for: { reason: "cap", step_number: 1, amount_usd: 1 } });
    expect(newerOf(known, late)).toEqual(known);
  });

  test("brings also then what no event carries", () => {
    const late = execution({ last_event: 3, cap_usd: 5, live_cost: 0.1 });
    expect(newerOf(known, late)).toEqual({ ...known, cap_usd: 5, live_cost: 0.1 });
  });

  test("an answer that knows as much or more is taken as it is", () => {
    const same = execution({ last_event: 4, status: "waiting" });
    expect(newerOf(known, same)).toBe(same);
    const next = execution({ last_event: 5, status: "cancelled" });
    expect(newerOf(known, next)).toBe(next);
    expect(newerOf(undefined, next)).toBe(next);
  });
});
