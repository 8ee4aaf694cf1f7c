import { capitalized, type PhraseBook } from "./phrase-book.ts";

/** Where in a list something is said. */
export interface Turn {
  index: number;
  /** Of the whole list. */
  count: number;
}

const VERSE_LINES = 2;

/** What is said or sung in a field of this name: a dialogue that opens, goes on and ends, or a song. Null elsewhere. */
export function spokenPhrase(name: string, turn: Turn, book: PhraseBook): string | null {
  const { host, guest } = book.phrases.dialogue;
  if (/^(?:host|guest)_?name$/i.test(name)) {
    return book.next(/^host/i.test(name) ? host.names : guest.names);
  }
  if (/^(?:host|animat\w*|presenter)$/i.test(name)) return lineOf(host, turn, book);
  if (/^(?:guest|invite\w*)$/i.test(name)) return lineOf(guest, turn, book);
  if (/lyrics|paroles/i.test(name)) return songOf(book);
  return /^(?:music_?)?style$|genre/i.test(name) ? book.next(book.phrases.musicStyles) : null;
}

type Speaker = PhraseBook["phrases"]["dialogue"]["host"];

/** Lines come in their order, so that each answer is that of its question. */
function lineOf({ openings, lines, endings }: Speaker, { index, count }: Turn, book: PhraseBook): string {
  if (index === 0) return book.next(openings);
  if (index === count - 1) return book.next(endings);
  return book.write(lines[(index - 1) % lines.length] ?? lines[0]);
}

/** Two verses with a chorus after each, as song writers mark them. */
function songOf(book: PhraseBook): string {
  const [first, second, ...others] = book.phrases.rhymes;
  const chorus = [book.write(book.phrases.poemOpening), ...linesOf(first, book).slice(1)];
  const verses = [second, others[0] ?? second].map((family) => linesOf(family, book));
  const parts = verses.flatMap((verse) => [`[Verse]\n${verse.join("\n")}`, `[Chorus]\n${chorus.join("\n")}`]);
  return parts.join("\n\n");
}

function linesOf(family: readonly [string, ...string[]], book: PhraseBook): string[] {
  return Array.from({ length: VERSE_LINES * 2 }, () => capitalized(book.next(family)));
}
