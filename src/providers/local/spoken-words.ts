import { writtenWords } from "../../media/written-words.ts";
import type { WordTiming } from "../../workflow/values.ts";

/** A word event of the voice: where its word stands in the text and when it is heard. */
export interface WordEvent {
  /** Code points from the start of the text, from 0. */
  position: number;
  /** Seconds. */
  start: number;
}

/**
 * The text as a voice should read it: without emoji, which it would read out by name, and without control characters.
 * Empty where nothing is left to say.
 */
export function speakableText(text: string): string {
  const clean = text
    .toWellFormed()
    .replace(/[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\u20E3\uFE0F\u200D]/gu, "")
    .replace(/[^\P{Cc}\n\t]/gu, " ")
    .replace(/[ \t]+/g, " ")
    .replace(/ ?\n ?/g, "\n")
    .trim();
  return /[\p{L}\p{N}]/u.test(clean) ? clean : "";
}

/**
 * When each written word is heard. The voice's own words differ from written ones (elisions, numbers), so each written
 * word starts with the first event inside it, and lies between its neighbours where it has none.
 * @param durationSeconds of the whole sound.
 */
export function wordTimings(text: string, events: WordEvent[], durationSeconds: number): WordTiming[] {
  const written = writtenWords(text);
  let next = 0;
  const starts = written.map((word) => {
    while (next < events.length && (events[next]?.position ?? 0) < word.from) next += 1;
    const event = events[next];
    return event !== undefined && event.position < word.to ? event.start : null;
  });
  const known = fillGaps(starts, durationSeconds);
  return written.map((word, index) => ({
    word: word.text,
    start: rounded(known[index] ?? 0),
    end: rounded(known[index + 1] ?? durationSeconds),
  }));
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1_000) / 1_000;
}

function fillGaps(starts: (number | null)[], durationSeconds: number): number[] {
  const filled: number[] = [];
  for (const [index, start] of starts.entries()) {
    const before = filled[index - 1] ?? 0;
    if (start !== null) {
      filled.push(Math.max(before, start));
      continue;
    }
    const ahead = starts.findIndex((later, at) => at > index && later !== null);
    const after = ahead === -1 ? durationSeconds : (starts[ahead] ?? durationSeconds);
    const steps = (ahead === -1 ? starts.length : ahead) - index + 1;
    filled.push(before + Math.max(0, after - before) / steps);
  }
  return filled;
}
