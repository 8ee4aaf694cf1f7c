/*
 * Any topic and any answer of a model comes through here, so all of it takes time in proportion to the text: no pattern
 * has two neighbours that match the same character, nor looks for an end beyond the next place where it could begin.
 */

/** What is taken away before the text is cut into lines. */
const BEFORE_LINES: readonly [RegExp, string][] = [
  [/\r\n?/g, "\n"],
  // Code is not read out; pictures are, by their description.
  [/^ {0,3}(```|~~~)[^\n]*\n[\s\S]*?(?:^ {0,3}\1[`~]*[ \t]*$|(?![\s\S]))/gm, ""],
];

const INLINE: readonly [RegExp, string][] = [
  [/!\[([^\][\n]{0,500})\]\([^()\n]{0,2000}\)/g, "$1"],
  [/\[([^\][\n]{1,500})\]\([^()\n]{0,2000}\)/g, "$1"],
  [/\[([^\][\n]{1,500})\]\[[^\][\n]{0,500}\]/g, "$1"],
  [/^ {0,3}\[[^\][\n]{1,500}\]:[ \t]+\S.*$/gm, ""],
  [/\[\^[^\][\n]{1,100}\]:?/g, ""],
  [/<(https?:\/\/[^<>\s]{1,2000})>/g, "$1"],
  [/<br\s*\/?>/gi, "\n"],
  [/<\/?[a-z][^<>\n]{0,2000}>/gi, ""],
];

const AFTER_LINES: readonly [RegExp, string][] = [
  [/(?<![\w*])\*(?=[^\s*])([^*\n]{0,2000}?[^\s*])\*(?![\w*])/g, "$1"],
  [/(?<![\w_])_(?=[^\s_])([^_\n]{0,2000}?[^\s_])_(?![\w_])/g, "$1"],
  [/(`{1,5})([^`\n]{1,2000})\1/g, "$2"],
  [/\\([\\`*_{}[\]()#+.!|>~-])/g, "$1"],
  [/&nbsp;/g, " "],
  [/&amp;/g, "&"],
  [/&lt;/g, "<"],
  [/&gt;/g, ">"],
];

/** Each with its longer form first. */
const PAIRED_MARKS = ["***", "___", "**", "__", "~~"];
/** How far apart two marks may be that belong together. */
const MAX_PAIR_CHARACTERS = 2_000;

/** The words of a Markdown text, as a voice reads them: no marks, links by their words, code and comments left out. */
export function spokenText(markdown: string): string {
  let text = replaced(markdown, BEFORE_LINES);
  text = withoutSpans(text, /<!--|-->/g, "<!--");
  text = withoutSpans(text, /<script\b|<\/script\s*>/gi, "<script");
  text = withoutSpans(text, /<style\b|<\/style\s*>/gi, "<style");
  text = replaced(text, INLINE).split("\n").map(spokenLine).join("\n");
  for (const mark of PAIRED_MARKS) text = withoutPairs(text, mark);
  text = replaced(text, AFTER_LINES);
  const lines = text.split("\n").map((line) => line.trim());
  return lines
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

function replaced(text: string, rules: readonly [RegExp, string][]): string {
  let result = text;
  for (const [pattern, replacement] of rules) result = result.replace(pattern, replacement);
  return result;
}

/** Takes out what stands between an opening and the next closing, both included; `ends` finds either. */
function withoutSpans(text: string, ends: RegExp, opening: string): string {
  let kept = "";
  let from = 0;
  let openedAt: number | null = null;
  for (const { 0: end, index } of text.matchAll(ends)) {
    if (end.toLowerCase() === opening) {
      openedAt ??= index;
    } else if (openedAt !== null) {
      kept += text.slice(from, openedAt);
      from = index + end.length;
      openedAt = null;
    }
  }
  return kept + text.slice(from);
}

/** Takes a mark away where it stands on both sides of words, as in `**words**`. */
function withoutPairs(text: string, mark: string): string {
  let kept = "";
  let from = 0;
  let closing = 0;
  let opening = text.indexOf(mark);
  while (opening !== -1) {
    const inside = opening + mark.length;
    let next = opening + 1;
    if (isInk(text[inside])) {
      // Never goes back: what closed nothing for an earlier mark closes nothing for a later one.
      closing = closingMark(text, mark, Math.max(closing, inside + 1));
      if (closing === -1) break;
      if (closing - inside <= MAX_PAIR_CHARACTERS) {
        kept += text.slice(from, opening) + text.slice(inside, closing);
        from = closing + mark.length;
        next = from;
      }
    }
    opening = text.indexOf(mark, next);
  }
  return kept + text.slice(from);
}

function closingMark(text: string, mark: string, from: number): number {
  let found = text.indexOf(mark, from);
  while (found !== -1 && !isInk(text[found - 1])) found = text.indexOf(mark, found + 1);
  return found;
}

function isInk(character: string | undefined): boolean {
  return character !== undefined && character.trim() !== "";
}

function isBlank(character: string | undefined): boolean {
  return character !== undefined && character.trim() === "";
}

/** One line without the marks at its ends: of quotes, headings, lists, tables; empty where it is but a rule. */
function spokenLine(line: string): string {
  const bare = line.replace(/^(?:[ \t]*>)+/, "").trim();
  if (isRule(bare)) return "";
  const hashes = /^#{1,6}[ \t]+/.exec(bare)?.[0].length ?? 0;
  const text = hashes > 0 ? withoutClosingHashes(bare.slice(hashes)) : bare;
  const words = text.replace(/^(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?/, "");
  return spokenRow(words);
}

/** A line across the page, under a heading, or under the head of a table. */
function isRule(line: string): boolean {
  if (/^(?:=+|-{2,})$/.test(line)) return true;
  const marks = line.replace(/[ \t]+/g, "");
  return /^(?:-{3,}|\*{3,}|_{3,})$/.test(marks) || /^\|?(?::?-+:?\|)+(?::?-+:?)?$/.test(marks);
}

/** `The sea ##` is “The sea”; `Learn C#` stays. */
function withoutClosingHashes(heading: string): string {
  let end = heading.length;
  while (heading[end - 1] === "#") end -= 1;
  return end === 0 || !isInk(heading[end - 1]) ? heading.slice(0, end).trim() : heading;
}

/** The cells of a row of a table, with commas between them. */
function spokenRow(line: string): string {
  const isRow = line.startsWith("|");
  const inner = isRow ? line.slice(1, line.length > 1 && line.endsWith("|") ? -1 : undefined) : line;
  const [first = "", ...others] = inner.split("|");
  const parts = [first];
  let before = first;
  for (const cell of others) {
    const isApart = isBlank(before.at(-1)) && isBlank(cell[0]);
    if (isApart) parts.push(parts.pop()?.trimEnd() ?? "", ", ", cell.trimStart());
    else parts.push("|", cell);
    before = cell;
  }
  return parts.join("");
}
