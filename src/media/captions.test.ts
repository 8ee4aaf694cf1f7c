import { describe, expect, test } from "vitest";
import type { WordTiming } from "../workflow/values.ts";
import { captionsOf, readingSpeedOf, type Caption } from "./captions.ts";
import { spreadWords } from "./word-times.ts";

const FRENCH = `Dans un monde en pleine mutation, la lecture demeure l’un des plus beaux voyages immobiles\u00A0: elle ouvre les portes de l’imaginaire\u202F! En 2026, plus de 1\u202F200\u202F000 lecteurs se retrouvent chaque soir. Et vous\u202F? Que lisez-vous avant de dormir, quand la maison est enfin silencieuse et que la pluie tombe sur le toit ?`;

/** Captions of a text that is spoken at 15 letters a second. */
function captioned(text: string, charactersPerLine = 42, charactersPerSecond = 15): Caption[] {
  const durationSeconds = Array.from(text).length / charactersPerSecond;
  return captionsOf(spreadWords(text, durationSeconds), { charactersPerLine, durationSeconds });
}

function linesOf(captions: Caption[]): string[] {
  return captions.flatMap(({ lines }) => lines);
}

function expectValid(captions: Caption[], charactersPerLine: number): void {
  let earliest = 0;
  for (const { start, end, lines } of captions) {
    expect(start).toBeGreaterThanOrEqual(earliest);
    expect(end).toBeGreaterThan(start);
    expect(lines.length).toBeLessThanOrEqual(2);
    for (const line of lines) {
      expect(line).toBe(line.trim());
      expect(Array.from(line).length).toBeLessThanOrEqual(charactersPerLine);
    }
    earliest = end;
  }
}

describe("captionsOf", () => {
  test.each([42, 32, 26, 16])(
    "shows all of a text in at most two lines of %i characters, in order",
    (most) => {
      const captions = captioned(FRENCH, most);
      expectValid(captions, most);
      expect(linesOf(captions).join(" ").replaceAll("\u00A0?", " ?")).toBe(FRENCH);
    },
  );

  test("breaks where phrases end, and never after an article", () => {
    const captions = captioned(FRENCH);
    expect(captions.map(({ lines }) => lines)).toContainEqual([
      "quand la maison est enfin silencieuse",
      "et que la pluie tombe sur le toit\u00A0?",
    ]);
    for (const line of linesOf(captions)) expect(line).not.toMatch(/(?:^| )(?:le|la|un|une|des|de|et)$/u);
    for (const { lines } of captions) expect(lines.join(" ")).not.toMatch(/\. [^.?!…]{1,12}$/u);
  });

  test("keeps French marks and figures with what they belong to", () => {
    for (const line of linesOf(captioned(FRENCH, 16))) {
      expect(line).not.toMatch(/^[;:!?»]/u);
      expect(line).not.toMatch(/1$|^200|^000/u);
    }
    expect(linesOf(captioned("Il a dit : « Venez donc voir la mer ! » et puis il partit", 16))).toEqual(
      expect.arrayContaining([expect.stringContaining("«\u00A0Venez")]),
    );
  });

  test("leaves time to read where the voice leaves any", () => {
    const captions = captioned(FRENCH, 42, 14);
    expect(readingSpeedOf(captions)).toBeLessThan(20);
    const words: WordTiming[] = [
      { word: "Oui.", start: 0, end: 0.2 },
      { word: "Dépêchez-vous,", start: 3, end: 3.2 },
      { word: "voyons\u202F!", start: 3.2, end: 3.4 },
    ];
    const [yes, hurry] = captionsOf(words, { charactersPerLine: 42, durationSeconds: 6 });
    expect(yes).toEqual({ start: 0, end: 1, lines: ["Oui."] });
    expect(hurry?.end).toBeGreaterThan(4.2);
    expect(hurry?.end).toBeLessThanOrEqual(6);
  });

  test("begins a caption when its first word is heard, and ends it before the next", () => {
    const words = spreadWords(FRENCH, 24);
    const captions = captionsOf(words, { charactersPerLine: 42, durationSeconds: 24 });
    const starts = new Set(words.map(({ start }) => start));
    for (const { start } of captions) expect(starts).toContain(start);
    expect(captions.at(-1)?.end).toBeLessThanOrEqual(24);
  });

  test("leaves the screen empty in a long silence", () => {
    const words = [
      { word: "Un", start: 0, end: 0.5 },
      { word: "deux", start: 9, end: 9.5 },
    ];
    const captions = captionsOf(words, { charactersPerLine: 42, durationSeconds: 10 });
    expect(captions.map(({ start, end }) => [start, end])).toEqual([
      [0, 1],
      [9, 10],
    ]);
  });

  test("parts a word that is wider than a line, and no sign of it", () => {
    const captions = captioned(`${"a".repeat(60)}👩‍🚀 fin`, 42);
    expectValid(captions, 42);
    expect(linesOf(captions).join("").replaceAll(" ", "")).toBe(`${"a".repeat(60)}👩‍🚀fin`);
    expect(linesOf(captions).join("\n")).toContain("👩‍🚀");
    expect(captioned("b".repeat(1_000)).length).toBeGreaterThan(10);
  });

  test("counts Chinese signs as two, puts no space between them, and keeps right-to-left as it is", () => {
    const chinese = captioned("今天天气很好，我们一起去公园散步。人工智能正在改变世界。", 26, 4);
    for (const line of linesOf(chinese)) expect(Array.from(line).length).toBeLessThanOrEqual(13);
    expect(linesOf(chinese).join("")).toBe("今天天气很好，我们一起去公园散步。人工智能正在改变世界。");
    expect(linesOf(captioned("مرحبا بالعالم، كيف حالك اليوم؟"))).toEqual(["مرحبا بالعالم، كيف حالك اليوم؟"]);
  });

  test("takes control characters and line breaks out of words", () => {
    const words = [{ word: "a\n\n2\r\u0000\u2028b", start: 0, end: 2 }];
    const captions = captionsOf(words, { charactersPerLine: 42, durationSeconds: 2 });
    expect(captions).toEqual([{ start: 0, end: 2, lines: ["a 2 b"] }]);
  });

  test("has none for no words", () => {
    expect(captionsOf([], { charactersPerLine: 42, durationSeconds: 3 })).toEqual([]);
    expect(readingSpeedOf([])).toBe(0);
  });

  test("captions an hour of speech in a moment", () => {
    const text = Array.from({ length: 120 }, () => FRENCH).join("\n\n");
    const captions = captioned(text);
    expectValid(captions, 42);
    expect(captions.length).toBeGreaterThan(500);
  });
});
