import { describe, expect, test } from "vitest";
import {
  ceilToCent,
  elapsedBetween,
  formatBytes,
  formatCost,
  formatElapsed,
  formatMoney,
  formatPercent,
  formatSecondsRange,
  formatTimeLeft,
} from "./format.ts";

describe("formatMoney", () => {
  test.each([
    [0, "0\u202F$", "$0"],
    [0.17, "0,17\u202F$", "$0.17"],
    [0.0042, "0,0042\u202F$", "$0.0042"],
    [0.000_012_3, "0,000012\u202F$", "$0.000012"],
    [0.01, "0,01\u202F$", "$0.01"],
    [1234.5, "1\u202F234,50\u202F$", "$1,234.50"],
    [null, "inconnu", "unknown"],
  ])("writes %s in both languages", (usd, french, english) => {
    expect(formatMoney(usd, "fr")).toBe(french);
    expect(formatMoney(usd, "en")).toBe(english);
  });
});

describe("formatPercent", () => {
  test.each([
    [0, "0\u202F%", "0%"],
    [0.29, "29\u202F%", "29%"],
    [0.996, "99\u202F%", "99%"],
    [1, "100\u202F%", "100%"],
  ])("writes %s in both languages, never more than is done", (fraction, french, english) => {
    expect(formatPercent(fraction, "fr")).toBe(french);
    expect(formatPercent(fraction, "en")).toBe(english);
  });
});

describe("formatCost", () => {
  test("marks what is estimated and what is only a floor", () => {
    expect(formatCost(0.17, "estimated", "fr")).toBe("≈ 0,17\u202F$");
    expect(formatCost(0.17, "metered", "en")).toBe("$0.17");
    expect(formatCost(0.05, "unknown", "en")).toBe("≥ $0.05");
  });

  test("never says that a floor is higher than it is", () => {
    expect(formatCost(0.0357, "unknown", "en")).toBe("≥ $0.03");
    expect(formatCost(0.001_29, "unknown", "fr")).toBe("≥ 0,0012\u202F$");
    expect(formatCost(0.29, "unknown", "en")).toBe("≥ $0.29");
    expect(formatCost(0.0357, "metered", "en")).toBe("$0.04");
  });

  test("never shows an unknown amount as zero", () => {
    expect(formatCost(null, "unknown", "fr")).toBe("inconnu");
    expect(formatCost(0, "unknown", "en")).toBe("unknown");
    expect(formatCost(0, "free", "fr")).toBe("0\u202F$");
  });
});

describe("ceilToCent", () => {
  test.each([
    [0.07, 0.07],
    [0.070_000_001, 0.08],
    [1.1, 1.1],
    [0, 0],
    [0.000_001, 0.01],
  ])("makes %s a whole cent, never less", (usd, cents) => {
    expect(ceilToCent(usd)).toBe(cents);
  });
});

describe("durations", () => {
  test("a range keeps to one unit where it can", () => {
    expect(formatSecondsRange(30, 60)).toBe("30–60\u202Fs");
    expect(formatSecondsRange(120, 300)).toBe("2–5\u202Fmin");
    expect(formatSecondsRange(45, 180)).toBe("45\u202Fs – 3\u202Fmin");
    expect(formatSecondsRange(60, 60)).toBe("1\u202Fmin");
  });

  test("elapsed time pads its seconds", () => {
    expect(formatElapsed(8_400)).toBe("8\u202Fs");
    expect(formatElapsed(65_000)).toBe("1\u202Fmin 05\u202Fs");
    expect(elapsedBetween(null, "2026-01-01T00:00:00Z")).toBeNull();
    expect(elapsedBetween("2026-01-01T00:00:00Z", "2026-01-01T00:00:12Z")).toBe("12\u202Fs");
  });
});

describe("formatBytes", () => {
  test("uses the units of each language", () => {
    expect(formatBytes(812, "fr")).toBe("812\u202Fo");
    expect(formatBytes(48_211, "en")).toBe("48\u202FkB");
    expect(formatBytes(2_340_000, "fr")).toBe("2,3\u202FMo");
  });
});

describe("formatTimeLeft", () => {
  test.each([
    [1_999, "1 seconde", "1 second"],
    [119_000, "119 secondes", "119 seconds"],
    [59.9 * 60_000, "59 minutes", "59 minutes"],
    [47.9 * 3_600_000, "47 heures", "47 hours"],
    [71.9 * 3_600_000, "2 jours", "2 days"],
  ])("writes %s in both languages, never more than it is", (milliseconds, french, english) => {
    expect(formatTimeLeft(milliseconds, "fr").replaceAll(/\s/g, " ")).toBe(french);
    expect(formatTimeLeft(milliseconds, "en").replaceAll(/\s/g, " ")).toBe(english);
  });
});
