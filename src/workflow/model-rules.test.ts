import { describe, expect, test } from "vitest";
import { TEST_CATALOGUE } from "./catalogue.testdata.ts";
import { modelProblems, modelWarnings } from "./model-rules.ts";

const PATH = "steps[0].ai_provider";

const warningsOf = (aiProvider: string, today = "2026-11-22") =>
  modelWarnings(aiProvider, PATH, { catalogue: TEST_CATALOGUE, today });

const sentencesOf = (aiProvider: string) =>
  modelProblems(aiProvider, PATH, TEST_CATALOGUE).map(({ message }) => message);

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

  const then = {
    fr: "Choisissez «\u00a0elevenlabs:voice\u00a0» à la place.",
    en: "Choose “elevenlabs:voice” instead.",
  };

  test("says until when a model runs, up to the day before", () => {
    expect(warningsOf("openai:speaker", "2027-01-05").map(({ message }) => message)).toEqual([
      {
        fr: `Le modèle «\u00a0openai:speaker\u00a0» s’arrête le 6 janvier 2027. ${then.fr}`,
        en: `The model “openai:speaker” shuts down on January 6, 2027. ${then.en}`,
      },
    ]);
  });

  test.each(["2027-01-06", "2027-05-01"])("says that it was to end, and may have, on %s", (today) => {
    expect(warningsOf("openai-tts", today).map(({ message }) => message)).toEqual([
      {
        fr: `Le modèle «\u00a0openai:speaker\u00a0» devait s’arrêter le 6 janvier 2027\u00a0: il ne répond peut-être plus. ${then.fr}`,
        en: `The model “openai:speaker” was to shut down on January 6, 2027: it may not answer any more. ${then.en}`,
      },
    ]);
  });
});

describe("modelProblems", () => {
  test("says of a known provider that the model is what is not understood", () => {
    expect(sentencesOf("openai:sora-2")).toEqual([
      {
        fr: "OpenAI est connu, mais Relais ne sait pas ce que fait «\u00a0sora-2\u00a0», ou n’en a pas l’usage. Choisissez un autre modèle.",
        en: "OpenAI is known, but Relais cannot tell what “sora-2” makes, or has no use for it. Choose another model.",
      },
    ]);
  });

  test("suggests a model of the same provider", () => {
    expect(sentencesOf("anthropic:writr")[0]?.en).toMatch(/Did you mean “anthropic:writer”\?$/);
  });

  test("asks for what is still to be written behind the provider", () => {
    expect(sentencesOf("anthropic:")[0]?.en).toBe(
      "The name of a model of Anthropic has to follow “anthropic:”.",
    );
  });

  test.each(["anthropic:old-writer", "elevenlabs:speaker", "opena:old-writer", "openal:speaker"])(
    "never leads from %s to a family or to a model that goes or has gone",
    (aiProvider) => {
      expect(sentencesOf(aiProvider)).toHaveLength(1);
      expect(sentencesOf(aiProvider)[0]?.en).not.toMatch(
        /Did you mean “(?:[^:”]+|openai:(?:old-writer|speaker))”/,
      );
    },
  );

  test("never suggests a family for what was written as provider:model", () => {
    expect(sentencesOf("rn:way")[0]?.en).not.toContain("Did you mean");
  });
});
