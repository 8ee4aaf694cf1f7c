import { describe, expect, test } from "vitest";
import { TEST_CATALOGUE } from "../../../../src/workflow/catalogue.testdata.ts";
import {
  stepSchema,
  workflowInputSchema,
  type Step,
  type StepDraft,
} from "../../../../src/workflow/definition.ts";
import { listReferences, plainTextSource, withListFrom } from "./list-references.ts";

const stepsOf = (...drafts: Partial<StepDraft>[]): Step[] =>
  drafts.map((draft, index) =>
    stepSchema.parse({ step_number: index + 1, ai_provider: "gpt-4", prompt: "x", ...draft }),
  );

const SCENES = {
  type: "object",
  properties: { title: { type: "string" }, scenes: { type: "array" }, tags: { type: "array" } },
};
const each = { for_each: { in: "{topic}" } };

describe("what a step can run over", () => {
  test("are lists of earlier steps, the latest first, then the topic and texts that are asked for", () => {
    const steps = stepsOf(
      { output_schema: SCENES },
      { ai_provider: "openai:painter" },
      { ai_provider: "openai:painter", ...each },
      {},
    );
    const inputs = [
      workflowInputSchema.parse({ name: "lines", label: "Lines", type: "text" }),
      workflowInputSchema.parse({ name: "count", label: "Count", type: "number" }),
    ];
    expect(listReferences(steps, inputs, TEST_CATALOGUE)).toEqual([
      "{step4_output}",
      "{step3_output}",
      "{step1_output.scenes}",
      "{step1_output.tags}",
      "{topic}",
      "{lines}",
    ]);
  });

  test("is a plain text only until its step is asked for a list", () => {
    const steps = stepsOf({}, { for_each: { in: "{step1_output}" } });
    const [, last] = steps;
    if (last === undefined) throw new Error("two steps are given");
    expect(plainTextSource(last, steps.slice(0, 1), TEST_CATALOGUE)?.step_number).toBe(1);
    const [first, second] = withListFrom(steps, { from: 1, over: 2 });
    if (first === undefined || second === undefined) throw new Error("two steps are given");
    expect(second.for_each?.in).toBe("{step1_output.items}");
    expect(listReferences([first], [], TEST_CATALOGUE)).toEqual(["{step1_output.items}", "{topic}"]);
    expect(plainTextSource(second, [first], TEST_CATALOGUE)).toBeUndefined();
  });
});
