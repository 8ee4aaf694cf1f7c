import { describe, expect, test } from "vitest";
import { stepSchema, type StepDraft } from "./definition.ts";
import {
  MAX_SHARED_BYTES,
  readSharedWorkflow,
  stepsWithKeys,
  writeSharedWorkflow,
} from "./shared-workflow.ts";

const step = (draft: Partial<StepDraft> = {}) =>
  stepSchema.parse({ step_number: 1, ai_provider: "gpt-4", prompt: "About {topic}", ...draft });

const WORKFLOW = {
  name: "Bees: « un article »",
  description: "Line one\nLine two",
  inputs: [{ name: "tone", label: "Tone", type: "text" as const, required: false }],
  steps: [
    step({ prompt: "About {topic}\n\n- in {tone}\n  # no comment: 'quoted' \"too\"", name: "article" }),
    step({
      step_number: 2,
      ai_provider: "dall-e",
      parameters: { size: "1024x1024", list: ["{article}", 1, null] },
    }),
  ],
};

describe("a workflow as a file", () => {
  test.each(["json", "yaml"] as const)("comes back from %s as it was", (format) => {
    const text = writeSharedWorkflow(WORKFLOW, format);
    expect(readSharedWorkflow(text, "file")).toEqual({
      workflow: { ...WORKFLOW, relais_workflow: 1, is_template: false },
    });
  });

  test("says nothing that is a default", () => {
    const written: { steps: object[] } = JSON.parse(writeSharedWorkflow(WORKFLOW, "json"));
    expect(Object.keys(written.steps[1] ?? {})).toEqual([
      "step_number",
      "ai_provider",
      "prompt",
      "parameters",
    ]);
  });

  test("is read as a bare list of steps too, called after the file", () => {
    const steps = "- step_number: 1\n  ai_provider: gpt-4\n  prompt: About {topic}\n";
    expect(readSharedWorkflow(steps, "bees")).toMatchObject({ workflow: { name: "bees", steps: [step()] } });
  });

  test("is refused field by field where it breaks a rule", () => {
    const read = readSharedWorkflow(JSON.stringify({ name: "Bees", steps: [], api_key: "x" }), "bees");
    expect(read).toMatchObject({ problems: [{ path: "steps" }, { path: "api_key" }] });
  });

  test.each(["{\n nope", "a: 1\na: 2"])("says in French on which line it cannot be read", (text) => {
    expect(readSharedWorkflow(text, "bees")).toMatchObject({
      unreadable: {
        fr: expect.stringMatching(
          /^Ce n’est ni du JSON ni du YAML valide\u00a0: voyez la ligne 2, colonne \d\.$/,
        ),
      },
    });
  });

  test.each([
    ["{not json", "neither valid JSON"],
    ["a: [1", "neither valid JSON"],
    ["a: 1\na: 2", "neither valid JSON"],
    ["x".repeat(MAX_SHARED_BYTES + 1), "too long"],
    [`a: &a [1, 2]\nb: [${"*a, ".repeat(200)}*a]`, "neither valid JSON"],
  ])("that cannot be read says why", (text, reason) => {
    expect(readSharedWorkflow(text, "bees")).toMatchObject({
      unreadable: { en: expect.stringContaining(reason) },
    });
  });

  test("makes nothing of tags and of names that programs use themselves", () => {
    const text = 'name: !!js/function "() => 1"\n__proto__: { polluted: true }\nsteps: []';
    expect(readSharedWorkflow(text, "bees")).not.toHaveProperty("workflow");
    expect({}).not.toHaveProperty("polluted");
  });

  test("is known to hold what looks like a key", () => {
    const steps = [
      step(),
      step({ step_number: 2, prompt: "Use sk-proj-abcdefghijklmnop1234" }),
      step({ step_number: 3, parameters: { note: { deep: ["r8_abcdefghijklmnopqrstuv"] } } }),
    ];
    expect(stepsWithKeys(steps)).toEqual([2, 3]);
  });
});
