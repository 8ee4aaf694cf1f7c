import { writtenWords } from "../media/written-words.ts";
import type { WordTiming } from "../workflow/values.ts";

/** When each character of a text is spoken, in seconds: three lists of the same length. */
export interface CharacterTimings {
  characters: string[];
  starts: number[];
  ends: number[];
}

/** Gathers characters into words, each from the start of its first to the end of its last. Spaces belong to none. */
export function timedWords({ characters, starts, ends }: CharacterTimings): WordTiming[] {
  const timed = characters.slice(0, Math.min(starts.length, ends.length));
  // A character of theirs may be several code points, as an emoji is.
  const indexes = timed.flatMap((character, index) => Array.from(character, () => index));
  return writtenWords(timed.join("")).map(({ text, from, to }) => ({
    word: text,
    start: starts[indexes[from] ?? 0] ?? 0,
    end: ends[indexes[to - 1] ?? 0] ?? 0,
  }));
}
