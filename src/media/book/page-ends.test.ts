import { describe, expect, test } from "vitest";
import { PLAIN_END, settleEnds, type ChapterEnd } from "./page-ends.ts";
import type { Block } from "./text-tree.ts";

const FIRST_PAGE = { pagesTurned: 0, belowTopPt: 30 };
const FULL_PAGE = { pagesTurned: 1, belowTopPt: 300 };
const TWO_LINES = { pagesTurned: 1, belowTopPt: 28 };

function paragraph(characters: number): Block {
  return { kind: "paragraph", children: [{ kind: "text", text: "a".repeat(characters) }] };
}

function chapterOf(...lengths: number[]) {
  return { blocks: lengths.map(paragraph) };
}

describe("settleEnds", () => {
  test("leaves chapters as they are whose last page is their first, or holds enough", () => {
    const tried: (readonly ChapterEnd[])[] = [];
    const ends = settleEnds([chapterOf(90), chapterOf(900)], (tryOut) => {
      tried.push(tryOut);
      return [FIRST_PAGE, FULL_PAGE];
    });
    expect(ends).toEqual([PLAIN_END, PLAIN_END]);
    expect(tried).toHaveLength(1);
  });

  test("sets closer the chapter that leaves two lines alone, and no other", () => {
    const ends = settleEnds([chapterOf(900, 90), chapterOf(900, 90)], ([first]) => [
      first?.isTight === true ? FIRST_PAGE : TWO_LINES,
      FULL_PAGE,
    ]);
    expect(ends).toEqual([{ isTight: true, lastTogether: 0 }, PLAIN_END]);
  });

  test("takes the last paragraphs along where setting closer is not enough", () => {
    const chapters = [
      chapterOf(900, 200, 150, 90),
      chapterOf(900, 900, 90),
      chapterOf(150, 90),
      { blocks: [paragraph(400), { kind: "rule" as const }, paragraph(90)] },
    ];
    const ends = settleEnds(chapters, () => chapters.map(() => TWO_LINES));
    expect(ends.map((end) => end.lastTogether)).toEqual([3, 0, 0, 0]);
    expect(ends.some((end) => end.isTight)).toBe(false);
  });
});
