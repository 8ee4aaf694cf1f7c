import { describe, expect, test } from "vitest";
import { TEST_CATALOGUE } from "./catalogue.testdata.ts";
import { stepSchema, type StepDraft } from "./definition.ts";
import { checkWorkflow } from "./validation.ts";

const VOICE = { ai_provider: "elevenlabs" };
const TEXT = { ai_provider: "gpt-4" };
const PICTURE = { ai_provider: "dall-e" };
const FILM = { ai_provider: "runway" };

function problemsOf(...drafts: (Partial<StepDraft> & Pick<StepDraft, "ai_provider">)[]): string[] {
  const steps = drafts.map((draft, index) =>
    stepSchema.parse({ step_number: index + 1, prompt: "x", ...draft }),
  );
  const { problems } = checkWorkflow({ steps, inputs: [] }, TEST_CATALOGUE, { today: "2026-11-22" });
  return problems.map(({ path, message }) => `${path}: ${message.en}`);
}

const scribe = (prompt: string, rest: Partial<StepDraft> = {}) => ({
  ai_provider: "elevenlabs:scribe",
  prompt,
  ...rest,
});

describe("soundProblems", () => {
  test("takes one sound, by reference or handed over", () => {
    expect(problemsOf(VOICE, scribe("{step1_output}"))).toEqual([]);
    expect(problemsOf(VOICE, scribe("{previous_output} {topic}"))).toEqual([]);
    expect(problemsOf(VOICE, TEXT, scribe("Names: {step2_output}", { use_previous_output: true }))).toEqual(
      [],
    );
    expect(problemsOf(VOICE, scribe("{step1_output}", { use_previous_output: true }))).toEqual([]);
  });

  test("refuses a step without a sound, and says which there is", () => {
    expect(problemsOf(VOICE, TEXT, scribe("{step2_output}"))).toEqual([
      "steps[2].prompt: This prompt gives no sound to step 3, which transcribes. Write {step1_output} into it, the sound of step 1.",
    ]);
    expect(problemsOf(TEXT, scribe("{topic}"))).toEqual([
      expect.stringContaining("steps[1].prompt: Nothing gives a sound to step 2"),
    ]);
  });

  test("refuses two sounds", () => {
    const [problem, ...others] = problemsOf(VOICE, VOICE, scribe("{step1_output} {step2_output}"));
    expect(problem).toContain("steps[2].prompt: A transcript listens to one sound, and step 3 is given 2");
    expect(others).toEqual([]);
    expect(problemsOf(VOICE, VOICE, scribe("{step1_output}", { use_previous_output: true }))).toEqual([
      problem,
    ]);
  });

  test("says once what the model does not take", () => {
    const [picture, ...others] = problemsOf(PICTURE, scribe("{step1_output}"));
    expect(picture).toMatch(/^steps\[1\]\.prompt: .* does not take/);
    expect(others).toEqual([]);
    expect(problemsOf(FILM, scribe("{step1_output}"))).toEqual([
      expect.stringMatching(/a video, which .* does not take/),
    ]);
    expect(problemsOf(PICTURE, scribe("x", { use_previous_output: true }))).toEqual([
      expect.stringContaining("steps[1].use_previous_output: "),
    ]);
  });
});
