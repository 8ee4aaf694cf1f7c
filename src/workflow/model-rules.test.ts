import { describe, expect, test } from "vitest";
import { TEST_CATALOGUE } from "./catalogue.testdata.ts";
import { modelWarnings } from "./model-rules.ts";

const warningsOf = (aiProvider: string) => modelWarnings(aiProvider, "steps[0].ai_provider", TEST_CATALOGUE);

describe("modelWarnings", () => {
  test("says of a model that no list holds what is not known of it", () => {
    expect(warningsOf("openai:zzz")).toEqual([
      {
        path: "steps[0].ai_provider",
        message: {
          fr: "Le modèle «\u00a0openai:zzz\u00a0» n’est pas dans la liste\u00a0: son prix est inconnu et ses paramètres ne sont pas vérifiés.",
          en: "The model “openai:zzz” is not in the list: its price is unknown and its parameters are not checked.",
        },
      },
    ]);
  });

  test("names the model that was nearly written", () => {
    expect(warningsOf("openai:writr")).toMatchObject([
      { message: { en: expect.stringMatching(/not checked\. Did you mean “openai:writer”\?$/) } },
    ]);
  });

  test.each(["gpt-4", "openai:writer", "nobody:model"])("has nothing to say of %s", (aiProvider) => {
    expect(warningsOf(aiProvider)).toEqual([]);
  });
});
