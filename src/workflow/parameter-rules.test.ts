import { describe, expect, test } from "vitest";
import { TEST_CATALOGUE } from "./catalogue.testdata.ts";
import { stepSchema } from "./definition.ts";
import { parameterProblems } from "./parameter-rules.ts";
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
