import type { WordTiming } from "../workflow/ports.ts";

/** When each character of a text is spoken, in seconds: three lists of the same length. */
export interface CharacterTimings {
  characters: string[];
  starts: number[];
  ends: number[];
}

/** A no-break space binds what it stands between: « mot ! » in French is one word with its punctuation. */
const SPACE = /^[^\S\u00A0\u202F]+$/;

/** Gathers characters into words, each from the start of its first to the end of its last. Spaces belong to none. */
export function timedWords({ characters, starts, ends }: CharacterTimings): WordTiming[] {
  const words: WordTiming[] = [];
  let current: WordTiming | null = null;
  for (const [index, character] of characters.entries()) {
    const start = starts[index];
    const end = ends[index];
    if (start === undefined || end === undefined) break;
    if (SPACE.test(character)) {
      current = null;
    } else if (current) {
      current.word += character;
      current.end = end;
    } else {
      current = { word: character, start, end };
      words.push(current);
    }
  }
  return words;
}
