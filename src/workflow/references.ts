/** `{name}` or `{name.part.0}` in a prompt or in a string of `parameters`. `start` and `end` are offsets in that text. */
export interface Reference {
  kind: "reference";
  name: string;
  /** What follows the name: own keys of objects and indexes (from 0) of lists. */
  path: string[];
  /** As it stands in the text, braces included. */
  raw: string;
  start: number;
  end: number;
}

/** `{{topic}}`, which stands for a literal `{topic}`: `text` is what is written. */
interface EscapedReference {
  kind: "escaped";
  text: string;
  raw: string;
  start: number;
  end: number;
}

export type Segment = { kind: "text"; text: string } | EscapedReference | Reference;

const NAME = "[A-Za-z_][A-Za-z0-9_]*";
const INSIDE = `${NAME}(?:\\.(?:${NAME}|[0-9]+))*`;
const TOKEN = new RegExp(`\\{\\{(${INSIDE})\\}\\}|\\{(${INSIDE})\\}`, "g");

/**
 * Cuts a text into plain text, references and escaped references, once, from left to right. Every other brace (JSON,
 * LaTeX) is plain text. The segments put together again give the text.
 */
export function scan(text: string): Segment[] {
  const segments: Segment[] = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    if (match.index > end) segments.push({ kind: "text", text: text.slice(end, match.index) });
    const raw = match[0];
    const place = { raw, start: match.index, end: match.index + raw.length };
    const inside = match[2];
    if (inside === undefined) {
      segments.push({ kind: "escaped", text: raw.slice(1, -1), ...place });
    } else {
      const [name = "", ...path] = inside.split(".");
      segments.push({ kind: "reference", name, path, ...place });
    }
    end = place.end;
  }
  if (end < text.length) segments.push({ kind: "text", text: text.slice(end) });
  return segments;
}

export function referencesIn(text: string): Reference[] {
  return scan(text).filter((segment) => segment.kind === "reference");
}

/** The reference that a text consists of, with nothing around it; null where there is anything else. */
export function exactReference(text: string): Reference | null {
  const [first, ...rest] = scan(text);
  return first?.kind === "reference" && rest.length === 0 ? first : null;
}
