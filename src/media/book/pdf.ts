import { readFileSync } from "node:fs";
import { PAGE_SIZES, type SourceType } from "./book.ts";
import { CODE_FONT, TEXT_FONTS, type FontChoice } from "./book-fonts.ts";
import type { BookPicture } from "./book-pictures.ts";
import { fillWords } from "./book-words.ts";
import { contentsOf } from "./contents.ts";
import type { Manuscript } from "./manuscript.ts";
import { addSourceType } from "./pdf-metadata.ts";
import { PLAIN_END, settleEnds, type ChapterEnd } from "./page-ends.ts";
import { plainText } from "./text-tree.ts";
import { openTypst, type TypstFiles } from "./typst.ts";

export interface PdfParts {
  manuscript: Manuscript;
  cover: BookPicture;
  /** One for each chapter; null where it has none. */
  pictures: (BookPicture | null)[];
  fonts: FontChoice;
  sourceType: SourceType | null;
}

/** A tagged PDF with bookmarks, a clickable table of contents and embedded fonts. The same parts give the same bytes. */
export async function writePdf(parts: PdfParts): Promise<Uint8Array> {
  const { manuscript, pictures, fonts, sourceType } = parts;
  const fixed = new Map<string, Uint8Array>([
    ["/main.typ", readFileSync(new URL("./book.typ", import.meta.url))],
    ["/cover.jpg", parts.cover.jpeg],
  ]);
  pictures.forEach((picture, index) => {
    if (picture !== null) fixed.set(picturePath(index), picture.jpeg);
  });
  const paths = [...TEXT_FONTS, CODE_FONT, ...fonts.further].map((font) => font.path);
  const typst = await openTypst(paths);
  const filesFor = (ends: readonly ChapterEnd[]): TypstFiles =>
    new Map([...fixed, ["/book.json", new TextEncoder().encode(breakableJson(bookData(parts, ends)))]]);
  const ends = settleEnds(manuscript.chapters, (tried) => typst.valuesOf(filesFor(tried), "chapter-end"));
  const pdf = typst.compile(filesFor(ends));
  return sourceType === null ? pdf : addSourceType(pdf, sourceType);
}

function picturePath(index: number): string {
  return `/chapter-${index + 1}.jpg`;
}

/** Millimeters that a picture at the head of a chapter may take. */
const MAX_PICTURE_HEIGHT_MM = 82;
const MARGINS_MM = 37;
const MAX_HEAD_CHARACTERS = 60;

/** What `book.typ` reads. */
function bookData({ manuscript, pictures, fonts }: PdfParts, ends: readonly ChapterEnd[]) {
  const { pageSize, words, title, about, chapters } = manuscript;
  const page = PAGE_SIZES[pageSize];
  const families = [...new Set([...TEXT_FONTS, ...fonts.further].map((font) => font.family))];
  const entries = contentsOf(manuscript);
  return {
    ...manuscript,
    page,
    fonts: families,
    codeFonts: [CODE_FONT.family, ...families],
    shortTitle: runningHead(title),
    coverAlt: fillWords(words.coverPicture, { title }),
    isDetailed: entries.some((entry) => entry.sections.length > 0),
    about: [...about, ...missingNote(fonts.missing, words.missingCharacters), words.typesetBy],
    chapters: chapters.map(({ title: chapterTitle, number, blocks }, index) => {
      const { isTight, lastTogether } = ends[index] ?? PLAIN_END;
      return {
        title: chapterTitle,
        shortTitle: runningHead(plainText(chapterTitle)),
        number,
        blocks,
        isTight,
        lastTogether,
        picture: pictureData(pictures[index] ?? null, {
          path: picturePath(index),
          alt: fillWords(words.chapterPicture, { title: plainText(chapterTitle) }),
          widthMm: page.widthMm - MARGINS_MM,
        }),
      };
    }),
  };
}

/** @param shown.widthMm the most that it may take. */
function pictureData(
  picture: BookPicture | null,
  { path, alt, widthMm }: { path: string; alt: string; widthMm: number },
) {
  if (picture === null) return null;
  const wantedMm = (MAX_PICTURE_HEIGHT_MM * picture.width) / picture.height;
  return { path, alt, share: Math.min(1, wantedMm / widthMm) };
}

/** On one line at the head of a page: what is too long ends after a word. */
function runningHead(title: string): string {
  const characters = Array.from(title);
  if (characters.length <= MAX_HEAD_CHARACTERS) return title;
  const cut = characters.slice(0, MAX_HEAD_CHARACTERS + 1).join("");
  const words = cut.replace(/[\s\u200b][^\s]*$/u, "").replace(/[\s\p{P}]+$/u, "");
  return `${words === "" || words === cut ? characters.slice(0, MAX_HEAD_CHARACTERS).join("") : words}…`;
}

const MAX_NAMED_CHARACTERS = 12;

function missingNote(missing: string[], sentence: string): string[] {
  if (missing.length === 0) return [];
  const named = missing
    .slice(0, MAX_NAMED_CHARACTERS)
    .map((character) => `U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0")}`);
  const more = missing.length > MAX_NAMED_CHARACTERS ? [`… (${missing.length})`] : [];
  return [fillWords(sentence, { characters: [...named, ...more].join(", ") })];
}

const LONG_WORD = /[^\s\u00ad\u200b-]{40,}/gu;
const BREAK_EVERY = 20;

/** Lets words that are longer than a line break inside. */
function breakableJson(data: object): string {
  return JSON.stringify(data, (key, value: unknown) => {
    if (typeof value !== "string" || key === "address" || key === "path") return value;
    return value.replace(LONG_WORD, (word) =>
      Array.from(word)
        .map((character, index) =>
          index > 0 && index % BREAK_EVERY === 0 ? `\u200b${character}` : character,
        )
        .join(""),
    );
  });
}
