import { describe, expect, test } from "vitest";
import type { Execution } from "../../api/types.ts";
import { startedExecution } from "./started-execution.ts";
import { hasCallOut, settlingPollMs } from "./settling.ts";

const END = "2026-01-01T00:00:00.000Z";
const END_MS = Date.parse(END);

function cancelled(changes: Partial<Execution> = {}): Execution {
  const started = startedExecution({
    answer: {
      execution_id: 1,
      status: "pending",
      mode: "live",
      total_steps: 1,
      events_url: "",
      url: "",
      warnings: [],
    },
    request: { initial_input: "" },
    title: null,
    steps: [],
    modalityOf: () => "text",
  });
  return { ...started, status: "cancelled", cost_basis: "unknown", completed_at: END, ...changes };
}

function stepData(changes: Partial<Execution["steps_data"][number]>): Execution["steps_data"][number] {
  return {
    step_number: 1,
    name: null,
    ai_provider: "gpt-4",
    modality: "text",
    status: "cancelled",
    attempts: 1,
    model: null,
    performed_by: null,
    started_at: END,
    completed_at: END,
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

describe("settlingPollMs", () => {
  test("asks every two seconds for two minutes, then every fifteen", () => {
    expect(settlingPollMs(cancelled(), END_MS + 1_000)).toBe(2_000);
    expect(settlingPollMs(cancelled(), END_MS + 119_000)).toBe(2_000);
    expect(settlingPollMs(cancelled(), END_MS + 121_000)).toBe(15_000);
  });

  test("stops when the cost is known, and never begins after another end", () => {
    expect(settlingPollMs(cancelled({ cost_basis: "metered" }), END_MS)).toBe(false);
    expect(settlingPollMs(cancelled({ status: "failed" }), END_MS)).toBe(false);
    expect(settlingPollMs(cancelled({ status: "completed" }), END_MS)).toBe(false);
  });
});

describe("hasCallOut", () => {
  test("is so for a step that was at work when it was cancelled", () => {
    expect(hasCallOut(cancelled({ steps_data: [stepData({})] }), END_MS)).toBe(true);
    expect(hasCallOut(cancelled({ steps_data: [stepData({})] }), END_MS + 3_600_000)).toBe(false);
  });

  test("is not so for one that had not begun, nor for one whose answer was lost", () => {
    expect(hasCallOut(cancelled({ steps_data: [stepData({ attempts: 0 })] }), END_MS)).toBe(false);
    const error = { code: "in_doubt", message: "lost" };
    expect(hasCallOut(cancelled({ steps_data: [stepData({ error })] }), END_MS)).toBe(false);
  });
});
