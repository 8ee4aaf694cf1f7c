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
    ["L'été — « bleu »", "L'été — « bleu »"],
    ["a < b and c > d", "a < b and c > d"],
    ["", ""],
  ])("reads %j as %j", (markdown, spoken) => {
    expect(spokenText(markdown)).toBe(spoken);
  });

  test("stays quick on a long text of nothing but marks", () => {
    const started = performance.now();
    for (const mark of ["*", "_", "`", "[", "<", "|", "> ", "- ", "#", "~", "!["])
      spokenText(mark.repeat(20_000));
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});
