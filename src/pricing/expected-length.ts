import type { Step } from "../workflow/definition.ts";
import type { Json } from "../workflow/values.ts";
import { CHARACTERS_PER_TOKEN } from "./cost.ts";
import { REASONING_TOKENS, thinks } from "./planned-cost.ts";

/** A length that is not known yet. */
export interface Length {
  low: number;
  likely: number;
  high: number;
}

/** Tokens of a text of which nothing is said: a short paragraph, and the median of what the shipped templates ask for. */
const USUAL_TOKENS = { low: 300, likely: 700 };
/** French takes more tokens a word than English; characters count the space behind a word. */
const TOKENS_PER_WORD = 1.5;
const CHARACTERS_PER_WORD = 6;
/** Models keep to a number of words within about this. */
const WORDS_LOW = 0.7;
/** What the text of a line takes: a topic that is not given yet. */
const TOPIC: Length = { low: 20, likely: 60, high: 300 };

/** How long a topic usually is, in characters. */
export function topicLength(): Length {
  return { ...TOPIC };
}

/**
 * How long the answer of a text step is likely to be: the median of its past runs, otherwise the number of words that its
 * prompt asks for, otherwise a page; never more than `max_output_tokens`. Tokens hold those of reasoning.
 */
export function expectedLength(asked: {
  step: Pick<Step, "prompt">;
  /** With the model's defaults. */
  parameters: Record<string, Json>;
  medianTokens: number | null;
}): { tokens: Pick<Length, "low" | "likely">; characters: Length } {
  const { step, parameters, medianTokens } = asked;
  const most = parameters["max_output_tokens"];
  const limit = typeof most === "number" ? most : Number.MAX_SAFE_INTEGER;
  const reasoning = thinks(parameters) ? REASONING_TOKENS : 0;
  const words = askedWords(step.prompt);
  const written =
    words === null
      ? USUAL_TOKENS
      : { low: words * TOKENS_PER_WORD * WORDS_LOW, likely: words * TOKENS_PER_WORD };
  const likely = medianTokens ?? written.likely + reasoning;
  const tokens = {
    low: Math.round(Math.min(limit, medianTokens === null ? written.low : medianTokens * WORDS_LOW)),
    likely: Math.round(Math.min(limit, likely)),
  };
  const characters = {
    low: tokens.low * CHARACTERS_PER_TOKEN,
    likely: words === null ? (tokens.likely - reasoning) * CHARACTERS_PER_TOKEN : words * CHARACTERS_PER_WORD,
    high: Math.min(limit, 4_096) * CHARACTERS_PER_TOKEN,
  };
  return { tokens, characters: { ...characters, likely: Math.max(0, characters.likely) } };
}

/** "900 words"; "1,200 words" and "1 200 mots", with whatever space, are one number each. */
const WORD_COUNT = /(?<!\d)(\d{1,3}[,\s]\d{3}|\d{1,5})\s*(?:mots|words)\b/gi;

/**
 * The number of words that a prompt asks for; null where it names none. Of several numbers the largest is the whole where
 * the others are parts of it; where no one stands out they are pieces of their own, and add up.
 */
export function askedWords(prompt: string): number | null {
  const counts = [...prompt.matchAll(WORD_COUNT)].map(([, count]) => Number(count?.replace(/\D/, "")));
  if (counts.length === 0) return null;
  const largest = Math.max(...counts);
  const sum = counts.reduce((total, count) => total + count, 0);
  return largest * 2 >= sum ? largest : sum;
}
