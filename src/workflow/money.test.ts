import { describe, expect, test } from "vitest";
import { assertNanoUsd, moneyText, nanoUsdToUsd, sumCosts, usdToNanoUsd } from "./money.ts";

describe("money", () => {
  test("adds exactly where floating point does not", () => {
    const cents = Array.from({ length: 10 }, () => ({
      nanoUsd: usdToNanoUsd(0.1),
      basis: "reported" as const,
    }));
    expect(sumCosts(cents)).toEqual({ nanoUsd: 1_000_000_000, basis: "reported" });
  });

  test("keeps the weakest basis and never counts an unknown cost as known", () => {
    const sum = sumCosts([
      { nanoUsd: 5, basis: "metered" },
      { nanoUsd: null, basis: "unknown" },
      { nanoUsd: 0, basis: "free" },
    ]);
    expect(sum).toEqual({ nanoUsd: 5, basis: "unknown" });
  });

  test.each([
    [0.07, 70_000_000],
    [0.17, 170_000_000],
    [1e-9, 1],
    [1.5e-9, 2],
    [0, 0],
  ])("reads %d USD as %d nano-USD", (usd, nano) => {
    expect(usdToNanoUsd(usd)).toBe(nano);
  });

  test("goes to the wire and back unchanged", () => {
    for (const nano of [1, 999, 12_345_678, 9_000_000_000_001])
      expect(usdToNanoUsd(nanoUsdToUsd(nano))).toBe(nano);
  });

  test.each([
    [68_385_000, "0,0684\u202f$", "$0.0684"],
    [100_000_000, "0,10\u202f$", "$0.10"],
    [1_234_000_000_000, "1\u202f234,00\u202f$", "$1,234.00"],
    [1, "0,0001\u202f$", "$0.0001"],
  ])("says %d nano-USD in both languages, never too little", (nano, fr, en) => {
    expect(moneyText(nano)).toEqual({ fr, en });
  });

  test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("refuses %d as an amount", (amount) => {
    expect(() => assertNanoUsd(amount)).toThrow(RangeError);
  });
});
