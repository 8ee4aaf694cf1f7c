import { describe, expect, test } from "vitest";
import { columnsOf, movedIndex } from "./grid-moves.ts";

describe("an arrow key in a grid", () => {
  test.each([
    ["ArrowRight", 3, 4],
    ["ArrowLeft", 3, 2],
    ["ArrowDown", 3, 7],
    ["ArrowUp", 5, 1],
    ["Home", 5, 0],
    ["End", 5, 9],
    ["ArrowUp", 3, null],
    ["ArrowDown", 7, null],
    ["ArrowRight", 9, null],
    ["ArrowLeft", 0, null],
    ["Enter", 3, null],
  ])("%s at %i leads to %j", (key, index, target) => {
    expect(movedIndex(key, index, { count: 10, columns: 4 })).toBe(target);
  });
});

describe("the columns of a grid", () => {
  test.each([
    [100, 1],
    [416, 2],
    [415, 1],
    [1_180, 5],
  ])("of %i pixels are %i", (width, columns) => {
    expect(columnsOf(width, { least: 200, gap: 16 })).toBe(columns);
  });
});
