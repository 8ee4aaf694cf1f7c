import { describe, expect, test } from "vitest";
import { TEST_CATALOGUE as catalogue } from "../../../../src/workflow/catalogue.testdata.ts";
import { stepSchema, type StepDraft } from "../../../../src/workflow/definition.ts";
import type { Result } from "../../api/types.ts";
import { pastValue, type PastRun } from "./past-values.ts";
import { variablesAt } from "./variables.ts";

function steps(drafts: Omit<StepDraft, "step_number">[]) {
  return drafts.map((draft, index) => stepSchema.parse({ step_number: index + 1, ...draft }));
}

const THEN = steps([
  { name: "plan", ai_provider: "gpt-4", prompt: "p", output_schema: { type: "object" } },
  { ai_provider: "dall-e", prompt: "p" },
  { ai_provider: "gpt-4", prompt: "p" },
]);

function result(number: number, content: Partial<Result> & Pick<Result, "type">): Result {
  const { name = null } = THEN[number - 1] ?? {};
  return { step_number: number, name, cost: 0, cost_basis: "free", performed_by: "local", ...content };
}

const RUN: PastRun = {
  id: 7,
  initial_input: "la mer\nle vent",
  inputs: { brand: "Alizé" },
  steps: THEN,
  results: [
    result(1, { type: "json", json: { title: "Au large", scenes: ["vague", "port"] } }),
    result(2, { type: "image", url: "/a/1", media_type: "image/png", bytes: 9 }),
    result(3, { type: "text", text: "Un   texte\nen deux lignes" }),
  ],
};

/** What a name held, seen from a step behind all others. */
function held(written: string, now = THEN, last: Partial<StepDraft> = {}) {
  const step = stepSchema.parse({ step_number: now.length + 1, ai_provider: "gpt-4", prompt: "p", ...last });
  const inputs = [{ name: "brand", label: "Brand", type: "text" as const, required: false }];
  const all = variablesAt({ step, steps: [...now, step], inputs, catalogue, place: "prompt" });
  const variable = all.find((one) => one.written === written) ?? {
    written,
    kind: "step" as const,
    step: now[0] ?? null,
  };
  return pastValue(variable, { step, run: RUN, catalogue });
}

describe("what a variable held in the last execution", () => {
  test("is an excerpt on one line, data as JSON, or files", () => {
    expect(held("step3_output")).toMatchObject({ kind: "text", text: "Un texte en deux lignes" });
    expect(held("plan")).toMatchObject({ text: '{"title":"Au large","scenes":["vague","port"]}' });
    expect(held("plan.scenes.1")).toMatchObject({ text: "port" });
    expect(held("step2_output")).toMatchObject({ kind: "files", files: [{ url: "/a/1" }] });
    expect(held("brand")).toMatchObject({ text: "Alizé" });
  });

  test("is the first item in a step over a list", () => {
    expect(held("item", THEN, { for_each: { in: "{plan.scenes}" } })).toMatchObject({ text: "vague" });
    expect(held("item", THEN, { for_each: { in: "{topic}" } })).toMatchObject({ text: "la mer" });
  });

  test("follows the name of a step that has moved, and is nothing where another kind of step stands there now", () => {
    const moved = steps([
      { ai_provider: "elevenlabs", prompt: "p" },
      { name: "plan", ai_provider: "gpt-4", prompt: "p" },
    ]);
    expect(held("plan", moved)).toMatchObject({ kind: "text" });
    expect(held("step1_output", moved)).toBeNull();
  });

  test("never reaches what an answer does not hold itself", () => {
    expect(held("plan.constructor")).toBeNull();
    expect(held("plan.scenes.length")).toBeNull();
  });
});
