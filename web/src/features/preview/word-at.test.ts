import { describe, expect, test } from "vitest";
import { clockOf } from "./clock.ts";
import { wordAt } from "./word-at.ts";

const WORDS = [
  { start: 0.2, end: 0.5 },
  { start: 0.5, end: 0.9 },
  { start: 3, end: 3.4 },
];

describe("the word of a moment", () => {
  test.each([
    [0, -1],
    [0.2, 0],
    [0.49, 0],
    [0.5, 1],
    [1.2, 1],
    [2, -1],
    [3, 2],
    [99, -1],
  ])("at %f s is word %i", (seconds, index) => {
    expect(wordAt(WORDS, seconds)).toBe(index);
  });

  test("is none where there are no words", () => {
    expect(wordAt([], 1)).toBe(-1);
  });
});

describe("the clock of a player", () => {
  test.each([
    [0, "0:00"],
    [62.9, "1:02"],
    [3_602, "1:00:02"],
    [Number.NaN, "0:00"],
    [Number.POSITIVE_INFINITY, "0:00"],
  ])("shows %f s as %s", (seconds, text) => {
    expect(clockOf(seconds)).toBe(text);
  });
});
