import { describe, expect, test } from "vitest";
import { stepSchema, type StepDraft } from "../../../../src/workflow/definition.ts";
import { TEST_CATALOGUE } from "../../../../src/workflow/catalogue.testdata.ts";
import { asWritten, referencesOf, sourceReferences, valueOf, type SourceSpec } from "./source-references.ts";

const LABEL = { fr: "x", en: "x" };
const PICTURES: SourceSpec = { type: "files", media: ["image"], min: 0, max: 10, label: LABEL };
const DATA: SourceSpec = { type: "data", label: LABEL };
const PLAN = { type: "object", properties: { title: {}, scenes: {} } };

function step(number: number, ai_provider: string, rest: Partial<StepDraft> = {}) {
  return stepSchema.parse({ step_number: number, ai_provider, prompt: "p", ...rest });
}

const STEPS = [
  step(1, "gpt-4", { name: "plan", output_schema: PLAN }),
  step(2, "dall-e", { for_each: { in: "{plan.scenes}" } }),
  step(3, "dall-e"),
  step(4, "gpt-4", { for_each: { in: "{step2_output}" } }),
  step(5, "dall-e"),
];
const INPUTS = [
  { name: "logo", label: "Logo", type: "file" as const, required: false },
  { name: "tone", label: "Tone", type: "text" as const, required: false },
];

function offered(spec: SourceSpec, number: number): string[] {
  const found = STEPS.find(({ step_number }) => step_number === number);
  if (found === undefined) throw new Error("no such step");
  return sourceReferences({ spec, step: found, steps: STEPS, inputs: INPUTS, catalogue: TEST_CATALOGUE }).map(
    ({ reference }) => reference,
  );
}

describe("what a parameter can be filled from", () => {
  test("is offered under the name that is written, once", () => {
    const references = STEPS.slice(0, 2).map((one) => ({
      reference: `{step${one.step_number}_output}`,
      step: one,
      medium: null,
    }));
    const written = (chosen: string[]) => asWritten(references, chosen).map(({ reference }) => reference);
    expect(written(["{plan}"])).toEqual(["{plan}", "{step2_output}"]);
    expect(written(["{step1_output}", "{plan}"])).toEqual(["{step1_output}", "{step2_output}"]);
    expect(written([])).toEqual(["{step1_output}", "{step2_output}"]);
  });

  test("of files: the item, earlier steps of a fitting medium, the latest first, then inputs", () => {
    expect(offered(PICTURES, 4)).toEqual(["{item}", "{step3_output}", "{step2_output}", "{logo}"]);
    expect(offered(PICTURES, 1)).toEqual(["{logo}"]);
  });

  test("of data: texts, and the parts of data by its schema", () => {
    expect(offered(DATA, 3)).toEqual([
      "{step1_output}",
      "{step1_output.title}",
      "{step1_output.scenes}",
      "{topic}",
      "{tone}",
    ]);
  });

  test("is written as it was chosen", () => {
    expect([valueOf([]), valueOf(["{a}"]), valueOf(["{a}", "{b}"])]).toEqual([null, "{a}", ["{a}", "{b}"]]);
    expect([referencesOf(undefined), referencesOf("{a}"), referencesOf(["{a}", { b: 1 }])]).toEqual([
      [],
      ["{a}"],
      ["{a}", '{"b":1}'],
    ]);
  });
});
