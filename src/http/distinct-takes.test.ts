import { describe, expect, test } from "vitest";
import type { FamilyRun } from "../db/family-store.ts";
import type { StoredOutput } from "../db/stored-values.ts";
import { NO_ITEM, stepSchema } from "../workflow/definition.ts";
import { distinctTakes } from "./distinct-takes.ts";

interface Made {
  text: string | null;
  model?: string;
  from?: number;
  by?: string;
}

function runs(made: Record<number, Made>): FamilyRun[] {
  return Object.entries(made).map(([id, { text, model = "gpt-4", from, by = model }]): FamilyRun => {
    const output: StoredOutput | null = text === null ? null : { medium: "text", text, files: [] };
    return {
      executionId: Number(id),
      onlyStep: null,
      step: stepSchema.parse({ step_number: 1, ai_provider: model, prompt: "{topic}" }),
      run: {
        stepNumber: 1,
        item: NO_ITEM,
        status: text === null ? "running" : "completed",
        attempts: 0,
        provider: null,
        model,
        performedBy: from === undefined ? by : "cache",
        costNanoUsd: 0,
        costBasis: "free",
        error: null,
        waitingReason: null,
        waitingAmountNanoUsd: null,
        waitingScope: null,
        waitingPeriod: null,
        liveCost: null,
        reusedFromExecutionId: from ?? null,
        retryAt: null,
        placeSince: null,
        startedAt: null,
        completedAt: null,
        itemsTotal: null,
        itemsDone: null,
        itemsFailed: null,
        output,
        itemValue: null,
      },
    };
  });
}

const shown = (made: Record<number, Made>) =>
  distinctTakes(runs(made)).map((take) => [take.made.executionId, take.heldBy]);

describe("the different takes of a step", () => {
  test("show what was taken over where it was made, through any number of executions", () => {
    expect(shown({ 1: { text: "a" }, 2: { text: "a", from: 1 }, 3: { text: "a", from: 2 } })).toEqual([
      [1, [1, 2, 3]],
    ]);
  });

  test("are newest first, each by itself", () => {
    expect(shown({ 1: { text: "a" }, 2: { text: "b" }, 4: { text: "a", from: 1 } })).toEqual([
      [2, [2]],
      [1, [1, 4]],
    ]);
  });

  test("show the same words of the same model once, and of two models twice", () => {
    expect(shown({ 1: { text: "a" }, 2: { text: "a" }, 3: { text: "a", model: "claude" } })).toEqual([
      [3, [3]],
      [1, [1, 2]],
    ]);
  });

  test("show what has lost its maker in the oldest that still holds it", () => {
    expect(shown({ 2: { text: "a", from: 1 }, 3: { text: "a", from: 1 } })).toEqual([[2, [2, 3]]]);
  });

  test("keep what was changed after it was taken over apart", () => {
    expect(shown({ 1: { text: "a" }, 2: { text: "b", from: 1 } })).toEqual([
      [2, [2]],
      [1, [1]],
    ]);
  });

  test("keep those that are under way apart from each other", () => {
    expect(shown({ 1: { text: null }, 2: { text: null } })).toEqual([
      [2, [2]],
      [1, [1]],
    ]);
  });
});
