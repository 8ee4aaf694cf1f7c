import { describe, expect, test } from "vitest";
import { readMarkdown } from "./markdown-tree.ts";
import { plainText, type Block } from "./text-tree.ts";

const read = (markdown: string): Block[] => readMarkdown(markdown, "en");

describe("readMarkdown", () => {
  test("reads what Markdown has", () => {
    expect(
      read("## A *b*\n\n- one\n- two\n\n3. three\n\n> said\n\n---\n\n| a | b |\n|--:|---|\n| 1 | 2 |"),
    ).toMatchObject([
      { kind: "heading", level: 2, children: [{ text: "A " }, { kind: "emphasis" }] },
      { kind: "list", isOrdered: false, items: [[{ kind: "paragraph" }], [{ kind: "paragraph" }]] },
      { kind: "list", isOrdered: true, start: 3 },
      { kind: "quote", blocks: [{ kind: "paragraph" }] },
      { kind: "rule" },
      { kind: "table", alignments: ["right", "left"], header: [[{ text: "a" }], [{ text: "b" }]] },
    ]);
  });

  test("knows a list whose items bring their own letters", () => {
    expect(read("- **A.** one\n- **B.** two")).toMatchObject([{ isLettered: true }]);
    expect(read("- A) one\n- B) two\n- C) three")).toMatchObject([{ isLettered: true }]);
    expect(read("- A. one\n- C. two")).toMatchObject([{ isLettered: false }]);
    expect(read("- A place\n- Both")).toMatchObject([{ isLettered: false }]);
    expect(read("- A. one")).toMatchObject([{ isLettered: false }]);
  });

  test("takes HTML as text, apart from a break of line", () => {
    expect(read("a <b>bold</b><br>c")).toEqual([
      {
        kind: "paragraph",
        children: [
          ...["a ", "<b>", "bold", "</b>"].map((text) => ({ kind: "text", text })),
          { kind: "break" },
          { kind: "text", text: "c" },
        ],
      },
    ]);
    expect(read("<div onclick='x'>\n\ny")).toMatchObject([{ kind: "paragraph" }, { kind: "paragraph" }]);
  });

  test("keeps of a picture its description, and of links those to the web and to mailboxes", () => {
    const [block] = read(
      "![a sea](http://x.org/a.png) [a](https://x.org/é|b%) [b](file:///etc/passwd) [c](data:text/html,x) [d](/e)",
    );
    expect(block).toMatchObject({ kind: "paragraph" });
    const found = JSON.stringify(block);
    expect(found).toContain("a sea");
    expect(found).toContain('"address":"https://x.org/%C3%A9%7Cb%25"');
    expect(found).not.toMatch(/a\.png|file:|data:|"\/e"/);
  });

  test("decodes the entities that models write, and leaves what is none", () => {
    const [block] = read("caf&eacute;&nbsp;&amp; &#233; &#x0; &nope; R&D &constructor;");
    const text = block?.kind === "paragraph" ? plainText(block.children) : "";
    expect(text).toBe("café\u00a0& é &nope; R&D &constructor;");
  });

  test("drops what no page can hold: control characters, halves of characters", () => {
    expect(read("a\u0000b\u001b[31mc\ud83dd\ufffe\u0085")).toEqual([
      { kind: "paragraph", children: [{ kind: "text", text: "ab[31mcd" }] },
    ]);
  });

  test("stands marks nested without an end", () => {
    for (const deep of [">".repeat(3_000), `${"- ".repeat(1_000)}x`, "*a ".repeat(500), "[".repeat(3_000)]) {
      expect(JSON.stringify(read(deep)).length).toBeGreaterThan(2);
    }
  });
});
