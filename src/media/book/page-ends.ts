import { z } from "zod";
import { plainText, type Block } from "./text-tree.ts";

/** How the text of a chapter is brought to its end. */
export interface ChapterEnd {
  /** Set a little closer, so that the last lines fit on the page before. */
  isTight: boolean;
  /** How many blocks at the end stand on one page. */
  lastTogether: number;
}

export const PLAIN_END: ChapterEnd = { isTight: false, lastTogether: 0 };

/** Five lines: with less on it, the last page of a chapter looks forgotten. */
const SHORT_PAGE_PT = 70;
const SHORT_PAGE_CHARACTERS = 300;
const MOST_TOGETHER_CHARACTERS = 800;

/** Where the texts of chapters end: how many pages after their first, and how far below the top of the page's text. */
const endsSchema = z.array(z.object({ pagesTurned: z.number(), belowTopPt: z.number() }));

/**
 * How each chapter ends, so that none leaves a few lines alone on a page: set closer where that is enough, otherwise taking its
 * last paragraphs along.
 * @param tryOut sets the book with these ends and says where the chapters then end.
 */
export function settleEnds(
  chapters: readonly { blocks: Block[] }[],
  tryOut: (ends: readonly ChapterEnd[]) => unknown,
): ChapterEnd[] {
  const plain = chapters.map(() => PLAIN_END);
  const isShort = shortPages(tryOut(plain));
  if (!isShort.includes(true)) return plain;
  const closer = isShort.map((isTight): ChapterEnd => ({ isTight, lastTogether: 0 }));
  const isStillShort = shortPages(tryOut(closer));
  return chapters.map(({ blocks }, index) =>
    isStillShort[index]
      ? { isTight: false, lastTogether: lastTogether(blocks) }
      : (closer[index] ?? PLAIN_END),
  );
}

function shortPages(said: unknown): boolean[] {
  return endsSchema
    .parse(said)
    .map(({ pagesTurned, belowTopPt }) => pagesTurned > 0 && belowTopPt < SHORT_PAGE_PT);
}

/** The last paragraphs, with the headings between them, that make about five lines; 0 where that would be too much. */
function lastTogether(blocks: Block[]): number {
  let characters = 0;
  for (let count = 1; count < blocks.length; count += 1) {
    const block = blocks[blocks.length - count];
    if (block?.kind !== "paragraph" && block?.kind !== "heading") return 0;
    characters += plainText(block.children).length;
    if (characters > MOST_TOGETHER_CHARACTERS) return 0;
    if (characters >= SHORT_PAGE_CHARACTERS && block.kind === "paragraph") return count;
  }
  return 0;
}
