import { describe, expect, test } from "vitest";
import { numberOf, numberText, tidyNumberText } from "./number-text.ts";

const DECIMAL = { allowsDecimals: true, allowsNegative: false };

/** What a field holds after each key. */
function type(keys: string, options = DECIMAL): { text: string; value: number | null } {
  let text = "";
  for (const key of keys) text = tidyNumberText(text + key, options) ?? text;
  return { text, value: numberOf(text) };
}

describe("a number typed key by key", () => {
  test.each([
    ["0,05", "0,05", 0.05],
    ["0.05", "0.05", 0.05],
    ["1,50", "1,50", 1.5],
    ["1.50", "1.50", 1.5],
    [",5", ",5", 0.5],
    ["1e3", "13", 13],
    ["-3", "3", 3],
    ["1.2.3", "1.23", 1.23],
    ["abc", "", null],
    [",", ",", null],
  ])("%s stands as %s", (keys, text, value) => {
    expect(type(keys)).toEqual({ text, value });
  });

  test("takes no fraction where only whole numbers fit, and a sign where it is allowed", () => {
    expect(type("1.5", { allowsDecimals: false, allowsNegative: false }).value).toBe(15);
    expect(type("-1.5", { allowsDecimals: true, allowsNegative: true }).value).toBe(-1.5);
  });

  test("takes a pasted amount with its blanks and its dollar, and refuses other text whole", () => {
    expect(tidyNumberText("1\u202f234,50\u202f$", DECIMAL)).toBe("1234,50");
    expect(tidyNumberText("about 5", DECIMAL)).toBeNull();
  });

  test("is shown as the language writes it", () => {
    expect([numberText(1234.5, "fr"), numberText(0.0001, "en"), numberText(null, "fr")]).toEqual([
      "1234,5",
      "0.0001",
      "",
    ]);
  });
});
