/** A word that is spoken, with its place among all words. */
export interface NumberedWord {
  index: number;
  word: string;
  /** Seconds from the start. */
  start: number;
}

const MAX_WORDS = 40;

/** Words as sentences, so that each can be chosen as one. A sentence without an end is cut. */
export function sentencesOf(words: readonly { word: string; start: number }[]): NumberedWord[][] {
  const sentences: NumberedWord[][] = [];
  let sentence: NumberedWord[] = [];
  for (const [index, { word, start }] of words.entries()) {
    sentence.push({ index, word, start });
    if (/[.!?…。！？؟]["»”’)]*$/u.test(word.trim()) || sentence.length === MAX_WORDS) {
      sentences.push(sentence);
      sentence = [];
    }
  }
  return sentence.length === 0 ? sentences : [...sentences, sentence];
}
