import type { StoredOutput } from "../db/stored-values.ts";

const MAX_CHARACTERS = 140;

/** What an execution shows of itself in a list: a film or a picture, otherwise how its text begins. */
export interface Glimpse {
  artifactId: string | null;
  excerpt: string | null;
}

/** The glimpse of what the steps have made, in their order. */
export function glimpseOf(outputs: readonly StoredOutput[]): Glimpse {
  const files = outputs.flatMap((output) => output.files);
  const seen =
    files.find(({ medium }) => medium === "video") ?? files.find(({ medium }) => medium === "image");
  if (seen) return { artifactId: seen.artifactId, excerpt: null };
  const text = outputs.find(({ text: written = "" }) => written.trim() !== "")?.text;
  return { artifactId: null, excerpt: text === undefined ? null : excerptOf(text) };
}

/** The first words of a text, without the marks of Markdown. */
function excerptOf(text: string): string {
  return text
    .slice(0, MAX_CHARACTERS * 4)
    .replace(/^#{1,6}\s+|^\s*[-*>]\s+|[*_`]{1,3}/gm, "")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, MAX_CHARACTERS)
    .toWellFormed();
}
