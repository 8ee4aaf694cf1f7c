import { describe, expect, test } from "vitest";
import { plausibleNanoUsd, reportedUsd } from "./reported-cost.ts";

describe("what a vendor says that a call cost", () => {
  test.each([0, 0.04, 99_999])("is taken: %d USD", (usd) => {
    expect(reportedUsd(usd)).toBe(usd * 1_000_000_000);
    expect(plausibleNanoUsd(reportedUsd(usd))).toBe(usd * 1_000_000_000);
  });

  test.each([1e300, 200_000, -1, Infinity, Number.NaN])("is left where it cannot be: %d USD", (usd) => {
    expect(reportedUsd(usd)).toBeUndefined();
    expect(plausibleNanoUsd(usd * 1_000_000_000)).toBeUndefined();
  });

  test("is left where it says nothing", () => {
    expect(plausibleNanoUsd(undefined)).toBeUndefined();
    expect(plausibleNanoUsd(0.5)).toBeUndefined();
  });
});
