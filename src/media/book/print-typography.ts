import type { BookLanguage } from "./book.ts";
import type { Inline } from "./text-tree.ts";

const NO_BREAK = "\u00a0";
/** What French sets before `;`, `!` and `?`, and inside of large numbers. */
const NARROW = "\u202f";

/**
 * Gives a line of text the typography of print: curved apostrophes and ellipses everywhere, “quotes” in English,
 * « guillemets » and no-break spaces in French. Code and addresses stay as they are. Setting it twice changes nothing.
 */
export function setForPrint(nodes: Inline[], language: BookLanguage): Inline[] {
  return setNodes(nodes, { language, before: "" });
}

/** The same for text that has no marks. */
export function setTextForPrint(text: string, language: BookLanguage): string {
  return setText(text, { language, before: "" });
}

interface Line {
  language: BookLanguage;
  /** The character that stands before, also where other marks hold it; empty at the beginning. */
  before: string;
}

function setNodes(nodes: Inline[], line: Line): Inline[] {
  return nodes.map((node): Inline => {
    switch (node.kind) {
      case "text": {
        const text = setText(node.text, line);
        line.before = Array.from(text).at(-1) ?? line.before;
        return { kind: "text", text };
      }
      case "code":
        line.before = Array.from(node.text).at(-1) ?? line.before;
        return node;
      case "break":
        line.before = "";
        return node;
      case "link":
      case "strong":
      case "emphasis":
      case "deleted":
      default: {
        const [only] = node.children;
        const isAddress = node.kind === "link" && only?.kind === "text" && node.address.includes(only.text);
        return isAddress ? node : { ...node, children: setNodes(node.children, line) };
      }
    }
  });
}

function setText(text: string, line: Line): string {
  const curved = text.replace(/\.{3}/g, "…").replace(/'/g, (mark, at: number, whole: string) => {
    const before = whole.slice(0, at) || line.before;
    return /[\p{L}\p{N}]$/u.test(before) ? "’" : mark;
  });
  if (line.language === "en") return quoteWords(curved, line, "“", "”");
  return line.language === "fr" ? setFrench(curved, line) : curved;
}

/** A quote opens where nothing, a space or an opening mark stands before it. */
function quoteWords(text: string, line: Line, opening: string, closing: string): string {
  return text.replace(/"/g, (_, at: number) => {
    const before = text.slice(0, at) || line.before;
    return /(?:^|[\s([{«“\u2013\u2014])$/u.test(before) ? opening : closing;
  });
}

function setFrench(text: string, line: Line): string {
  const quoted = quoteWords(text, line, `«${NO_BREAK}`, `${NO_BREAK}»`)
    .replace(/«[ \u00a0\u202f]*(?=\S)/g, `«${NO_BREAK}`)
    .replace(/(?<=\S)[ \u00a0\u202f]*»/g, `${NO_BREAK}»`)
    .replace(/ --? /g, `${NO_BREAK}– `);
  return (
    quoted
      // The first of several marks, where a word, a number or a closing mark stands before and nothing follows at once.
      .replace(
        /[ \u00a0\u202f]*(?<![;!?:([\s\u00a0\u202f])([;!?]+)(?=$|[\s\u00a0\u202f)\]»”’.,…*])/gu,
        `${NARROW}$1`,
      )
      .replace(/[ \u00a0\u202f]+([;!?]+)(?=$|[\s\u00a0\u202f)\]»”’.,…])/gu, `${NARROW}$1`)
      .replace(/(?<=\S)[ \u00a0\u202f]*:(?=$|[\s\u00a0\u202f])/g, `${NO_BREAK}:`)
      .replace(/(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))/g, NARROW)
      .replace(
        /(?<=\d)[ \u00a0\u202f]+(?=[%€$£°]|(?:km|m|cm|mm|kg|g|h|min|s|ans|heures?)(?![\p{L}\p{N}]))/gu,
        NO_BREAK,
      )
      .replace(/(?<=\d)(?=[%€](?![\p{L}\p{N}]))/gu, NO_BREAK)
      .replace(/\bn°[ \u00a0\u202f]?/g, `n°${NO_BREAK}`)
  );
}
