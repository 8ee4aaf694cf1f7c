import type { Manuscript } from "./manuscript.ts";
import { plainText, type Block, type Heading } from "./text-tree.ts";

/** With more headings than this, the table of contents names chapters only, so that it stays one or two pages. */
const MAX_DETAILED_ENTRIES = 40;

export interface ContentsEntry {
  title: string;
  number: number | null;
  /** Headings of level 2; empty where the table names chapters only. */
  sections: string[];
}

/** What the table of contents says, the same in the EPUB and in the PDF. */
export function contentsOf({ chapters }: Manuscript): ContentsEntry[] {
  const isDetailed = hasSections(chapters.map((chapter) => chapter.blocks));
  return chapters.map(({ title, number, blocks }) => ({
    title: plainText(title),
    number,
    sections: isDetailed ? sectionsOf(blocks).map((heading) => plainText(heading.children)) : [],
  }));
}

/** The headings that the table of contents names below a chapter. */
function sectionsOf(blocks: Block[]): Heading[] {
  return blocks.filter((block) => block.kind === "heading").filter((heading) => heading.level === 2);
}

function hasSections(chapters: Block[][]): boolean {
  const count = chapters.reduce((sum, blocks) => sum + 1 + sectionsOf(blocks).length, 0);
  return count <= MAX_DETAILED_ENTRIES;
}
