import { inflateSync } from "node:zlib";

/** What a PDF says of itself, read from its bytes. Understands what Typst writes: classic tables, hex strings, Flate. */
export interface ReadPdf {
  pages: { widthPt: number; heightPt: number; text: string }[];
  /** Clickable places that lead inside of the document, and those that lead to an address. */
  innerLinks: number;
  addresses: string[];
  /** Titles of the bookmarks, in their order. */
  bookmarks: string[];
  isTagged: boolean;
  language: string | null;
  /** Fonts, and how many of them are inside of the file. */
  fonts: number;
  embeddedFonts: number;
  xmp: string;
}

export function readPdf(bytes: Uint8Array): ReadPdf {
  const text = Buffer.from(bytes).toString("latin1");
  const objects = objectsOf(text);
  const all = [...objects.values()];
  const catalog = all.findLast(({ dictionary }) => dictionary.includes("/Type /Catalog"));
  const metadata = Number(/\/Metadata (\d+) 0 R/.exec(catalog?.dictionary ?? "")?.[1]);
  const descriptors = all.filter(({ dictionary }) => dictionary.includes("/Type /FontDescriptor"));
  return {
    pages: pageNumbersOf(objects).map((number) => readPage(objects, number)),
    innerLinks: all.filter(({ dictionary }) => /\/Subtype \/Link[\s\S]*\/(?:Dest|D) /.test(dictionary))
      .length,
    addresses: all.flatMap(({ dictionary }) => /\/URI \((.*?)\)/.exec(dictionary)?.[1] ?? []),
    bookmarks: bookmarksOf(objects, Number(/\/Outlines (\d+) 0 R/.exec(catalog?.dictionary ?? "")?.[1])),
    isTagged:
      /\/Marked true/.test(catalog?.dictionary ?? "") && /\/StructTreeRoot/.test(catalog?.dictionary ?? ""),
    language: /\/Lang \((.*?)\)/.exec(catalog?.dictionary ?? "")?.[1] ?? null,
    fonts: descriptors.length,
    embeddedFonts: descriptors.filter(({ dictionary }) => /\/FontFile[23]? \d+ 0 R/.test(dictionary)).length,
    xmp: Buffer.from(objects.get(metadata)?.stream ?? "", "latin1").toString("utf8"),
  };
}

interface PdfObject {
  dictionary: string;
  /** Unpacked; as Latin-1. */
  stream: string;
}

/** Objects by their number, from the tables that `startxref` and `/Prev` lead to; the newest first. */
function objectsOf(text: string): Map<number, PdfObject> {
  const objects = new Map<number, PdfObject>();
  let table = Number(/startxref\s+(\d+)\s+%%EOF\s*$/.exec(text)?.[1]);
  while (Number.isInteger(table)) {
    const end = text.indexOf("trailer", table);
    const lines = text.slice(table, end).split("\n").slice(1);
    let number = 0;
    for (const line of lines) {
      const section = /^(\d+) \d+\s*$/.exec(line);
      const entry = /^(\d{10}) \d{5} ([nf])/.exec(line);
      if (section) number = Number(section[1]);
      else if (entry) {
        if (entry[2] === "n" && !objects.has(number))
          objects.set(number, objectAt(text, Number(entry[1]), number));
        number += 1;
      }
    }
    const trailer = text.slice(end, text.indexOf("startxref", end));
    table = Number(/\/Prev (\d+)/.exec(trailer)?.[1]);
  }
  return objects;
}

function objectAt(text: string, offset: number, number: number): PdfObject {
  if (!text.startsWith(`${number} 0 obj`, offset)) throw new Error(`no object ${number} at ${offset}`);
  const end = text.indexOf("endobj", offset);
  const start = text.indexOf("stream\n", offset);
  if (start < 0 || start > end) return { dictionary: text.slice(offset, end), stream: "" };
  const dictionary = text.slice(offset, start);
  const length = Number(/\/Length (\d+)/.exec(dictionary)?.[1]);
  const stream = text.slice(start + 7, start + 7 + length);
  const isPacked = dictionary.includes("/FlateDecode") && !dictionary.includes("/Image");
  return {
    dictionary,
    stream: isPacked ? inflateSync(Buffer.from(stream, "latin1")).toString("latin1") : stream,
  };
}

function pageNumbersOf(objects: Map<number, PdfObject>): number[] {
  const root = [...objects.values()].find(({ dictionary }) =>
    /\/Type \/Pages\b[\s\S]*\/Kids/.test(dictionary),
  );
  const walk = (number: number): number[] => {
    const { dictionary = "" } = objects.get(number) ?? {};
    return dictionary.includes("/Type /Pages") ? kidsOf(dictionary).flatMap(walk) : [number];
  };
  return root ? kidsOf(root.dictionary).flatMap(walk) : [];
}

function kidsOf(dictionary: string): number[] {
  const list = /\/Kids \[([^\]]*)\]/.exec(dictionary)?.[1] ?? "";
  return [...list.matchAll(/(\d+) 0 R/g)].map((match) => Number(match[1]));
}

function readPage(objects: Map<number, PdfObject>, number: number): ReadPdf["pages"][number] {
  const { dictionary = "" } = objects.get(number) ?? {};
  const box = /\/MediaBox \[\S+ \S+ (\S+) (\S+)\]/.exec(dictionary);
  const content = objects.get(Number(/\/Contents (\d+) 0 R/.exec(dictionary)?.[1]))?.stream ?? "";
  const fonts = new Map(
    [...dictionary.matchAll(/\/(f\d+) (\d+) 0 R/g)].map(([, name = "", font]) => [
      name,
      charactersOf(objects, Number(font)),
    ]),
  );
  let characters = new Map<string, string>();
  let text = "";
  for (const [, font, list, single] of content.matchAll(SHOWN)) {
    if (font !== undefined) characters = fonts.get(font) ?? new Map<string, string>();
    const codes = (list ?? single ?? "").match(STRING)?.flatMap(codesOf) ?? [];
    text += codes.map((code) => characters.get(code) ?? "\ufffd").join("");
  }
  return { widthPt: Number(box?.[1]), heightPt: Number(box?.[2]), text };
}

const STRING = /\((?:\\[\s\S]|[^\\()])*\)|<[\da-f]*>/gi;
/** A choice of font, a list of strings, or a string alone. */
const SHOWN = new RegExp(
  `/(f\\d+) \\S+ Tf|\\[((?:${STRING.source}|[-\\d.\\s])*)\\] TJ|(${STRING.source}) Tj`,
  "gi",
);
const ESCAPES: Record<string, string> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };

/** The codes of a string, each of two bytes, as hexadecimal digits. */
function codesOf(string: string): string[] {
  const inside = string.slice(1, -1);
  const digits = string.startsWith("<")
    ? inside.toLowerCase()
    : Buffer.from(
        inside.replace(/\\(?:([0-7]{1,3})|([\s\S]))/g, (_, octal?: string, other = "") =>
          octal === undefined
            ? (ESCAPES[String(other)] ?? String(other))
            : String.fromCodePoint(Number.parseInt(octal, 8)),
        ),
        "latin1",
      ).toString("hex");
  return digits.match(/.{4}/g) ?? [];
}

/** What the codes of a font stand for, from its `ToUnicode` map. */
function charactersOf(objects: Map<number, PdfObject>, font: number): Map<string, string> {
  const { dictionary = "" } = objects.get(font) ?? {};
  const map = objects.get(Number(/\/ToUnicode (\d+) 0 R/.exec(dictionary)?.[1]))?.stream ?? "";
  return new Map(
    [...map.matchAll(/^<([\da-f]{4})> <([\da-f]+)>$/gim)].map(([, code = "", value = ""]) => [
      code.toLowerCase(),
      Buffer.from(value, "hex").swap16().toString("utf16le"),
    ]),
  );
}

function bookmarksOf(objects: Map<number, PdfObject>, parent: number): string[] {
  const titles: string[] = [];
  let next = Number(/\/First (\d+) 0 R/.exec(objects.get(parent)?.dictionary ?? "")?.[1]);
  while (Number.isInteger(next)) {
    const { dictionary = "" } = objects.get(next) ?? {};
    titles.push(titleIn(dictionary), ...bookmarksOf(objects, next));
    next = Number(/\/Next (\d+) 0 R/.exec(dictionary)?.[1]);
  }
  return titles;
}

function titleIn(dictionary: string): string {
  const hex = /\/Title <([\da-f]*)>/i.exec(dictionary)?.[1];
  if (hex !== undefined) return Buffer.from(hex, "hex").swap16().toString("utf16le").replace("\ufeff", "");
  return /\/Title \((.*?)\)\s/s.exec(dictionary)?.[1]?.replace(/\\([()\\])/g, "$1") ?? "";
}
