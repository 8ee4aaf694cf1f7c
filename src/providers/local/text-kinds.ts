import { composeChapter } from "./book-chapters.ts";
import { capitalized, type PhraseBook } from "./phrase-book.ts";
import { composeSocial } from "./social-posts.ts";
import { pick, type Random, shuffled } from "./seeded-random.ts";
import type { TextBrief, TextKind } from "./text-brief.ts";
import { countWords } from "./typeset.ts";

/** Blocks of a Markdown text; they are joined by blank lines. */
type Composer = (book: PhraseBook, brief: TextBrief, random: Random) => string[];

export const COMPOSERS: Record<TextKind, Composer> = {
  article: composeArticle,
  chapter: composeChapter,
  poem: composePoem,
  haiku: composeHaiku,
  social: composeSocial,
  marketing: composeMarketing,
  script: composeScript,
  lesson: composeLesson,
  picture: composePicture,
};

const WORDS_A_PARAGRAPH = 75;

function composeArticle(book: PhraseBook, { wordCount }: TextBrief, random: Random): string[] {
  const { phrases } = book;
  const title = `# ${capitalized(book.next(phrases.titles))}`;
  // A very short article is a title and a paragraph.
  if (wordCount < 130) {
    const body = book.sentences(
      [phrases.intros, phrases.ideas, phrases.closings],
      wordCount - countWords(title),
    );
    return [title, body.join(" ")];
  }
  const intro = `${book.next(phrases.intros)} ${book.next(phrases.leads)}`;
  const conclusion = [
    `## ${book.write(phrases.conclusionHeading)}`,
    `${book.next(phrases.closings)} ${book.next(phrases.closings)}`,
  ];
  const sectionCount = wordCount < 450 ? 3 : Math.min(12, Math.max(4, Math.round(wordCount / 200)));
  const headings = shuffled(random, phrases.headings).slice(0, sectionCount);
  const blocks = [title, intro];
  const fixed = [title, intro, ...headings, ...conclusion].join(" ");
  let left = Math.max(0, wordCount - countWords(fixed));
  headings.forEach((heading, index) => {
    const share = left / (sectionCount - index);
    const paragraphs = composeParagraphs(book, share);
    left -= countWords(paragraphs.join(" "));
    blocks.push(`## ${book.write(heading)}`, ...paragraphs);
  });
  return [...blocks, ...conclusion];
}

function composeParagraphs(book: PhraseBook, wordCount: number): string[] {
  const { ideas, examples, nuances } = book.phrases;
  const paragraphCount = Math.max(1, Math.round(wordCount / WORDS_A_PARAGRAPH));
  const paragraphs: string[] = [];
  let left = wordCount;
  for (let index = 0; index < paragraphCount; index += 1) {
    const paragraph = book
      .sentences([ideas, examples, ideas, nuances], left / (paragraphCount - index))
      .join(" ");
    left -= countWords(paragraph);
    paragraphs.push(paragraph);
  }
  return paragraphs;
}

function composePoem(book: PhraseBook, { wordCount }: TextBrief, random: Random): string[] {
  const { phrases } = book;
  const title = `# ${capitalized(book.write("{topic}"))}`;
  const stanzas: string[] = [];
  let words = countWords(title);
  while (stanzas.length === 0 || words + 14 < wordCount) {
    const families = shuffled(random, phrases.rhymes.slice(1));
    const first = stanzas.length === 0 ? phrases.rhymes[0] : (families[0] ?? phrases.rhymes[0]);
    const second = families[1] ?? phrases.rhymes[1];
    const opening = stanzas.length === 0 ? book.write(phrases.poemOpening) : book.next(first);
    const lines = [opening, book.next(second), book.next(first), book.next(second).replace(/,$/, ".")];
    // Two spaces at the end of a line keep lines apart in Markdown.
    stanzas.push(lines.join("  \n"));
    words += countWords(lines.join(" "));
  }
  return [title, ...stanzas];
}

/** Three short lines, under the topic as their title. */
function composeHaiku(book: PhraseBook): string[] {
  const lines = book.phrases.haikuLines.map((list) => book.next(list));
  return [`# ${capitalized(book.write("{topic}"))}`, lines.join("  \n")];
}

function composeMarketing(book: PhraseBook, { wordCount }: TextBrief, random: Random): string[] {
  const { phrases } = book;
  const headline = `# ${capitalized(book.write(pick(random, phrases.headlines)))}`;
  const call = book.next(phrases.callsToAction);
  const left = wordCount - countWords(`${headline} ${call}`);
  const sentences = book.sentences([phrases.pitches], left);
  const half = Math.ceil(sentences.length / 2);
  const paragraphs = [sentences.slice(0, half).join(" "), sentences.slice(half).join(" ")];
  return [headline, ...paragraphs.filter((paragraph) => paragraph !== ""), `**${call}**`];
}

function composeScript(book: PhraseBook, { wordCount }: TextBrief): string[] {
  const { phrases } = book;
  const [picture, movement, emotion, tagline] = phrases.scriptParts;
  const ending = [
    `## ${book.write(movement)}`,
    book.next(phrases.movements),
    `## ${book.write(emotion)}`,
    book.next(phrases.emotions),
    `## ${book.write(tagline)}`,
    book.next(phrases.taglines),
  ];
  const endingWords = countWords(ending.join(" "));
  const first = book.write(phrases.shots[0]);
  const shotWords = Math.min(60, wordCount - endingWords - countWords(`${picture} ${first}`));
  const [, ...otherShots] = phrases.shots;
  const [second = phrases.shots[0], ...rest] = otherShots;
  const shots = [first, ...book.sentences([[second, ...rest]], shotWords)];
  const opening = [`## ${book.write(picture)}`, shots.join(" ")];
  const blocks = [...opening];
  let left = wordCount - countWords([...opening, ...ending].join(" "));
  for (let scene = 1; left > 40; scene += 1) {
    const body = book.sentences([phrases.shots, phrases.movements, phrases.examples], Math.min(left, 60));
    const block = [`## ${phrases.sceneLabel} ${scene}`, body.join(" ")];
    left -= countWords(block.join(" "));
    blocks.push(...block);
  }
  return [...blocks, ...ending];
}

function composeLesson(book: PhraseBook, { wordCount }: TextBrief): string[] {
  const { lesson, ideas, examples, nuances } = book.phrases;
  const opening = [
    `# ${capitalized(book.next(lesson.titles))}`,
    `**${book.write(lesson.objectivesHeading)}.** ${book.write(lesson.objective)}`,
    `## ${book.write(lesson.pictureHeading)}`,
  ];
  const ending = [
    `## ${book.write(lesson.exerciseHeading)}`,
    ...lesson.exercises.map((exercise) => book.write(exercise)),
  ];
  const left = wordCount - countWords([...opening, ...ending].join(" "));
  const picture = [book.next(lesson.pictures), ...book.sentences([ideas], left * 0.15)].join(" ");
  const mistake = [book.next(lesson.mistakes), ...book.sentences([nuances, ideas], left * 0.15)].join(" ");
  const steps: string[] = [];
  let stepWords = left - countWords(`${picture} ${mistake}`) - 6;
  for (let step = 0; step < 3; step += 1) {
    const paragraph = book.sentences([ideas, examples, ideas, nuances], stepWords / (3 - step)).join(" ");
    stepWords -= countWords(paragraph);
    steps.push(paragraph);
  }
  return [
    ...opening,
    picture,
    `## ${book.write(lesson.stepsHeading)}`,
    ...steps,
    `## ${book.write(lesson.mistakeHeading)}`,
    mistake,
    ...ending,
  ];
}

function composePicture(book: PhraseBook, { wordCount }: TextBrief): string[] {
  const [opening, ...others] = book.phrases.pictureDescriptions;
  const first = book.write(opening);
  const [second = opening, ...rest] = others;
  const more = book.sentences([[second, ...rest]], wordCount - countWords(first));
  return [[first, ...more].join(" ")];
}
