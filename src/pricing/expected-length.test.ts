import { describe, expect, test } from "vitest";
import { askedWords, expectedLength } from "./expected-length.ts";

describe("askedWords", () => {
  test.each([
    ["Écrivez un article d’environ 350 mots sur {topic}", 350],
    ["150 mots, dont une accroche de 8 mots au plus", 150],
    ["LinkedIn: 120 words. X: 40 words. Instagram: 90 words. Facebook: 80 words.", 330],
    ["Then write 900 to 1,200 words in Markdown", 1_200],
    ["Écrivez 900 à 1 200 mots", 1_200],
    ["Écrivez 900 à 1\u202f200\u00a0mots", 1_200],
    ["In 2026 300 words", 300],
    ["A poem on {topic}", null],
    ["In 2026, for 12 months", null],
  ])("finds what is asked for in %j", (prompt, words) => {
    expect(askedWords(prompt)).toBe(words);
  });
});

function lengthOf(prompt: string, parameters = {}, medianTokens: number | null = null) {
  return expectedLength({ step: { prompt }, parameters, medianTokens });
}

describe("the expected length of an answer", () => {
  test("goes by the words that are asked for: 200 words are 300 tokens, 1,200 characters", () => {
    const { tokens, characters } = lengthOf("In 200 words");
    expect(tokens).toEqual({ low: 210, likely: 300 });
    expect(characters.likely).toBe(1_200);
  });

  test("is a page where nothing is said, with what is thought before it", () => {
    expect(lengthOf("A text").tokens.likely).toBe(700);
    expect(lengthOf("A text", { reasoning_effort: "low" }).tokens.likely).toBe(1_000);
    expect(lengthOf("A text", { reasoning_effort: "none" }).tokens.likely).toBe(700);
  });

  test("goes by past runs before all else", () => {
    expect(lengthOf("In 200 words", {}, 555).tokens.likely).toBe(555);
  });

  test("is never longer than the limit", () => {
    expect(lengthOf("In 900 words", { max_output_tokens: 100 }).tokens).toEqual({ low: 100, likely: 100 });
  });
});
