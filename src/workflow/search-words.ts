/** More than anybody types; each is looked up by itself. */
const MAX_WORDS = 12;
const MAX_LETTERS = 60;

/** Letters that no decomposition takes apart. */
const LIGATURES: Record<string, string> = { œ: "oe", æ: "ae", ß: "ss" };

/**
 * What a person typed into a search, as words without case and accents, each to be found as the beginning of a word. Empty
 * where no letter or digit was typed.
 */
export function searchWords(typed: string): string[] {
  const plain = typed
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .replace(/[œæß]/g, (letter) => LIGATURES[letter] ?? letter);
  const words = plain.match(/[\p{L}\p{N}]+/gu) ?? [];
  return [...new Set(words.slice(0, MAX_WORDS).map((word) => word.slice(0, MAX_LETTERS).toWellFormed()))];
}
