import { describe, expect, test } from "vitest";
import { TEST_CATALOGUE } from "./catalogue.testdata.ts";
import { stepSchema } from "./definition.ts";
import type { ModelCatalogue } from "./models.ts";
import { parameterProblems, parameterWarnings } from "./parameter-rules.ts";
import type { Json } from "./values.ts";

function problems(name: string, value: Json, options?: { valuesAreFinal: boolean }) {
  const draft = { step_number: 1, ai_provider: "dall-e", prompt: "x", parameters: { [name]: value } };
  return parameterProblems(stepSchema.parse(draft), "parameters", TEST_CATALOGUE, options);
}

describe("parameterProblems", () => {
  test("lets a reference stand for any value, as long as it is one", () => {
    for (const name of ["size", "style_note", "transparent"]) {
      expect(problems(name, "{tone_of_the_text}")).toEqual([]);
    }
  });

  test("checks a final value that looks like a reference like any other text", () => {
    const options = { valuesAreFinal: true };
    for (const name of ["size", "style_note", "transparent"]) {
      expect(problems(name, "{tone_of_the_text}", options)).toHaveLength(1);
    }
    expect(problems("style_note", "{tone}", options)).toEqual([]);
    expect(problems("size", "1024x1024", options)).toEqual([]);
  });
});

describe("a family that stands for a model of the person's choice", () => {
  const catalogue: ModelCatalogue = {
    ...TEST_CATALOGUE,
    family: (name) => (name === "midjourney" ? { label: "Midjourney", standing: "chosen" } : undefined),
    resolve: (name) => TEST_CATALOGUE.resolve(name === "midjourney" ? "openai:painter" : name),
  };
  const parameters = { size: "1088x1440", aspect_ratio: "1:1", stylize: 100, quality: "high" };
  const step = stepSchema.parse({ step_number: 1, ai_provider: "midjourney", prompt: "x", parameters });

  test("refuses no parameter, also once all values are known", () => {
    for (const valuesAreFinal of [true, false]) {
      expect(parameterProblems(step, "parameters", catalogue, { valuesAreFinal })).toEqual([]);
    }
  });

  test("warns of each that becomes another, in both languages", () => {
    const warnings = parameterWarnings(step, "parameters", catalogue);
    expect(warnings.map(({ path, message }) => [path, message.en])).toEqual([
      [
        "parameters.size",
        "Midjourney stands for openai:painter, which takes no size “1088x1440”: “1024x1536” is used.",
      ],
      [
        "parameters.aspect_ratio",
        "Midjourney stands for openai:painter, which takes no aspect_ratio “1:1”: it is left out.",
      ],
      [
        "parameters.stylize",
        "Midjourney stands for openai:painter, which takes no stylize “100”: it is left out.",
      ],
    ]);
    expect(warnings[0]?.message.fr).toBe(
      "Midjourney désigne openai:painter, qui n’accepte pas size «\u00a01088x1440\u00a0»\u00a0: Relais prend «\u00a01024x1536\u00a0» à la place.",
    );
  });

  test("says nothing of a step that names the model itself", () => {
    const direct = { ...step, ai_provider: "openai:painter" };
    expect(parameterWarnings(direct, "parameters", catalogue)).toEqual([]);
    expect(parameterProblems(direct, "parameters", catalogue)).toHaveLength(3);
  });
});
