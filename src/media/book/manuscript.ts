import type { Book, BookLanguage, PageSize } from "./book.ts";
import { BOOK_WORDS, fillWords, type BookWords } from "./book-words.ts";
import { cleanText, readInlineMarkdown, readMarkdown } from "./markdown-tree.ts";
import { plainText, type Block, type Inline } from "./text-tree.ts";
import { setTextForPrint } from "./print-typography.ts";

export interface ManuscriptChapter {
  title: Inline[];
  /** From 1; null in a book of one chapter, where it says nothing. */
  number: number | null;
  blocks: Block[];
  picturePath: string | null;
}

/** A book whose texts have been read: what both the EPUB and the PDF are made of. */
export interface Manuscript {
  title: string;
  subtitle: string;
  author: string;
  description: string;
  language: BookLanguage;
  pageSize: PageSize;
  words: BookWords;
  foreword: Block[];
  chapters: ManuscriptChapter[];
  /** Sentences of the last page: how the book came about. */
  about: string[];
}

const MAX_TITLE_CHARACTERS = 300;

/** Reads the texts of a book. The same book always gives the same manuscript. */
export function readManuscript(book: Book): Manuscript {
  const { language } = book;
  const words = BOOK_WORDS[language];
  const notes = new Set<string>();
  const drafts = book.chapters.map(({ title, markdown }) =>
    takeTitle(title, takeNote(readMarkdown(markdown, language), notes), language),
  );
  const [only] = drafts;
  const isOneText = drafts.length === 1 && book.chapters[0]?.title === "";
  const split = isOneText && only !== undefined ? splitAtHeadings(only) : null;
  const chapters = split?.chapters ?? drafts;
  const ownTitle = split === null ? "" : plainText(split.title);
  const title =
    lineOf(book.title, language) || lineOf(ownTitle, language) || capitalized(lineOf(book.topic, language));
  const foreword = readMarkdown(book.foreword, language);
  return {
    title: title === "" ? words.chapter : title,
    subtitle: lineOf(book.subtitle, language),
    author: lineOf(book.author, language),
    description: lineOf(book.description, language),
    language,
    pageSize: book.pageSize,
    words,
    foreword: [...foreword, ...(split?.opening ?? [])],
    chapters: chapters.map((chapter, index) => ({
      title: titleOf(chapter.title, index, { title, words, isOnly: chapters.length === 1 }),
      number: chapters.length > 1 ? index + 1 : null,
      blocks: withHeadingsFrom2(chapter.blocks),
      picturePath: book.pictures[index] ?? null,
    })),
    about: [...madeBy(book, words), ...notes],
  };
}

/** A title or a name: one line, of a length that a page and a catalogue can hold. */
function lineOf(text: string, language: BookLanguage): string {
  const line = plainText(readInlineMarkdown(cleanText(text), language));
  return setTextForPrint(Array.from(line).slice(0, MAX_TITLE_CHARACTERS).join(""), language);
}

interface Draft {
  title: Inline[];
  blocks: Block[];
}

/**
 * A first paragraph of emphasis alone, right before a heading, is what a text says of itself (“composed locally …”).
 * A book says it once, on its last page.
 */
function takeNote(blocks: Block[], notes: Set<string>): Block[] {
  const [first, second] = blocks;
  if (first?.kind !== "paragraph") return blocks;
  const isNote = first.children.every((node) => node.kind === "emphasis");
  if (!isNote || second?.kind !== "heading") return blocks;
  notes.add(plainText(first.children));
  return blocks.slice(1);
}

/** The chapter's title is the one given, or else the heading that its text begins with; it is not said twice. */
function takeTitle(given: string, blocks: Block[], language: BookLanguage): Draft {
  const [first] = blocks;
  const asked = given === "" ? [] : readInlineMarkdown(cleanText(given), language);
  if (first?.kind !== "heading") return { title: asked, blocks };
  if (asked.length === 0) return { title: first.children, blocks: blocks.slice(1) };
  const isSaidTwice = first.level === 1 || sameWords(plainText(first.children), plainText(asked));
  return { title: asked, blocks: isSaidTwice ? blocks.slice(1) : blocks };
}

function sameWords(one: string, other: string): boolean {
  return wordsOf(one) === wordsOf(other);
}

function wordsOf(text: string): string {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join(" ");
}

/**
 * Cuts one text into chapters at its highest headings. A heading that stands alone above the others is the book's title.
 * Null where there are no headings to cut at.
 */
function splitAtHeadings(text: Draft): { title: Inline[]; opening: Block[]; chapters: Draft[] } | null {
  const levels = text.blocks.flatMap((block) => (block.kind === "heading" ? [block.level] : []));
  const level = Math.min(...levels);
  if (levels.length === 0) return null;
  const opening: Block[] = [];
  const chapters: Draft[] = [];
  for (const block of text.blocks) {
    if (block.kind === "heading" && block.level === level)
      chapters.push({ title: block.children, blocks: [] });
    else (chapters.at(-1)?.blocks ?? opening).push(block);
  }
  return { title: text.title, opening, chapters };
}

/** A title without the number that its writer gave it, where the book counts by itself. */
function titleOf(
  written: Inline[],
  index: number,
  { title, words, isOnly }: { title: string; words: BookWords; isOnly: boolean },
): Inline[] {
  const fallback = isOnly ? title : `${words.chapter} ${index + 1}`;
  const [first, ...rest] = written;
  if (first === undefined) return [{ kind: "text", text: fallback }];
  if (first.kind !== "text" || isOnly) return written;
  const number =
    /^(?:(?:chapitre|chapter|cap[ií]tulo|kapitel|capitolo)\s+\d{1,3}\s*[:.\u2013\u2014-]\s*|\d{1,3}\s*[.:)\u2013\u2014]\s+)(?=\S)/iu;
  const text = first.text.replace(number, "");
  return [{ kind: "text", text: text === first.text ? text : capitalized(text) }, ...rest];
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** Moves the headings inside of a chapter so that the highest is of level 2, below the chapter's title. */
function withHeadingsFrom2(blocks: Block[]): Block[] {
  const levels = blocks.flatMap((block) => (block.kind === "heading" ? [block.level] : []));
  const shift = 2 - Math.min(...levels);
  return blocks.map((block) =>
    block.kind === "heading" ? { ...block, level: Math.min(6, block.level + shift) } : nestedAt(block),
  );
}

/** Headings inside of quotes and lists are of no use in a table of contents. */
function nestedAt(block: Block): Block {
  const flatten = (inner: Block[]): Block[] =>
    inner.map((one) =>
      one.kind === "heading"
        ? { kind: "paragraph", children: [{ kind: "strong", children: one.children }] }
        : nestedAt(one),
    );
  if (block.kind === "quote") return { ...block, blocks: flatten(block.blocks) };
  return block.kind === "list" ? { ...block, items: block.items.map(flatten) } : block;
}

function madeBy({ sourceType, models }: Book, words: BookWords): string[] {
  const names = { models: models.map((model) => cleanText(model)).join(", ") };
  if (sourceType === "trainedAlgorithmicMedia") return [fillWords(words.madeByModels, names)];
  if (sourceType === "compositeWithTrainedAlgorithmicMedia") return [fillWords(words.madeByBoth, names)];
  return sourceType === "algorithmicMedia" ? [words.madeLocally] : [];
}
