import type { WordTiming } from "../workflow/values.ts";
import { alignWords } from "./word-alignment.ts";
import { writtenWords } from "./written-words.ts";

/** What is known of a recorded speech. */
export interface SpokenSource {
  /** As the voice itself timed what it said. */
  words?: readonly WordTiming[] | undefined;
  /** What was said, as its author wrote it. */
  spokenText?: string | undefined;
  /** As somebody who listened to it timed it. */
  transcriptWords?: readonly WordTiming[] | undefined;
  /** Of the recording, as measured. */
  durationSeconds: number;
}

/** `voice` and `transcript` are times that were measured; `spread` is worked out from the text and the duration. */
export type WordTimesOrigin = "voice" | "transcript" | "spread";

export interface WordTimes {
  /** Words that lie inside the recording, one after the other. */
  words: WordTiming[];
  origin: WordTimesOrigin;
}

/** With fewer of its words found again, a transcript is of something else. */
const MIN_MATCHED_SHARE = 0.3;
/** Words that find less room than this between their neighbors share that of the word before them. */
const MIN_WORD_SECONDS = 0.06;

/**
 * When each word is heard: by the voice's own times, else by those of a transcript, else spread over the duration. Words are
 * the author's where these are known, with the times of what was heard. Empty where there are no words at all.
 */
export function wordTimes(source: SpokenSource): WordTimes {
  const { words, transcriptWords, durationSeconds } = source;
  const spokenText = source.spokenText?.trim() ?? "";
  const measured = [
    { heard: words, origin: "voice" as const },
    { heard: transcriptWords, origin: "transcript" as const },
  ];
  for (const { heard, origin } of measured) {
    const inside = insideOf(heard ?? [], durationSeconds);
    if (inside.length === 0) continue;
    const timed = spokenText === "" ? inside : timedText(spokenText, inside, durationSeconds);
    if (timed !== null) return { words: timed, origin };
  }
  return { words: spreadWords(spokenText, durationSeconds), origin: "spread" };
}

/** Words that are in order, have a length and lie inside the recording; others are moved so that they do. */
function insideOf(words: readonly WordTiming[], durationSeconds: number): WordTiming[] {
  const usable = words.filter(
    ({ word, start, end }) => word.trim() !== "" && Number.isFinite(start) && Number.isFinite(end),
  );
  return inOrder(
    usable.toSorted((one, other) => one.start - other.start),
    durationSeconds,
  );
}

function inOrder(words: readonly WordTiming[], durationSeconds: number): WordTiming[] {
  let earliest = 0;
  return words.map(({ word, start, end }, index) => {
    const from = clamp(rounded(start), earliest, durationSeconds);
    const next = words[index + 1]?.start ?? durationSeconds;
    const to = clamp(rounded(Math.min(end, Math.max(next, from))), from, durationSeconds);
    earliest = to;
    return { word: word.trim(), start: from, end: to };
  });
}

/** The words of a text with the times of those that were heard; null where the two have little in common. */
function timedText(text: string, heard: readonly WordTiming[], durationSeconds: number): WordTiming[] | null {
  const written = writtenWords(text).map((word) => word.text);
  // What was heard may be parted in another way: figures in groups, Chinese by sentence.
  const parts = heard.flatMap(partsOfHeard);
  const matches = alignWords(
    written,
    parts.map(({ word }) => word),
  );
  const found = matches.filter((match) => match !== null).length;
  if (found < Math.max(1, written.length * MIN_MATCHED_SHARE)) return null;
  const timed: WordTiming[] = [];
  for (let index = 0; index < written.length;) {
    const match = matches[index] ?? null;
    const part = match === null ? undefined : parts[match];
    if (part !== undefined) {
      timed.push({ ...part, word: written[index] ?? "" });
      index += 1;
      continue;
    }
    const gap = gapAt(matches, index);
    timed.push(...wordsInGap(written.slice(index, gap.end), parts, { gap, timed, durationSeconds }));
    index = gap.end;
  }
  return inOrder(timed, durationSeconds);
}

/** Written words from `end` on were heard again; in between, heard words from `after` to `before` are of no written one. */
interface Gap {
  end: number;
  after: number;
  before: number | null;
}

function gapAt(matches: readonly (number | null)[], index: number): Gap {
  let end = index;
  while (end < matches.length && matches[end] === null) end += 1;
  return { end, after: (matches[index - 1] ?? -1) + 1, before: matches[end] ?? null };
}

/**
 * Words that were heard otherwise ("21" as “twenty-one”) take the time of what was heard there. Those that were not heard at
 * all take the silence; where there is none, they share the time of the word before them, which is taken out of `timed`.
 */
function wordsInGap(
  written: readonly string[],
  parts: readonly WordTiming[],
  { gap, timed, durationSeconds }: { gap: Gap; timed: WordTiming[]; durationSeconds: number },
): WordTiming[] {
  const unmatched = parts.slice(gap.after, gap.before ?? parts.length);
  const [first] = unmatched;
  if (first) return spreadBetween(written, first.start, unmatched.at(-1)?.end ?? first.end);
  const to = gap.before === null ? durationSeconds : (parts[gap.before]?.start ?? durationSeconds);
  const from = timed.at(-1)?.end ?? 0;
  if (to - from >= written.length * MIN_WORD_SECONDS) return spreadBetween(written, from, to);
  const last = timed.pop();
  if (last === undefined) return spreadBetween(written, from, to);
  return spreadBetween([last.word, ...written], last.start, to);
}

/** What a vendor calls one word, parted as words are written. */
function partsOfHeard(heard: WordTiming): WordTiming[] {
  const parts = writtenWords(heard.word).map(({ text }) => text);
  return parts.length < 2 ? [heard] : spreadBetween(parts, heard.start, heard.end);
}

/**
 * Words of a text of which nothing but the length of its sound is known: each as long as its letters, with pauses where marks
 * ask for them. In order, and inside the duration.
 */
export function spreadWords(text: string, durationSeconds: number): WordTiming[] {
  const words = writtenWords(text);
  const characters = Array.from(text);
  const pauses = words.map((word, index) => {
    const next = words[index + 1];
    if (next === undefined) return 0;
    const isNewParagraph = characters.slice(word.to, next.from).includes("\n");
    return isNewParagraph ? PARAGRAPH_PAUSE : pauseAfter(word.text);
  });
  return laidOut(
    words.map((word) => word.text),
    pauses,
    { from: 0, to: durationSeconds },
  );
}

function spreadBetween(words: readonly string[], from: number, to: number): WordTiming[] {
  return laidOut(
    words,
    words.map(() => 0),
    { from, to },
  );
}

/** `pauses` are letters' worth of silence after each word. */
function laidOut(
  words: readonly string[],
  pauses: readonly number[],
  { from, to }: { from: number; to: number },
): WordTiming[] {
  const lengths = words.map(spokenLength);
  const whole = [...lengths, ...pauses].reduce((sum, length) => sum + length, 0);
  const secondsALetter = whole === 0 ? 0 : Math.max(0, to - from) / whole;
  let at = from;
  return words.map((word, index) => {
    const start = at;
    const end = start + (lengths[index] ?? 0) * secondsALetter;
    at = end + (pauses[index] ?? 0) * secondsALetter;
    return { word, start: Math.min(rounded(start), to), end: Math.min(rounded(end), to) };
  });
}

// A voice says about 15 letters a second, rests a quarter of one at a comma and half a one at a full stop.
const CLAUSE_PAUSE = 3.5;
const SENTENCE_PAUSE = 7;
const PARAGRAPH_PAUSE = 10;

function pauseAfter(word: string): number {
  const bare = word.replace(/[\s"'’”»)\]」』]+$/u, "");
  if (/[.!?…。！？]$/u.test(bare)) return SENTENCE_PAUSE;
  return /[,;:–—،؛、，；：]$/u.test(bare) ? CLAUSE_PAUSE : 0;
}

/** In letters: a figure is said as a word, a Chinese sign or a kana as a syllable, and the shortest word takes its time. */
function spokenLength(word: string): number {
  let length = 1;
  for (const character of word) {
    if (/\p{N}/u.test(character)) length += 4;
    else if (/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(character)) length += 3;
    else if (/\p{L}/u.test(character)) length += 1;
  }
  return length;
}

/** The words of several recordings that are played one after the other; `lengths` are theirs, in seconds. */
export function inSequence(recordings: readonly WordTiming[][], lengths: readonly number[]): WordTiming[] {
  let offset = 0;
  return recordings.flatMap((words, index) => {
    const from = offset;
    offset += lengths[index] ?? 0;
    return words.map(({ word, start, end }) => ({
      word,
      start: rounded(start + from),
      end: rounded(end + from),
    }));
  });
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), Math.max(least, most));
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1_000) / 1_000;
}
