import { describe, expect, test } from "vitest";
import { rangeOf } from "./row-range.ts";

const at = (above: number, count = 10_000) => rangeOf({ above, screen: 800, pitch: 76, count });

describe("the rows that are drawn", () => {
  test("cover the screen and some more, wherever it stands", () => {
    for (let above = -400; above < 760_000; above += 7_919) {
      const { first, end } = at(above);
      expect(first * 76).toBeLessThanOrEqual(Math.max(0, above));
      expect(end * 76).toBeGreaterThanOrEqual(Math.min(above + 800, 760_000));
      expect(end - first).toBeLessThan(40);
    }
  });

  test("end with the list", () => {
    expect(at(759_500)).toMatchObject({ end: 10_000 });
    expect(at(0, 3)).toEqual({ first: 0, end: 3 });
    expect(at(0, 0)).toEqual({ first: 0, end: 0 });
  });

  test("stay the same for most steps of a scroll", () => {
    const ranges = new Set(Array.from({ length: 100 }, (_, step) => JSON.stringify(at(40_000 + step * 10))));
    expect(ranges.size).toBeLessThan(12);
  });
});
