import { describe, expect, test } from "vitest";
import { shuffled, sumOfPrices } from "./taking.ts";

describe("the price of a comparison", () => {
  test("is the sum of all models, and unknown as soon as one is", () => {
    expect(sumOfPrices([0.25, 0.5])).toBe(0.75);
    expect(sumOfPrices([0.25, null, 0.5])).toBeNull();
    expect(sumOfPrices([])).toBe(0);
  });
});

describe("takes without the names of their models", () => {
  test("keep one order, which is not that of their age for all", () => {
    const groups = Array.from({ length: 20 }, (_, index) => [index * 4 + 1, index * 4 + 2, index * 4 + 3]);
    for (const ids of groups) {
      expect(shuffled(ids)).toEqual(shuffled(ids.toReversed()));
      expect(shuffled(ids).toSorted((a, b) => a - b)).toEqual(ids);
    }
    expect(new Set(groups.map((ids) => ids.indexOf(shuffled(ids)[0] ?? 0))).size).toBe(3);
  });
});
