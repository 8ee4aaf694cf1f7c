import { describe, expect, test } from "vitest";
import { TEST_CATALOGUE } from "./catalogue.testdata.ts";
import { stepSchema, type Step, type StepDraft } from "./definition.ts";
import { linkSteps, outputMediumOf } from "./graph.ts";
import { checkWorkflow } from "./validation.ts";

type Draft = Partial<StepDraft> & Pick<StepDraft, "ai_provider">;

const TEXT = { ai_provider: "gpt-4" };
const PICTURE = { ai_provider: "dall-e" };
const VOICE = { ai_provider: "elevenlabs" };

function stepsOf(drafts: readonly Draft[]): Step[] {
  return drafts.map((draft, index) =>
    stepSchema.parse({ step_number: index + 1, prompt: "A title", ...draft }),
  );
}

function stepAt(steps: readonly Step[], stepNumber: number): Step {
  const step = steps.find(({ step_number }) => step_number === stepNumber);
  if (!step) throw new Error(`there is no step ${stepNumber}`);
  return step;
}

function problemsOf(...drafts: Draft[]): string[] {
  const { problems } = checkWorkflow({ steps: stepsOf(drafts), inputs: [] }, TEST_CATALOGUE, {
    today: "2026-11-22",
  });
  return problems.map(({ path, message }) => `${path}: ${message.en}`);
}

const film = (parameters: StepDraft["parameters"]): Draft => ({ ai_provider: "film", parameters });
const cut = (media: string, rest: Partial<StepDraft> = {}): Draft => ({
  ai_provider: "cut",
  parameters: { media },
  ...rest,
});

/** What one which packs everything, after a text and a picture, waits for. */
function packLinks(step: Partial<StepDraft>) {
  const steps = stepsOf([TEXT, PICTURE, { ai_provider: "pack", ...step }, TEXT]);
  const { dependsOn, endedOnly } = linkSteps(steps, TEST_CATALOGUE)[2] ?? {};
  return { dependsOn, endedOnly };
}

describe("composed steps", () => {
  test("take files by the parameters that are made for them, alone or in lists", () => {
    const parameters = { images: ["{step1_output}"], sound: "{step2_output}", scenes: "{step3_output}" };
    expect(problemsOf(PICTURE, VOICE, TEXT, film(parameters))).toEqual([]);
  });

  test("refuse a file of another medium, a text where a file goes, and a file where a text goes", () => {
    expect(problemsOf(PICTURE, VOICE, film({ images: "{step2_output}" }))).toEqual([
      expect.stringContaining("steps[2].parameters.images: The result of step 2"),
    ]);
    expect(problemsOf(TEXT, film({ images: "{step1_output}" }))).toEqual([
      expect.stringContaining("steps[1].parameters.images: The result of step 1 is a text"),
    ]);
    expect(problemsOf(PICTURE, film({ images: "{step1_output}", scenes: "{step1_output}" }))).toEqual([
      expect.stringContaining("steps[1].parameters.scenes"),
    ]);
    const inPrompt = { ...film({ images: "{step1_output}" }), prompt: "{step1_output}" };
    expect(problemsOf(PICTURE, inPrompt)).toEqual([expect.stringContaining("steps[1].prompt")]);
  });

  test("say which files are missing, and what would be right", () => {
    expect(problemsOf(film({}))).toEqual([
      "steps[0].parameters.images: “Parameter” is missing: it takes from 1 to 50 files (image) of a step or an input, by a reference such as {step1_output}.",
    ]);
    expect(problemsOf(film({ images: "a picture" }))).toEqual([
      expect.stringContaining("by a reference such as {step1_output}"),
    ]);
  });

  test("make what they are given where they follow it, also through each other", () => {
    const steps = stepsOf([VOICE, cut("{step1_output}"), cut("{step2_output}"), PICTURE]);
    expect(steps.map((step) => outputMediumOf(step, steps, TEST_CATALOGUE))).toEqual([
      "audio",
      "audio",
      "audio",
      "image",
    ]);
    expect(problemsOf(VOICE, cut("{step1_output}"), PICTURE, film({ images: "{step2_output}" }))).toEqual([
      expect.stringContaining("is an audio file"),
    ]);
  });

  test("follow the item where they run once per item", () => {
    const steps = stepsOf([
      { ...VOICE, for_each: { in: "{step1_output}" } },
      cut("{item}", { for_each: { in: "{step1_output}" } }),
    ]);
    expect(outputMediumOf(stepAt(steps, 2), steps, TEST_CATALOGUE)).toBe("audio");
  });

  test("wait for all that comes before them where they work on everything", () => {
    expect(packLinks({ prompt: "all", parameters: {} })).toEqual({ dependsOn: [1, 2], endedOnly: [1, 2] });
    // What it names has to be there; of the rest it takes what there is.
    expect(packLinks({ prompt: "{step1_output}", parameters: {} })).toEqual({
      dependsOn: [1, 2],
      endedOnly: [2],
    });
    expect(packLinks({ prompt: "one", parameters: { files: "{step2_output}" } })).toEqual({
      dependsOn: [2],
      endedOnly: undefined,
    });
  });
});
