import { describe, expect, test } from "vitest";
import { TEST_CATALOGUE } from "./catalogue.testdata.ts";
import { stepSchema } from "./definition.ts";
import type { Step, StepDraft } from "./definition.ts";
import { linkSteps } from "./graph.ts";
import { TEMPLATES, localizeTemplate } from "./templates.ts";

function stepsOf(...drafts: (Partial<StepDraft> & Pick<StepDraft, "ai_provider">)[]): Step[] {
  return drafts.map((draft, index) => stepSchema.parse({ step_number: index + 1, prompt: "x", ...draft }));
}

const links = (...drafts: Parameters<typeof stepsOf>): [number[], number | null][] =>
  linkSteps(stepsOf(...drafts), TEST_CATALOGUE).map((link) => [link.dependsOn, link.previousFrom]);

describe("linkSteps", () => {
  test("follows numbers, step names, previous_output and parameters, each step once and sorted", () => {
    const steps: Parameters<typeof stepsOf> = [
      { ai_provider: "gpt-4", name: "article" },
      { ai_provider: "dall-e", prompt: "{topic} {tone}" },
      { ai_provider: "gpt-4", prompt: "{previous_output} {step1_output} {article} {step1_output.a}" },
      { ai_provider: "dall-e", parameters: { list: [{ deep: "see {step3_output}" }], other: "{article}" } },
    ];
    expect(links(...steps)).toEqual([
      [[], null],
      [[], null],
      [[1, 2], null],
      [[1, 3], null],
    ]);
  });

  test("does not follow escaped references", () => {
    expect(links({ ai_provider: "gpt-4" }, { ai_provider: "gpt-4", prompt: "{{step1_output}}" })[1]).toEqual([
      [],
      null,
    ]);
  });

  test("takes the previous output from the nearest step whose medium the model takes", () => {
    const three: Parameters<typeof stepsOf> = [
      { ai_provider: "gpt-4" },
      { ai_provider: "midjourney" },
      { ai_provider: "elevenlabs", use_previous_output: true },
      { ai_provider: "runway", use_previous_output: true },
      { ai_provider: "gpt-4", use_previous_output: true },
    ];
    expect(links(...three)).toEqual([
      [[], null],
      [[], null],
      [[1], 1],
      [[2], 2],
      [[2], 2],
    ]);
  });

  test("hands a sound over to what transcribes it, past the texts in between", () => {
    expect(
      links(
        { ai_provider: "elevenlabs" },
        { ai_provider: "gpt-4" },
        { ai_provider: "elevenlabs:scribe", use_previous_output: true },
        { ai_provider: "elevenlabs", use_previous_output: true },
      ),
    ).toEqual([
      [[], null],
      [[], null],
      [[1], 1],
      [[3], 3],
    ]);
  });

  test("hands over nothing where the prompt already refers the prompt to that output", () => {
    const write = { ai_provider: "gpt-4", name: "article" };
    const speak = { ai_provider: "elevenlabs", use_previous_output: true };
    expect(links(write, { ...speak, prompt: "{article}" })[1]).toEqual([[1], null]);
    expect(links(write, { ...speak, prompt: "{step1_output}" })[1]).toEqual([[1], null]);
    expect(links(write, { ...speak, prompt: "{topic}" })[1]).toEqual([[1], 1]);
  });

  test("hands over nothing where no earlier output can be taken", () => {
    expect(
      links({ ai_provider: "dall-e" }, { ai_provider: "elevenlabs", use_previous_output: true })[1],
    ).toEqual([[], null]);
  });

  test("follows only earlier steps that exist, so that no circle can arise", () => {
    const rows = links(
      {
        ai_provider: "gpt-4",
        prompt: "{step2_output} {step1_output} {previous_output}",
        use_previous_output: true,
      },
      { ai_provider: "nobody", prompt: "{step1_output} {step3_output} {step99999999999999999999_output}" },
      {
        ai_provider: "gpt-4",
        prompt: "{step0_output} {step2_output}",
        use_previous_output: true,
        step_number: 2,
      },
    );
    expect(rows).toEqual([
      [[], null],
      [[1], null],
      [[1], 1],
    ]);
  });

  test("works on no steps", () => {
    expect(linkSteps([], TEST_CATALOGUE)).toEqual([]);
  });

  test.each([
    ["creation-contenu", [[], [1], [1]]],
    ["production-video", [[], [1], [2]]],
    ["campagne-marketing", [[], [1], [1]]],
    ["contenu-educatif", [[], [1], [1]]],
    ["pack-reseaux-sociaux", [[], [1]]],
  ])("runs what can run side by side in %s", (id, expected) => {
    const template = TEMPLATES.find((one) => one.id === id);
    if (!template) throw new Error(`no template ${id}`);
    for (const language of ["fr", "en"] as const) {
      const { steps } = localizeTemplate(template, language);
      expect(linkSteps(steps, TEST_CATALOGUE).map((link) => link.dependsOn)).toEqual(expected);
    }
  });
});
