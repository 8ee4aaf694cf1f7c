import { describe, expect, test } from "vitest";
import { spaceBetween, writtenWords } from "./written-words.ts";

function wordsOf(text: string): string[] {
  return writtenWords(text).map((word) => word.text);
}

describe("writtenWords", () => {
  test("binds a mark that stands alone to its word by a no-break space", () => {
    expect(wordsOf("Il dit « oui » ; puis – non !")).toEqual([
      "Il",
      "dit",
      "«\u00A0oui\u00A0»\u00A0;",
      "puis\u00A0–",
      "non\u00A0!",
    ]);
  });

  test("does not part figures and marks at no-break spaces", () => {
    expect(wordsOf("1\u202F200 navires\u00A0: oui")).toEqual(["1\u202F200", "navires\u00A0:", "oui"]);
  });

  test("parts scripts without spaces by their words, marks with the word that they belong to", () => {
    const words = wordsOf("我们「非常」高兴。");
    expect(words.join("")).toBe("我们「非常」高兴。");
    expect(words.length).toBeGreaterThan(2);
    expect(words.some((word) => /^[。」]/.test(word))).toBe(false);
  });

  test("says where each word stands, in code points", () => {
    expect(writtenWords("𝒜𝒷 c").map(({ from, to }) => [from, to])).toEqual([
      [0, 2],
      [3, 4],
    ]);
  });

  test("finds no word in nothing", () => {
    expect(wordsOf(" \n\t")).toEqual([]);
  });
});

describe("spaceBetween", () => {
  test("is a space, but in scripts that have none", () => {
    expect(spaceBetween("dit\u00A0:", "oui")).toBe(" ");
    expect(spaceBetween("مرحبا", "بالعالم،")).toBe(" ");
    expect(spaceBetween("很", "高兴")).toBe("");
    expect(spaceBetween("2026", "年，")).toBe("");
    expect(spaceBetween("年，", "AI")).toBe("");
  });
});
