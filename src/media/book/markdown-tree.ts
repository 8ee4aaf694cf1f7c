import { Marked, type Token, type Tokens } from "marked";
import type { BookLanguage } from "./book.ts";
import { setForPrint } from "./print-typography.ts";
import { plainText, type Alignment, type Block, type Inline } from "./text-tree.ts";

/** Deeper lists and quotes than anybody reads are taken as plain text. */
const MAX_DEPTH = 12;
const MAX_ADDRESS_CHARACTERS = 2_000;

const lexer = new Marked({ gfm: true });

interface Setting {
  language: BookLanguage;
  depth: number;
}

/**
 * Reads Markdown of any origin. HTML stands as text, pictures as their description, links only where they lead to the
 * web or to a mailbox; what Markdown itself cannot read is plain paragraphs. Headings keep their level.
 */
export function readMarkdown(markdown: string, language: BookLanguage): Block[] {
  const clean = cleanText(markdown);
  try {
    return readBlocks(lexer.lexer(clean), { language, depth: 0 });
  } catch {
    // Marks nested thousands deep end the lexer; what is written is still there to read.
    return clean.split(/\n\s*\n/).flatMap((part) => paragraph(text(part), language));
  }
}

/** A line of Markdown, such as a title. */
export function readInlineMarkdown(line: string, language: BookLanguage): Inline[] {
  const [first] = readMarkdown(line.replace(/\s+/g, " ").trim(), language);
  return first?.kind === "paragraph" || first?.kind === "heading"
    ? first.children
    : setForPrint(text(line), language);
}

/** Without what neither XML nor a page can hold: control characters, halves of characters, noncharacters. */
export function cleanText(written: string): string {
  return written
    .replace(/\r\n?/g, "\n")
    .replace(/\t/g, "    ")
    .replace(/\p{Cc}|\ufeff|\p{Noncharacter_Code_Point}|\p{Surrogate}/gu, (character) =>
      character === "\n" ? character : "",
    );
}

type BlockToken =
  | Tokens.Heading
  | Tokens.Paragraph
  | Tokens.Text
  | Tokens.Blockquote
  | Tokens.List
  | Tokens.Code
  | Tokens.Table
  | Tokens.Hr
  | Tokens.Space
  | Tokens.Def;
const BLOCK_TYPES = new Set<string>([
  "heading",
  "paragraph",
  "text",
  "blockquote",
  "list",
  "code",
  "table",
  "hr",
  "space",
  "def",
] satisfies BlockToken["type"][]);

function isBlockToken(token: Token): token is BlockToken {
  return BLOCK_TYPES.has(token.type);
}

function readBlocks(tokens: Token[], setting: Setting): Block[] {
  return tokens.flatMap((token) => readBlock(token, setting));
}

function readBlock(token: Token, { language, depth }: Setting): Block[] {
  if (depth > MAX_DEPTH || !isBlockToken(token))
    return paragraph([{ kind: "text", text: onOneLine(token.raw) }], language);
  const deeper = { language, depth: depth + 1 };
  switch (token.type) {
    case "heading": {
      const children = setForPrint(readInlines(token.tokens, deeper), language);
      return plainText(children) === "" ? [] : [{ kind: "heading", level: token.depth, children }];
    }
    case "paragraph":
      return paragraph(readInlines(token.tokens, deeper), language);
    case "text":
      return paragraph(readInlines(token.tokens ?? [token], deeper), language);
    case "blockquote": {
      const blocks = readBlocks(token.tokens, deeper);
      return blocks.length === 0 ? [] : [{ kind: "quote", blocks }];
    }
    case "list":
      return [readList(token, deeper)];
    case "code":
      return [{ kind: "code", text: token.text }];
    case "table":
      return [readTable(token, deeper)];
    case "hr":
      return [{ kind: "rule" }];
    case "space":
    case "def":
    default:
      return [];
  }
}

function paragraph(children: Inline[], language: BookLanguage): Block[] {
  return plainText(children) === "" ? [] : [{ kind: "paragraph", children: setForPrint(children, language) }];
}

function readList(list: Tokens.List, setting: Setting): Block {
  const items = list.items.map((item) => {
    const blocks = readBlocks(item.tokens, setting);
    if (!item.task) return blocks;
    const box: Inline = { kind: "text", text: item.checked === true ? "[x] " : "[ ] " };
    const [first, ...rest] = blocks;
    return first?.kind === "paragraph"
      ? [{ ...first, children: [box, ...first.children] }, ...rest]
      : [{ kind: "paragraph" as const, children: [box] }, ...blocks];
  });
  const start = Number(list.start);
  // Beyond nine digits numbers mean nothing, and overflow where a page counts with 32 bits.
  const isCountable = list.ordered && Number.isInteger(start) && start >= 0 && start < 1_000_000_000;
  const isLettered = !list.ordered && items.length > 1 && items.every(beginsWithItsLetter);
  return { kind: "list", isOrdered: list.ordered, start: isCountable ? start : 1, isLettered, items };
}

function beginsWithItsLetter([first]: Block[], index: number): boolean {
  if (first?.kind !== "paragraph") return false;
  return /^([A-Z])[.)]\s/u.exec(plainText(first.children))?.[1] === String.fromCodePoint(65 + index);
}

function readTable(table: Tokens.Table, setting: Setting): Block {
  const readCell = (cell: Tokens.TableCell): Inline[] =>
    setForPrint(readInlines(cell.tokens, setting), setting.language);
  return {
    kind: "table",
    alignments: table.align.map((alignment): Alignment => alignment ?? "left"),
    header: table.header.map(readCell),
    rows: table.rows.map((row) => row.map(readCell)),
  };
}

type InlineToken =
  | Tokens.Text
  | Tokens.Escape
  | Tokens.Codespan
  | Tokens.Strong
  | Tokens.Em
  | Tokens.Del
  | Tokens.Link
  | Tokens.Image
  | Tokens.Br
  | Tokens.Tag;
const INLINE_TYPES = new Set<string>([
  "text",
  "escape",
  "codespan",
  "strong",
  "em",
  "del",
  "link",
  "image",
  "br",
  "html",
] satisfies InlineToken["type"][]);

function isInlineToken(token: Token): token is InlineToken {
  return INLINE_TYPES.has(token.type);
}

function readInlines(tokens: Token[], setting: Setting): Inline[] {
  return tokens.flatMap((token) => readInline(token, setting));
}

const MARKS = { strong: "strong", em: "emphasis", del: "deleted" } as const;

function readInline(token: Token, { language, depth }: Setting): Inline[] {
  if (depth > MAX_DEPTH || !isInlineToken(token)) return text(token.raw);
  const deeper = { language, depth: depth + 1 };
  switch (token.type) {
    case "text":
      return token.tokens === undefined
        ? text(decodeEntities(token.text))
        : readInlines(token.tokens, deeper);
    case "escape":
      return text(token.text);
    case "codespan":
      return token.text === "" ? [] : [{ kind: "code", text: onOneLine(token.text) }];
    case "strong":
    case "em":
    case "del":
      return [{ kind: MARKS[token.type], children: readInlines(token.tokens, deeper) }];
    case "link": {
      const children = readInlines(token.tokens, deeper);
      const address = safeAddress(token.href);
      return address === null || plainText(children) === ""
        ? children
        : [{ kind: "link", address, children }];
    }
    case "image":
      return text(decodeEntities(token.text));
    case "br":
      return [{ kind: "break" }];
    case "html":
    default:
      return /^<br\s*\/?>$/i.test(token.raw.trim()) ? [{ kind: "break" }] : text(token.raw);
  }
}

function text(written: string): Inline[] {
  return written === "" ? [] : [{ kind: "text", text: onOneLine(written) }];
}

/** Breaks of lines and runs of plain spaces are one space; no-break spaces stay. */
function onOneLine(written: string): string {
  return written.replace(/[ \n]+/g, " ");
}

/** The address where a reader may be sent: the web and mailboxes, nothing on the reader's own machine. */
function safeAddress(written: string): string | null {
  if (!URL.canParse(written) || written.length > MAX_ADDRESS_CHARACTERS) return null;
  const { protocol, href } = new URL(written);
  if (!["http:", "https:", "mailto:"].includes(protocol)) return null;
  // The parser of browsers leaves characters that the standard of addresses (RFC 3986) does not know.
  return href
    .replace(/[^\w\-.~:/?#[\]@!$&'()*+,;=%]/g, (character) => encodeURIComponent(character))
    .replace(/%(?![\da-f]{2})/gi, "%25");
}

const ENTITIES: Record<string, string> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: "\u00a0",
  hellip: "…",
  ndash: "–",
  mdash: "—",
  laquo: "«",
  raquo: "»",
  rsquo: "’",
  eacute: "é",
  egrave: "è",
  agrave: "à",
  ccedil: "ç",
};

/** The character entities that models write in Markdown; others stand as they are written. */
function decodeEntities(written: string): string {
  return written.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,6}));/gi, (entity, decimal, hex, name) => {
    if (typeof name === "string") return Object.hasOwn(ENTITIES, name) ? (ENTITIES[name] ?? entity) : entity;
    const codePoint = typeof decimal === "string" ? Number(decimal) : Number.parseInt(String(hex), 16);
    return codePoint > 0x10ffff ? "" : cleanText(String.fromCodePoint(codePoint));
  });
}
