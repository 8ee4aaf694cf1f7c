import { describe, expect, test } from "vitest";
import type { ModelCatalogue } from "../../../../src/workflow/models.ts";
import { newStep } from "./draft.ts";
import { checkDraft, firstFaultyStep, messagesElsewhere, messagesUnder } from "./problems.ts";

const catalogue: ModelCatalogue = {
  resolve: (name) =>
    name === "gpt-4"
      ? {
          id: "openai:gpt-6.2-sol",
          provider: "openai",
          modality: "text",
          takes: [],
          parameters: {},
          status: "live",
          shutdown_date: null,
          replacement: null,
        }
      : undefined,
  family: () => undefined,
  names: () => ["gpt-4"],
  providerName: () => undefined,
};

function check(prompt: string) {
  const { key: _, ...step } = { ...newStep(0, "s0"), prompt };
  return checkDraft({ steps: [step], inputs: [], catalogue, language: "fr", today: "2026-11-22" });
}

describe("checkDraft", () => {
  test("names the place of an unknown reference", () => {
    const problems = check("Écris sur {topik} et {sujet}").problems;
    expect(problems.map((problem) => problem.path)).toEqual(["steps[0].prompt", "steps[0].prompt"]);
    expect(check("Écris sur {topic}").problems).toEqual([]);
  });

  test("says of a reference to a deleted step that the step is gone", () => {
    expect(check("Illustre {removed_step}").problems).toEqual([
      {
        path: "steps[0].prompt",
        message:
          "L’étape dont le résultat allait ici a été supprimée. Prenez un autre résultat, ou retirez {removed_step}.",
      },
    ]);
  });

  test("says nothing of a prompt that is not written yet", () => {
    expect(check("").problems).toEqual([]);
  });
});

describe("placed messages", () => {
  const errors = [
    { path: "steps[0].prompt", message: "empty" },
    { path: "steps[0].prompt", message: "second" },
    { path: "steps[0].prompt", message: "empty" },
    { path: "steps[0].parameters.size", message: "size" },
    { path: "steps[0].timeout_seconds", message: "time" },
    { path: "steps[10].prompt", message: "other" },
  ];

  test("know the first step that they are about", () => {
    expect(firstFaultyStep([errors[5], errors[0]].flatMap((each) => each ?? []))).toBe(0);
    expect(firstFaultyStep(errors.slice(5))).toBe(10);
    expect(firstFaultyStep([{ path: "initial_input", message: "empty" }])).toBeNull();
    expect(firstFaultyStep([{ path: "initial_input", message: "empty" }, ...errors.slice(5)])).toBe(10);
    expect(firstFaultyStep([])).toBeNull();
  });

  test("are found by place, each sentence once", () => {
    expect(messagesUnder(errors, "steps[0].prompt")).toEqual(["empty", "second"]);
    expect(messagesUnder(errors, "steps[1]")).toEqual([]);
  });

  test("those of no field on the screen are shown with the step", () => {
    expect(messagesElsewhere(errors, "steps[0]")).toEqual(["time"]);
  });
});
