import { describe, expect, test } from "vitest";
import { timedWords } from "./character-timings.ts";

/** Every character takes a tenth of a second. */
function evenly(text: string) {
  const characters = Array.from(text);
  return {
    characters,
    starts: characters.map((_, index) => index / 10),
    ends: characters.map((_, index) => (index + 1) / 10),
  };
}

describe("timedWords", () => {
  test("times a word from its first character to its last", () => {
    expect(timedWords(evenly("The sea,\n\nagain"))).toEqual([
      { word: "The", start: 0, end: 0.3 },
      { word: "sea,", start: 0.4, end: 0.8 },
      { word: "again", start: 1, end: 1.5 },
    ]);
  });

  test("keeps punctuation with its word across a no-break space", () => {
    const words = timedWords(evenly("«\u00A0Oui\u202F!\u00A0» dit-il"));
    expect(words.map(({ word }) => word)).toEqual(["«\u00A0Oui\u202F!\u00A0»", "dit-il"]);
  });

  test("finds no word in nothing, and none in spaces", () => {
    expect(timedWords(evenly(""))).toEqual([]);
    expect(timedWords(evenly(" \n\t"))).toEqual([]);
  });

  test("stops where the times end before the characters do", () => {
    const { characters } = evenly("one two");
    expect(timedWords({ characters, starts: [0, 0.1, 0.2], ends: [0.1, 0.2, 0.3] })).toEqual([
      { word: "one", start: 0, end: 0.3 },
    ]);
  });
});
