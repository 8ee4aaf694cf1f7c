import type { Language } from "../../errors.ts";
import type { ChapterPhrases } from "./chapter-phrases.ts";
import { CHAPTERS_EN } from "./chapters-en.ts";
import { CHAPTERS_FR } from "./chapters-fr.ts";
import { capitalized, type PhraseBook } from "./phrase-book.ts";
import type { Random } from "./seeded-random.ts";
import type { TextBrief } from "./text-brief.ts";
import { topicInText } from "./typeset.ts";

const CHAPTERS: Record<Language, readonly [ChapterPhrases, ...ChapterPhrases[]]> = {
  fr: CHAPTERS_FR,
  en: CHAPTERS_EN,
};

/** The chapter at a place of an outline, counted from 0; where they begin again, the title says so. */
export function outlinedChapter(
  language: Language,
  index: number,
): Pick<ChapterPhrases, "title" | "summary"> {
  const chapters = CHAPTERS[language];
  const { title, summary } = chapters[index % chapters.length] ?? chapters[0];
  const round = Math.floor(index / chapters.length) + 1;
  return { title: round === 1 ? title : `${title} (${round})`, summary };
}

/**
 * Writes the chapter that has the title which the prompt asks for, or else the one that the dice decide. So the chapters of
 * one outline are all different.
 */
export function composeChapter(
  book: PhraseBook,
  { askedTitle, language }: TextBrief,
  random: Random,
): string[] {
  const chapters = CHAPTERS[language];
  const byDice = chapters[Math.floor(random() * chapters.length)] ?? chapters[0];
  const chapter = chapters.find(({ title }) => title === askedTitle) ?? byDice;
  const title = askedTitle === null ? chapter.title : capitalized(topicInText(askedTitle));
  return [
    `# ${title}`,
    book.write(chapter.opening),
    ...chapter.sections.flatMap(({ heading, paragraphs }) => [
      `## ${book.write(heading)}`,
      ...paragraphs.map((paragraph) => book.write(paragraph)),
    ]),
    book.write(chapter.closing),
  ];
}
