import { describe, expect, test } from "vitest";
import { TEST_CATALOGUE } from "./catalogue.testdata.ts";
import { stepSchema, type StepDraft } from "./definition.ts";
import { checkWorkflow } from "./validation.ts";

const TEXT = { ai_provider: "gpt-4" };
const PICTURE = { ai_provider: "dall-e" };
const UNKNOWN = { ai_provider: "nobody:painter" };

function problemsOf(...drafts: (Partial<StepDraft> & Pick<StepDraft, "ai_provider">)[]): string[] {
  const steps = drafts.map((draft, index) =>
    stepSchema.parse({ step_number: index + 1, prompt: "x", ...draft }),
  );
  const { problems } = checkWorkflow({ steps, inputs: [] }, TEST_CATALOGUE, { today: "2026-11-22" });
  return problems.map(({ path, message }) => `${path}: ${message.en}`);
}

const animation = (prompt: string, rest: Partial<StepDraft> = {}) => ({
  ai_provider: "runway:animation",
  prompt,
  ...rest,
});

describe("pictureProblems", () => {
  test("takes a picture, by reference or handed over", () => {
    expect(problemsOf(PICTURE, animation("{step1_output} {topic}"))).toEqual([]);
    expect(problemsOf(PICTURE, TEXT, animation("{step1_output}: {step2_output}"))).toEqual([]);
    expect(problemsOf(PICTURE, animation("A wave", { use_previous_output: true }))).toEqual([]);
  });

  test("asks for none where the model does without", () => {
    expect(problemsOf({ ai_provider: "runway:film", prompt: "{topic}" })).toEqual([]);
  });

  test("refuses a step without a picture, and says which there is", () => {
    const missing =
      "steps[2].prompt: This prompt gives no picture to step 3, whose model “runway:animation” works only from one. Write {step1_output} into it, the picture of step 1.";
    expect(problemsOf(PICTURE, TEXT, animation("{step2_output}"))).toEqual([missing]);
    // What is nearest is a text.
    expect(problemsOf(PICTURE, TEXT, animation("A wave", { use_previous_output: true }))).toEqual([missing]);
  });

  test("says what to add where no step before makes one", () => {
    const [problem, ...others] = problemsOf(animation("{topic}"), PICTURE);
    expect(problem).toContain("steps[0].prompt: Nothing gives a picture to step 1, whose model");
    expect(others).toEqual([]);
  });

  test("does not judge what an unknown model makes", () => {
    expect(problemsOf(UNKNOWN, animation("{step1_output}"))).toEqual([
      expect.stringContaining("steps[0].ai_provider: "),
    ]);
  });
});
