import type { Language } from "../../errors.ts";

const NO_BREAK = "\u00A0";
const NARROW = "\u202F";

/** Gives a phrase the typography of its language: French spaces before marks, curved apostrophes. */
export function typeset(phrase: string, language: Language): string {
  const curved = phrase.replaceAll("'", "’");
  if (language === "en") return curved;
  return curved
    .replace(/ ([;!?])/g, `${NARROW}$1`)
    .replace(/ :/g, `${NO_BREAK}:`)
    .replace(/« /g, `«${NO_BREAK}`)
    .replace(/ »/g, `${NO_BREAK}»`);
}

const MAX_TOPIC_CHARACTERS = 90;

/** A topic as it stands inside sentences: on one line, not too long, and nothing in it counts as Markdown. */
export function topicInText(topic: string): string {
  const line = topic
    .toWellFormed()
    .replace(/[\p{Cc}\p{Z}\s]+/gu, " ")
    .trim()
    // The full stop of a topic that is a sentence would stand in the middle of another.
    .replace(/(?<![.\p{Lu}])\.$/u, "");
  const characters = Array.from(line);
  const shown =
    characters.length > MAX_TOPIC_CHARACTERS
      ? `${characters.slice(0, MAX_TOPIC_CHARACTERS).join("").replace(/ \S*$/, "").trimEnd()}…`
      : line;
  return escapedMarkdown(shown);
}

function escapedMarkdown(text: string): string {
  return (
    text
      .replace(/[\\`*_[\]<>|~#&$@]/g, "\\$&")
      // Bare addresses become links by themselves.
      .replaceAll("://", "\\://")
      .replace(/www\./gi, (match) => `${match.slice(0, 3)}\\.`)
  );
}

/** Phrases as they stand where nothing counts as Markdown: in JSON, in captions. */
export function withoutEscapes(text: string): string {
  return text.replace(/\\([\\`*_[\]<>|~#&$@:.])/g, "$1");
}

export function countWords(text: string): number {
  return text.match(/[\p{L}\p{N}][\p{L}\p{N}’'-]*/gu)?.length ?? 0;
}
