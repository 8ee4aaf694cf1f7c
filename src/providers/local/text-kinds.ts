import { capitalized, type PhraseBook } from "./phrase-book.ts";
import { pick, type Random, shuffled } from "./seeded-random.ts";
import type { TextBrief, TextKind } from "./text-brief.ts";
import { countWords } from "./typeset.ts";

/** Blocks of a Markdown text; they are joined by blank lines. */
type Composer = (book: PhraseBook, brief: TextBrief, random: Random) => string[];

export const COMPOSERS: Record<TextKind, Composer> = {
  article: composeArticle,
  poem: composePoem,
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

interface Network {
  name: string;
  pattern: RegExp;
  words: number;
  hashtags: number;
  endsWithQuestion: boolean;
}

const NETWORKS: readonly Network[] = [
  { name: "LinkedIn", pattern: /\blinkedin\b/i, words: 80, hashtags: 3, endsWithQuestion: true },
  { name: "Instagram", pattern: /\binstagram\b/i, words: 55, hashtags: 5, endsWithQuestion: false },
  { name: "X", pattern: /\b(?:X|[Tt]witter|[Tt]weets?)\b/, words: 32, hashtags: 0, endsWithQuestion: false },
  { name: "Facebook", pattern: /\bfacebook\b/i, words: 55, hashtags: 0, endsWithQuestion: true },
  { name: "TikTok", pattern: /\btiktok\b/i, words: 40, hashtags: 3, endsWithQuestion: false },
  { name: "Threads", pattern: /\bthreads\b/i, words: 40, hashtags: 0, endsWithQuestion: true },
];

function composeSocial(book: PhraseBook, { instructions }: TextBrief, random: Random): string[] {
  const named = NETWORKS.filter(({ pattern }) => pattern.test(instructions));
  const networks = named.length > 0 ? named : NETWORKS.slice(0, 4);
  return networks.flatMap((network) => {
    const question = network.endsWithQuestion ? book.next(book.phrases.questions) : "";
    const words = askedOf(network, instructions) - countWords(question);
    const sentences = book.sentences([book.phrases.posts], words);
    const body = [...sentences, question].filter((sentence) => sentence !== "").join(" ");
    const tags = [...book.hashtags, ...shuffled(random, book.phrases.hashtags)].slice(0, network.hashtags);
    const hashtags = tags.map((tag) => `#${tag}`).join(" ");
    return [`## ${network.name}`, body, hashtags].filter((block) => block !== "");
  });
}

/** Words for one network: what the prompt says behind its name on the same line, or what is usual there. */
function askedOf(network: Network, instructions: string): number {
  const line = instructions.split("\n").find((candidate) => network.pattern.test(candidate)) ?? "";
  const match = /(\d{2,4})\s*(mots|words|caractères|characters)/i.exec(
    line.slice(line.search(network.pattern)),
  );
  if (match === null) return network.words;
  const isCharacters = /^c/i.test(match[2] ?? "");
  return isCharacters ? Math.floor(Number(match[1]) / 8.5) : Number(match[1]);
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
