import { describe, expect, test } from "vitest";
import { speakableText, wordTimings } from "./spoken-words.ts";

describe("speakableText", () => {
  test("drops emoji and control characters and keeps the rest", () => {
    expect(speakableText("Bonjour 🎉👩‍🚀 à tous\u0000 !\n\nSuite")).toBe(
      "Bonjour à tous !\nSuite".replace("\n", "\n\n"),
    );
  });

  test("is empty where nothing can be said", () => {
    expect(speakableText(" … 🎉 \n—")).toBe("");
  });
});

describe("wordTimings", () => {
  test("starts a word with the first event inside it", () => {
    const text = "L’aube s’éteint vite";
    const events = [
      { position: 0, start: 0.1 },
      { position: 2, start: 0.2 },
      { position: 7, start: 0.5 },
      { position: 16, start: 0.9 },
    ];
    expect(wordTimings(text, events, 1.5)).toEqual([
      { word: "L’aube", start: 0.1, end: 0.5 },
      { word: "s’éteint", start: 0.5, end: 0.9 },
      { word: "vite", start: 0.9, end: 1.5 },
    ]);
  });

  test("does not part words at no-break spaces, and joins a mark that stands alone", () => {
    const words = wordTimings("Il a guidé 1\u202F200 navires ; oui", [{ position: 0, start: 0 }], 3);
    expect(words.map(({ word }) => word)).toEqual([
      "Il",
      "a",
      "guidé",
      "1\u202F200",
      "navires\u00A0;",
      "oui",
    ]);
  });

  test("counts code points, as the voice does", () => {
    const events = [
      { position: 0, start: 0 },
      { position: 3, start: 0.7 },
    ];
    expect(wordTimings("𝒜𝒷 c", events, 1)[1]).toEqual({ word: "c", start: 0.7, end: 1 });
  });

  test("puts a word without an event between its neighbors", () => {
    const events = [
      { position: 0, start: 0 },
      { position: 4, start: 1 },
    ];
    expect(wordTimings("a b c", events, 2).map(({ start }) => start)).toEqual([0, 0.5, 1]);
  });
});
