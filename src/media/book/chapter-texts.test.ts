import { describe, expect, test } from "vitest";
import type { Json } from "../../workflow/values.ts";
import { BOOK_WORDS } from "./book-words.ts";
import { readChapterTexts } from "./chapter-texts.ts";

const read = (given: Json) => readChapterTexts(given, BOOK_WORDS.en);
const question = { question: "Why?", choices: ["So", "Not so"], answer: "Not so", explanation: "It is not." };

describe("readChapterTexts", () => {
  test("takes a text, lists of texts, titled texts, and lists in lists", () => {
    expect(read("# A")).toEqual([{ title: "", markdown: "# A", index: 0 }]);
    expect(read(["a", ["b", { title: "C", text: "c" }], { chapters: ["d"] }])).toEqual([
      { title: "", markdown: "a", index: 0 },
      { title: "", markdown: "b", index: 1 },
      { title: "C", markdown: "c", index: 2 },
      { title: "", markdown: "d", index: 3 },
    ]);
  });

  test("leaves out what is empty and what failed, and keeps the places of the others", () => {
    expect(read([null, " ", "c"])).toEqual([{ title: "", markdown: "c", index: 2 }]);
    expect(read([])).toEqual([]);
  });

  test("writes a quiz with its answers at the end", () => {
    const [quiz] = read({ questions: [question, { ...question, answer: 0, explanation: null }] }) ?? [];
    expect(quiz?.title).toBe("Quiz");
    expect(quiz?.markdown).toBe(
      "**1.** Why?\n\n- **A.** So\n- **B.** Not so\n\n**2.** Why?\n\n- **A.** So\n- **B.** Not so\n\n## Answers\n\n1. **B. Not so** — It is not.\n\n2. **A. So**",
    );
  });

  test("refuses anything else", () => {
    for (const given of [3, true, { text: 3 }, ["a", { name: "x" }], { questions: [] }])
      expect(read(given)).toBeNull();
  });
});
