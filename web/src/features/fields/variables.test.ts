import { describe, expect, test } from "vitest";
import { stepSchema, type StepDraft, type WorkflowInput } from "../../../../src/workflow/definition.ts";
import { TEST_CATALOGUE as catalogue } from "../../../../src/workflow/catalogue.testdata.ts";
import { findVariables, openBraceAt, variablesAt, withReference } from "./variables.ts";

const PLAN = {
  type: "object",
  properties: {
    title: { type: "string" },
    chapters: { type: "array", items: { type: "object", properties: { title: { type: "string" } } } },
  },
};

const INPUTS: WorkflowInput[] = [
  { name: "brand", label: "Société", type: "text", required: false },
  { name: "logo", label: "Logo", type: "file", required: false },
];

function variables(last: Omit<StepDraft, "step_number">, place = "prompt") {
  const drafts: StepDraft[] = [
    { step_number: 1, name: "plan", ai_provider: "gpt-4", prompt: "p", output_schema: PLAN },
    { step_number: 2, ai_provider: "dall-e", prompt: "p" },
    { step_number: 3, ...last },
    { step_number: 4, name: "later", ai_provider: "gpt-4", prompt: "p" },
  ];
  const steps = drafts.map((draft) => stepSchema.parse(draft));
  const [, , step] = steps;
  return step === undefined ? [] : variablesAt({ step, steps, inputs: INPUTS, catalogue, place });
}

const written = (list: { written: string }[]) => list.map((one) => one.written);

describe("the names that may be used", () => {
  test("are the topic, inputs and earlier steps with the parts of their answers, never what comes later", () => {
    expect(written(variables({ ai_provider: "gpt-4", prompt: "p" }))).toEqual([
      "topic",
      "brand",
      "logo",
      "plan",
      "plan.title",
      "plan.chapters",
      "plan.chapters.0",
      "plan.chapters.0.title",
      "step2_output",
      "previous_output",
    ]);
  });

  test("end with what the model does not take at that place", () => {
    const voice = variables({ ai_provider: "elevenlabs", prompt: "p" });
    expect(written(voice.filter(({ isTaken }) => !isTaken))).toEqual(["step2_output", "previous_output"]);
    expect(written(voice).slice(-2)).toEqual(["step2_output", "previous_output"]);
    const film = variables({ ai_provider: "film", prompt: "p" }, "parameters.images");
    expect(film.find((one) => one.written === "step2_output")?.isTaken).toBe(true);
  });

  test("are in a step over a list also its item, the parts of that, and its number", () => {
    const forEach = { in: "{plan.chapters}" };
    const list = variables({ ai_provider: "gpt-4", prompt: "p", for_each: forEach });
    expect(written(list).slice(0, 3)).toEqual(["item", "item.title", "index"]);
  });
});

describe("a brace that is being completed", () => {
  test.each([
    ["Voir {", 6, { start: 5, query: "", end: 6 }],
    ["Voir {pl", 8, { start: 5, query: "pl", end: 8 }],
    ["{plan.ti} fin", 7, { start: 0, query: "plan.t", end: 9 }],
    ["{pl mots}", 3, { start: 0, query: "pl", end: 3 }],
    ["{soci\u00e9", 6, { start: 0, query: "soci\u00e9", end: 6 }],
    ["{{pl", 4, null],
    ["{ pl", 4, null],
    ["{plan} fin", 10, null],
    ["plan", 4, null],
  ])("of %j at %i is found where there is one", (text, cursor, brace) => {
    expect(openBraceAt(text, cursor)).toEqual(brace);
  });

  test("is written out, and the cursor stands behind it", () => {
    expect(withReference("Voir {plan.ti} fin", { start: 5, end: 14 }, "topic")).toEqual({
      text: "Voir {topic} fin",
      cursor: 12,
    });
  });
});

describe("what is found for what was typed", () => {
  const all = variables({ ai_provider: "gpt-4", prompt: "p" });
  const found = (query: string) => written(findVariables(all, query));

  test("is by name, by number, by label, without capitals and accents", () => {
    expect(found("PLAN.T")).toEqual(["plan.title"]);
    expect(found("societe")).toEqual(["brand"]);
    expect(found("step1").slice(0, 2)).toEqual(["step1_output", "step1_output.title"]);
    expect(found("nobody")).toEqual([]);
  });

  test("leaves parts of parts out until something was typed", () => {
    expect(found("")).not.toContain("plan.chapters.0.title");
    expect(found("chapters.0")).toContain("plan.chapters.0.title");
  });
});
