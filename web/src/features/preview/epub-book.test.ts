import { describe, expect, test } from "vitest";
import { pathIn } from "./epub-book.ts";

describe("an address in a book", () => {
  test.each([
    ["OEBPS/content.opf", "text/ch1.xhtml", "OEBPS/text/ch1.xhtml", null],
    ["OEBPS/text/ch1.xhtml", "../images/a%20b.png", "OEBPS/images/a b.png", null],
    ["OEBPS/text/ch1.xhtml", "#note-1", "OEBPS/text/ch1.xhtml", "note-1"],
    ["OEBPS/nav.xhtml", "text/ch2.xhtml#s%C3%A9c", "OEBPS/text/ch2.xhtml", "séc"],
    ["nav.xhtml", "../../../etc/passwd", "etc/passwd", null],
    ["nav.xhtml", "%zz", "%zz", null],
  ])("from %s to %s leads to %s", (from, href, path, fragment) => {
    expect(pathIn(from, href)).toEqual({ path, fragment });
  });
});
