import { describe, expect, test } from "vitest";
import { pollDelayMs, retryDelayMs, shouldRetry } from "./retry.ts";

describe("shouldRetry", () => {
  test.each([
    ["no", true, 1, 3, true],
    ["no", true, 2, 3, true],
    ["no", true, 3, 3, false],
    ["no", false, 1, 3, false],
    ["unknown", true, 1, 3, false],
    ["yes", true, 1, 3, false],
    ["no", true, 1, 1, false],
  ] as const)(
    "billed %s, transient %s, attempt %i of %i: %s",
    (billed, isTransient, attempt, maxAttempts, expected) => {
      expect(shouldRetry({ billed, isTransient, attempt, maxAttempts })).toBe(expected);
    },
  );
});

describe("retryDelayMs", () => {
  test.each([
    [1, 500, 1_000],
    [2, 1_000, 2_000],
    [3, 2_000, 4_000],
    [6, 16_000, 32_000],
    [7, 30_000, 60_000],
    [10_000, 30_000, 60_000],
  ])("waits longer after attempt %i, between %i and %i ms", (attempt, least, most) => {
    expect(retryDelayMs({ attempt, retryAfterMs: null, random: 0 })).toBe(least);
    expect(retryDelayMs({ attempt, retryAfterMs: null, random: 0.999_999_999 })).toBe(most);
  });

  test.each([
    [0, 0],
    [1_500.2, 1_501],
    [120_000, 120_000],
    [600_000, 600_000],
    [86_400_000, 600_000],
    [Number.NaN, 500],
    [-1, 500],
    [Number.POSITIVE_INFINITY, 500],
  ])("gives a Retry-After of %d ms its due: %i ms", (retryAfterMs, expected) => {
    expect(retryDelayMs({ attempt: 1, retryAfterMs, random: 0 })).toBe(expected);
  });
});

describe("pollDelayMs", () => {
  test.each([
    [0, 1_000],
    [3, 1_000],
    [4, 1_500],
    [7, 1_500],
    [8, 2_250],
    [12, 3_375],
    [16, 5_063],
    [20, 6_000],
    [10_000, 6_000],
  ])("waits longer before later questions: %i were asked, %i ms", (polls, expected) => {
    expect(pollDelayMs({ pollAfterMs: 1_000, polls })).toBe(expected);
  });

  test("grows from what the provider asks for", () => {
    expect(pollDelayMs({ pollAfterMs: 0, polls: 100 })).toBe(0);
    expect(pollDelayMs({ pollAfterMs: 5_000, polls: 100 })).toBe(30_000);
  });

  test("makes no wait of minutes longer, which the vendor asked for", () => {
    expect(pollDelayMs({ pollAfterMs: 20_000, polls: 100 })).toBe(60_000);
    expect(pollDelayMs({ pollAfterMs: 120_000, polls: 100 })).toBe(120_000);
    expect(pollDelayMs({ pollAfterMs: 86_400_000, polls: 0 })).toBe(600_000);
  });
});
