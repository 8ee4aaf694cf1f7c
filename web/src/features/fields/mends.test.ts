import { describe, expect, test } from "vitest";
import type { OfferedModel } from "../../../../src/workflow/alternatives.ts";
import { TEST_CATALOGUE as catalogue } from "../../../../src/workflow/catalogue.testdata.ts";
import { stepSchema, type StepDraft } from "../../../../src/workflow/definition.ts";
import { checkWorkflow } from "../../../../src/workflow/validation.ts";
import { mendedStep, mendsAt, type Mend } from "./mends.ts";

const TODAY = "2026-11-22";

const OFFERED: OfferedModel[] = catalogue
  .names()
  .filter((name) => name.includes(":"))
  .flatMap((name): OfferedModel[] => {
    const model = catalogue.resolve(name);
    return model === undefined
      ? []
      : [{ ...model, isOfficial: model.provider !== "local", isReady: model.provider !== "elevenlabs" }];
  });

type Draft = Partial<StepDraft>;

function stage(drafts: Draft[], at: number, place: string) {
  const steps = drafts.map((draft, index) =>
    stepSchema.parse({ step_number: index + 1, ai_provider: "gpt-4", prompt: "p", ...draft }),
  );
  const draft = steps.map((step) => ({ ...step, key: `k${step.step_number}` }))[at - 1];
  if (draft === undefined) throw new Error("no such step");
  const { key: _, ...step } = draft;
  const mends = mendsAt({ step, steps, inputs: [], catalogue, place, offered: OFFERED, today: TODAY });
  const apply = (mend: Mend) => mendedStep(draft, mend, { place, catalogue });
  /** Whether nothing is wrong any more once the first mend is taken. */
  const isMended = () => {
    const [first] = mends;
    const changed = first && apply(first);
    if (!changed) return null;
    const { key: _key, ...mended } = changed;
    const all = steps.map((other) => (other.step_number === at ? mended : other));
    return checkWorkflow({ steps: all, inputs: [] }, catalogue, { today: TODAY }).problems;
  };
  return { mends, apply, isMended };
}

describe("a mend", () => {
  test("of an unknown reference is the nearest name, with the same parts, or taking it out", () => {
    const { mends, apply, isMended } = stage(
      [{ name: "article" }, { prompt: "Sur {artcle} et {topic}." }],
      2,
      "prompt",
    );
    expect(mends).toEqual([
      { kind: "write_reference", from: "{artcle}", to: "{article}" },
      { kind: "remove_reference", from: "{artcle}" },
    ]);
    expect(isMended()).toEqual([]);
    expect(apply({ kind: "remove_reference", from: "{artcle}" })?.prompt).toBe("Sur et {topic}.");
  });

  test("never names a step that comes later", () => {
    const { mends } = stage([{ prompt: "{articl}" }, { name: "article" }], 1, "prompt");
    expect(mends).toEqual([{ kind: "remove_reference", from: "{articl}" }]);
  });

  test("of a reference to a later step moves the step behind it", () => {
    const { mends } = stage([{ prompt: "{step3_output}" }, {}, {}], 1, "prompt");
    expect(mends[0]).toEqual({ kind: "move_behind", stepNumber: 3, to: 2 });
  });

  test("moves no step behind one that needs it", () => {
    const drafts = [{ prompt: "{step3_output}" }, { prompt: "{step1_output}" }, { prompt: "{step2_output}" }];
    const { mends } = stage(drafts, 1, "prompt");
    expect(mends).toEqual([{ kind: "remove_reference", from: "{step3_output}" }]);
  });

  test("of a medium that does not fit is a model that takes it and is ready first, or taking it out", () => {
    const { mends, isMended } = stage(
      [{ ai_provider: "dall-e" }, { ai_provider: "claude", prompt: "Décris {step1_output}" }],
      2,
      "prompt",
    );
    expect(mends).toEqual([
      { kind: "take_model", model: "openai:writer", isReady: true },
      { kind: "remove_reference", from: "{step1_output}" },
    ]);
    expect(isMended()).toEqual([]);
  });

  test("of a model that has gone is what replaces it", () => {
    const { mends, isMended } = stage([{ ai_provider: "openai:old-writer" }], 1, "ai_provider");
    expect(mends).toEqual([{ kind: "take_model", model: "openai:writer", isReady: true }]);
    expect(isMended()).toEqual([]);
  });

  test("of a model that goes says that its replacement needs a key", () => {
    const { mends } = stage([{ ai_provider: "openai-tts" }], 1, "ai_provider");
    expect(mends).toEqual([{ kind: "take_model", model: "elevenlabs:voice", isReady: false }]);
  });

  test("of a misspelled model is the nearest name that still runs", () => {
    const { mends } = stage([{ ai_provider: "clade" }], 1, "ai_provider");
    expect(mends).toEqual([{ kind: "take_model", model: "claude", isReady: false }]);
  });

  test.each([
    [{ max_output_tokens: 9_000_000 }, { kind: "set_parameter", value: 128_000 }],
    [{ max_output_tokens: 20.4 }, { kind: "set_parameter", value: 20 }],
    [{ max_output_tokens: "64" }, { kind: "set_parameter", value: 64 }],
    [{ temperature: "hot" }, { kind: "reset_parameter" }],
    [{ temperatur: 1 }, { kind: "rename_parameter", to: "temperature" }],
  ])("of the parameters %j is the nearest that the model takes", (parameters, first) => {
    const [name = ""] = Object.keys(parameters);
    const { mends, isMended } = stage([{ parameters }], 1, `parameters.${name}`);
    expect(mends[0]).toMatchObject(first);
    expect(isMended()).toEqual([]);
  });

  test("of a list that goes into a picture is a picture for each entry", () => {
    const schema = { type: "object", properties: { scenes: { type: "array", items: { type: "string" } } } };
    const { mends, apply, isMended } = stage(
      [{ output_schema: schema }, { ai_provider: "dall-e", prompt: "Peins {step1_output.scenes}" }],
      2,
      "prompt",
    );
    expect(mends).toEqual([{ kind: "run_for_each", list: "{step1_output.scenes}" }]);
    const [first] = mends;
    expect(first && apply(first)).toMatchObject({
      prompt: "Peins {item}",
      for_each: { in: "{step1_output.scenes}" },
    });
    expect(isMended()).toEqual([]);
  });

  test("of an earlier result that the model cannot take leaves it away", () => {
    const { mends, isMended } = stage(
      [{ ai_provider: "dall-e" }, { ai_provider: "claude", use_previous_output: true }],
      2,
      "use_previous_output",
    );
    expect(mends).toEqual([{ kind: "drop_previous" }]);
    expect(isMended()).toEqual([]);
  });

  test("is offered nowhere where nothing is wrong", () => {
    const drafts: Draft[] = [
      { name: "article", parameters: { temperature: 1 } },
      { ai_provider: "dall-e", prompt: "{article} { not: 1 } {{topic}}", use_previous_output: true },
    ];
    for (const place of ["prompt", "ai_provider", "use_previous_output", "parameters.temperature"]) {
      expect(stage(drafts, 1, place).mends).toEqual([]);
      expect(stage(drafts, 2, place).mends).toEqual([]);
    }
  });
});
