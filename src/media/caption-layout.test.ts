import { describe, expect, test } from "vitest";
import { layOutCaptions, type LineShape } from "./caption-layout.ts";

/** Each character is ten wide. */
const SHAPE: LineShape = { width: 160, space: 5, measure: (text) => Array.from(text).length * 10 };

function spoken(text: string) {
  return text.split(" ").map((word, index) => ({ word, start: index * 0.3, end: index * 0.3 + 0.3 }));
}

const textsOf = (text: string): string[] =>
  layOutCaptions(spoken(text), SHAPE).map(({ words }) => words.map((word) => word.text).join(" "));

describe("layOutCaptions", () => {
  test("fills two lines at the most, inside their width, and loses no word", () => {
    const text = "On retient mieux ce que l’on a essayé soi-même, même maladroitement et très souvent.";
    const captions = layOutCaptions(spoken(text), SHAPE);
    expect(captions.flatMap(({ words }) => words.map((word) => word.text)).join(" ")).toBe(text);
    for (const { pieces, lines } of captions) {
      expect(lines).toBeLessThanOrEqual(2);
      for (const { x, width } of pieces) {
        expect(x).toBeGreaterThanOrEqual(0);
        expect(x + width).toBeLessThanOrEqual(SHAPE.width);
      }
    }
  });

  test("begins anew after a sentence and after a rest, and goes a while after the last word", () => {
    expect(textsOf("Bonne nuit. À demain")).toEqual(["Bonne nuit.", "À demain"]);
    const rested = layOutCaptions(
      [
        { word: "un", start: 0, end: 0.2 },
        { word: "deux", start: 2, end: 2.2 },
      ],
      SHAPE,
    );
    expect(rested.map(({ start }) => start)).toEqual([0, 2]);
    expect(rested[0]?.end).toBeCloseTo(0.8, 6);
  });

  test("cuts a word of sixty letters between letters, in two smaller lines", () => {
    const word = "a".repeat(60);
    const [caption, ...others] = layOutCaptions(spoken(word), SHAPE);
    expect(others).toEqual([]);
    expect(caption?.lines).toBe(2);
    expect(caption?.scale).toBeLessThan(0.5);
    expect(caption?.pieces.map(({ text }) => text).join("")).toBe(word);
    for (const { x, width } of caption?.pieces ?? []) expect(x + width).toBeLessThanOrEqual(SHAPE.width);
  });

  test("never cuts a letter from its accents", () => {
    const family = "👩‍👩‍👧";
    const [caption] = layOutCaptions(spoken(family.repeat(12)), SHAPE);
    for (const { text } of caption?.pieces ?? []) expect(text.replaceAll(family, "")).toBe("");
  });

  test("sets Arabic from right to left, with Latin words in their own order", () => {
    const [caption] = layOutCaptions(spoken("هذا AI lab جديد"), { ...SHAPE, width: 400 });
    expect(caption?.isRightToLeft).toBe(true);
    expect(caption?.pieces.map(({ text }) => text)).toEqual(["جديد", "AI", "lab", "هذا"]);
    const places = caption?.pieces.map(({ x }) => x) ?? [];
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  test("parts Chinese into words that share the time of their sentence", () => {
    const [caption] = layOutCaptions([{ word: "你好世界，", start: 1, end: 2 }], SHAPE);
    expect(caption?.words.map(({ text }) => text)).toEqual(["你好", "世界，"]);
    expect(caption?.words.map(({ start, end }) => [start, end])).toEqual([
      [1, 1.4],
      [1.4, 2],
    ]);
    expect(caption?.pieces[1]?.x).toBeCloseTo((caption?.pieces[0]?.x ?? 0) + 20, 6);
  });
});
