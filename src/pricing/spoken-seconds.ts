/**
 * A voice at its slowest, in bytes of UTF-8 a second. Bytes, because letters of one byte stand for a sound each while signs
 * of three stand for a syllable or more: this gives English a fifth of its usual 15 letters a second, Chinese one sign a
 * second where four or five are usual, and Japanese a second for a sign that may be read as four syllables.
 */
const BYTES_PER_SECOND_AT_LEAST = 3;
/**
 * What is not a small letter, a letter of a script without capitals, or a blank may be spoken as a word of its own: `7`,
 * `%`, `W`, an emoji. Taken for this many bytes more, hence two seconds for a digit: twice what "quatre-vingt-dix-sept"
 * needs for two.
 */
const BYTES_MORE_FOR_A_WORD = 5;
const SPOKEN_AS_WORD = /[^\p{Ll}\p{Lo}\p{Lm}\p{M}\s]/gu;

/** The longest that a voice takes to speak a text, in seconds, at its normal speed; a delivery instruction may slow it. */
export function spokenSecondsAtMost(text: string): number {
  const words = text.match(SPOKEN_AS_WORD)?.length ?? 0;
  return (Buffer.byteLength(text) + words * BYTES_MORE_FOR_A_WORD) / BYTES_PER_SECOND_AT_LEAST;
}
