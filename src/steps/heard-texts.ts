import type { EarlierResult, HeardText } from "../workflow/ports.ts";
import type { Json } from "../workflow/values.ts";

/** The texts that a parameter holds: one, or a list of them; what is neither counts as none. */
export function textsIn(parameter: Json | undefined): (string | null)[] {
  const entries = Array.isArray(parameter) ? parameter : [parameter ?? null];
  const texts = entries.map((entry) => (typeof entry === "string" && entry.trim() !== "" ? entry : null));
  return texts.every((text) => text === null) ? [] : texts;
}

/** Transcripts with their words, which stand beside the text in what their step has made. */
export function heardIn(
  parameter: Json | undefined,
  results: readonly EarlierResult[],
): (HeardText | null)[] {
  const known = results.flatMap(({ heard }) => heard ?? []);
  return textsIn(parameter).map((text) => {
    if (text === null) return null;
    return known.find((heard) => heard.text.trim() === text.trim()) ?? { text, words: [] };
  });
}
