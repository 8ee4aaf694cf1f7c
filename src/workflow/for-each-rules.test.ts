import { describe, expect, test } from "vitest";
import { TEST_CATALOGUE } from "./catalogue.testdata.ts";
import { stepSchema, workflowInputSchema, type StepDraft } from "./definition.ts";
import { checkWorkflow, type WorkflowCheck } from "./validation.ts";

const SCENES = {
  type: "object",
  properties: { title: { type: "string" }, scenes: { type: "array", items: { type: "string" } } },
};

function check(steps: Partial<StepDraft>[]): WorkflowCheck {
  const definition = {
    steps: steps.map((step, index) =>
      stepSchema.parse({ step_number: index + 1, ai_provider: "gpt-4", prompt: "x", ...step }),
    ),
    inputs: [workflowInputSchema.parse({ name: "lines", label: "Lines", type: "text" })],
  };
  return checkWorkflow(definition, TEST_CATALOGUE, { today: "2026-11-22" });
}

const each = (list: string, rest: Partial<StepDraft> = {}): Partial<StepDraft> => ({
  prompt: "{item}",
  for_each: { in: list },
  ...rest,
});

const found = (steps: Partial<StepDraft>[]) =>
  check(steps).problems.map(({ path, message }) => `${path}: ${message.en}`);

const paths = (steps: Partial<StepDraft>[]) => check(steps).warnings.map(({ path }) => path);

describe("for_each", () => {
  test.each<[string, Partial<StepDraft>[]]>([
    ["a list in JSON", [{ output_schema: SCENES }, each("{step1_output.scenes}")]],
    ["a text that may be a list", [{}, each("{step1_output}")]],
    ["the topic", [each("{topic}")]],
    ["an input", [each("{lines}")]],
    ["the list of a step that runs once per item", [each("{topic}"), each("{step1_output}")]],
    ["the pictures of one", [each("{topic}", { ai_provider: "openai:painter" }), each("{step1_output}")]],
    ["one item of one", [each("{topic}"), { prompt: "{step1_output.0}" }]],
  ])("takes %s", (_name, steps) => {
    expect(check(steps)).toMatchObject({ problems: [] });
  });

  test.each<[string, Partial<StepDraft>[], string]>([
    [
      "a text around a reference",
      [{}, each("all of {step1_output}")],
      "steps[1].for_each.in: “all of {step1_output}” does not name a list. Did you mean “{step1_output}”?",
    ],
    [
      "no reference",
      [each("scenes")],
      "steps[0].for_each.in: “scenes” does not name a list. Write one reference alone",
    ],
    ["its own item", [each("{item}")], "steps[0].for_each.in: “{item}” is an item of the very list"],
    [
      "a later step",
      [each("{step2_output}"), {}],
      "steps[0].for_each.in: “{step2_output}” is the result of step 2",
    ],
    [
      "what a schema says is an object",
      [{ output_schema: SCENES }, each("{step1_output}")],
      "steps[1].for_each.in: By the schema of step 1, “{step1_output}” is not a list. Did you mean “{step1_output.scenes}”?",
    ],
    [
      "what a schema says is a text",
      [{ output_schema: SCENES }, each("{step1_output.title}")],
      "steps[1].for_each.in: By the schema of step 1, “{step1_output.title}” is not a list.",
    ],
    [
      "a part of a text",
      [{}, each("{step1_output.scenes}")],
      "steps[1].for_each.in: “{step1_output.scenes}” looks for a part of a text",
    ],
    [
      "a part of an item that is a text",
      [each("{topic}"), each("{step1_output}", { prompt: "{item.name}" })],
      "steps[1].prompt: “{item.name}” looks for a part of a text",
    ],
    [
      "pictures for a model that sees none",
      [
        each("{topic}", { ai_provider: "openai:painter" }),
        each("{step1_output}", { ai_provider: "anthropic:writer" }),
      ],
      "steps[1].prompt: The result of step 1 is an image, which the model “anthropic:writer” of step 2 does not take.",
    ],
    [
      "a transcript of a whole list of sounds",
      [
        each("{topic}", { ai_provider: "elevenlabs:voice" }),
        { ai_provider: "elevenlabs:scribe", prompt: "{step1_output}" },
      ],
      "steps[1].prompt: The result of step 1 is a list of sounds",
    ],
    [
      "a transcript that is not given its item",
      [
        each("{topic}", { ai_provider: "elevenlabs:voice" }),
        each("{step1_output}", { ai_provider: "elevenlabs:scribe", prompt: "go" }),
      ],
      "steps[1].prompt: This prompt gives no sound to step 2",
    ],
  ])("refuses %s", (_name, steps, problem) => {
    const problems = found(steps);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  test("gives a transcript or an animation one item each", () => {
    const voices = each("{topic}", { ai_provider: "elevenlabs:voice" });
    const pictures = each("{topic}", { ai_provider: "openai:painter" });
    expect(found([voices, each("{step1_output}", { ai_provider: "elevenlabs:scribe" })])).toEqual([]);
    expect(found([pictures, each("{step1_output}", { ai_provider: "runway:animation" })])).toEqual([]);
    const handedOver = { ai_provider: "runway:animation", prompt: "go", use_previous_output: true };
    expect(found([pictures, each("{step1_output}", handedOver)])).toEqual([]);
  });

  test("warns of a prompt that is the same for every item", () => {
    expect(paths([each("{topic}", { prompt: "a poem" })])).toContain("steps[0].prompt");
    expect(paths([each("{topic}", { prompt: "{index}" })])).not.toContain("steps[0].prompt");
  });
});
