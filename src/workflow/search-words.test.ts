import { describe, expect, test } from "vitest";
import { searchWords } from "./search-words.ts";

describe("the words of a search", () => {
  test.each([
    ["Création  de CONTENU", ["creation", "de", "contenu"]],
    ["l’été, le cœur", ["l", "ete", "le", "coeur"]],
    ["100 % _ ' \" \\ *", ["100"]],
    ["东京 Straße", ["东京", "strasse"]],
    ["mer mer MER", ["mer"]],
  ])("of %j are %j", (typed, words) => {
    expect(searchWords(typed)).toEqual(words);
  });

  test("are none where no letter or digit was typed", () => {
    expect(searchWords(" %_'\"()*-:^ \u0000")).toEqual([]);
  });

  test("are bounded, however much was typed", () => {
    expect(searchWords("a".repeat(10_000))).toEqual(["a".repeat(60)]);
    expect(searchWords(Array.from({ length: 5_000 }, (_, index) => `w${index}`).join(" "))).toHaveLength(12);
  });
});
