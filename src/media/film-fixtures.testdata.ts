// What the sounds of `film-fixtures.testworker.ts` hold: bursts of a low tone stand for words, a high one for music.

export const WORD_HERTZ = 300;
export const MUSIC_HERTZ = 3_000;
/** When words begin, in seconds. */
export const WORD_STARTS = [0.1, 0.5, 0.9, 1.5, 1.9];
export const WORD_SECONDS = 0.25;
export const NARRATION_SECONDS = 2.3;
