import { describe, expect, test } from "vitest";
import { atLeastText, atMostText, capText, costText, usdText } from "./number-text.ts";

describe("money on a terminal", () => {
  test("is rounded so that no ceiling is too low and no floor too high", () => {
    expect(atMostText(0.0423, "en")).toBe("$0.05");
    expect(atMostText(0.001_21, "fr")).toBe("0,0013\u202F$");
    expect(atLeastText(0.0357, "en")).toBe("$0.03");
    expect(costText(0.0357, "unknown", "en")).toBe("≥ $0.03");
    expect(usdText(0.0357, "en")).toBe("$0.04");
  });

  test("of a cap is shown to its last digit", () => {
    expect(capText(0.0125, "en")).toBe("$0.0125");
    expect(capText(40, "fr")).toBe("40,00\u202F$");
  });

  test("stays as it is where it needs no rounding", () => {
    expect(atMostText(0.07, "en")).toBe("$0.07");
    expect(atLeastText(0.29, "en")).toBe("$0.29");
    expect(atMostText(0, "fr")).toBe("0\u202F$");
    expect(costText(0, "unknown", "en")).toBe("unknown");
  });
});
