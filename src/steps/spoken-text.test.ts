import { describe, expect, test } from "vitest";
import { spokenText } from "./spoken-text.ts";

describe("spokenText", () => {
  test.each([
    ["# The sea #\n\nIt is wide.", "The sea\n\nIt is wide."],
    ["The sea\n=======\n\nPart\n---\nText", "The sea\n\nPart\n\nText"],
    ["Some **bold**, *italic*, ***both***, ~~gone~~ and `code`.", "Some bold, italic, both, gone and code."],
    ["__bold__ and _italic_, but snake_case_name stays", "bold and italic, but snake_case_name stays"],
    ["2 * 3 * 4 = 24", "2 * 3 * 4 = 24"],
    ['[The site](https://example.com "title") and ![a boat](boat.png)', "The site and a boat"],
    ["See [the paper][1].\n\n[1]: https://example.com", "See the paper."],
    ["<https://example.com>", "https://example.com"],
    ["- one\n* two\n+ three\n  - four", "one\ntwo\nthree\nfour"],
    ["1. first\n2) second\n- [x] done", "first\nsecond\ndone"],
    ["> A quote\n> > within", "A quote\nwithin"],
    ["Before\n\n```js\nconst a = 1;\n```\n\nAfter", "Before\n\nAfter"],
    ["Before\n\n~~~\nnever closed", "Before"],
    ["| Sea | Depth |\n|-----|:-----:|\n| North | 95 m |", "Sea, Depth\n\nNorth, 95 m"],
    ["A<br>B <b>bold</b> <!-- hidden --> end", "A\nB bold  end"],
    ["<script>alert(1)</script>Text", "Text"],
    ["One\n\n***\n\nTwo\n\n- - -\n\nThree", "One\n\nTwo\n\nThree"],
    ["*Rehearsal text, written locally.*\n\nThe sea", "Rehearsal text, written locally.\n\nThe sea"],
    ["Fish &amp; chips, 3 \\* 4", "Fish & chips, 3 * 4"],
    ["A fact[^1].", "A fact."],
    ["L’été — « bleu »", "L’été — « bleu »"],
    ["a < b and c > d", "a < b and c > d"],
    ["# Learn C#\n\n## F# ##", "Learn C#\n\nF#"],
    ["> # The sea\n> ---\n> - wide", "The sea\n\nwide"],
    ["a || b, c | d", "a || b, c, d"],
    ["**open, and **closed** here**", "open, and **closed here**"],
    ["** not bold ** and ** neither", "** not bold ** and ** neither"],
    ["", ""],
  ])("reads %j as %j", (markdown, spoken) => {
    expect(spokenText(markdown)).toBe(spoken);
  });

  const LONG = 200_000;
  const blanks = " ".repeat(LONG);

  test.each([
    ["blanks in a heading", `# a${blanks}x`, `a${blanks}x`],
    ["a heading of hashes", `# a ${"#".repeat(LONG)}`, "a"],
    ["hashes in a heading", `# a ${"#".repeat(LONG)}x`, `a ${"#".repeat(LONG)}x`],
    ["blanks between words", `a${blanks}x`, `a${blanks}x`],
    ["blanks in a row of a table", `| a${blanks}x`, `a${blanks}x`],
    ["blanks after a rule", `---${blanks}x`, `---${blanks}x`],
    ["the head of a table that is none", `${"-|".repeat(LONG / 2)}x`, `${"-|".repeat(LONG / 2)}x`],
    ["lines of cells", `a${" | ".repeat(LONG / 3)}b`, `a${", ".repeat(Math.floor(LONG / 3))}b`],
    ["scripts that never end", "<script>".repeat(LONG / 8), ""],
    ["comments that never end", "<!-- ".repeat(LONG / 5), "<!-- ".repeat(LONG / 5).trim()],
    ["bold that never ends", "**a ".repeat(LONG / 4), "**a ".repeat(LONG / 4).trim()],
    ["deleted words that never end", "~~a ".repeat(LONG / 4), "~~a ".repeat(LONG / 4).trim()],
    ["brackets", "[".repeat(LONG), "[".repeat(LONG)],
  ])(
    "takes no longer than the text is long: %s",
    (_name, markdown, spoken) => {
      expect(spokenText(markdown) === spoken).toBe(true);
    },
    1_000,
  );

  test("stays quick on a long text of nothing but marks", () => {
    for (const mark of ["*", "_", "`", "[", "<", "|", "> ", "- ", "#", "~", "![", "=", ":-", "\\", "\n"]) {
      expect(spokenText(mark.repeat(LONG)).length).toBeLessThanOrEqual(LONG * mark.length);
    }
  }, 3_000);
});
