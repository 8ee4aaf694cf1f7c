import { readRemote, type ReadPart } from "./remote-file.ts";
import { listZip, readZipFile, type ZipFile } from "./zip-directory.ts";

/** An EPUB that is open: its parts are read when they are asked for. */
export interface Book {
  title: string;
  /** Language of its text (BCP 47), as far as it says. */
  language: string | null;
  chapters: BookChapter[];
  contents: ContentsEntry[];
  readChapter(chapter: BookChapter): Promise<Document>;
  /** A picture of the book, to be shown by its own type; null where it is none, or not in the book. */
  readPicture(path: string): Promise<Blob | null>;
}

interface BookChapter {
  /** Where it lies in the book. */
  path: string;
  title: string | null;
}

interface ContentsEntry {
  title: string;
  path: string;
  fragment: string | null;
  /** From 0. */
  depth: number;
}

const MAX_TEXT_BYTES = 5_000_000;
const MAX_PICTURE_BYTES = 20_000_000;
const MAX_ENTRIES = 1_000;
const MAX_DEPTH = 5;

/** What is drawn as dots. SVG is left out: nothing that can hold a program comes into the page. */
const PICTURE_TYPES = new Set(["image/png", "image/jpeg", "image/webp", "image/gif"]);

interface ManifestItem {
  id: string;
  path: string;
  mediaType: string;
  properties: string[];
}

/** Opens an EPUB 3 (or 2, without its table of contents). @throws Error where it is none. */
export async function openBook(file: { url: string; bytes: number }, signal: AbortSignal): Promise<Book> {
  const read = readRemote(file.url, signal);
  const files = new Map((await listZip(read, file.bytes)).map((entry) => [entry.name, entry]));
  const container = await readXml(read, files.get("META-INF/container.xml"));
  const rootPath = first(container, "rootfile")?.getAttribute("full-path") ?? "";
  const root = await readXml(read, files.get(rootPath));
  const items = all(root, "item").map((item) => manifestItem(item, rootPath));
  const contentsItem = items.find(({ properties }) => properties.includes("nav"));
  const contents =
    contentsItem === undefined
      ? []
      : contentsOf(await readXml(read, files.get(contentsItem.path)), contentsItem.path);
  const spine = all(root, "itemref").flatMap((reference) => {
    const item = items.find(({ id }) => id === reference.getAttribute("idref"));
    return item === undefined || item === contentsItem ? [] : [item];
  });
  if (spine.length === 0) {
    throw new Error("the book has no chapters");
  }
  return {
    title: first(root, "title")?.textContent.trim() ?? "",
    language: first(root, "language")?.textContent.trim() ?? null,
    chapters: spine.map(({ path }) => ({
      path,
      title: contents.find((entry) => entry.path === path)?.title ?? null,
    })),
    contents,
    readChapter: ({ path }) => readXml(read, files.get(path)),
    readPicture: async (path) => {
      const entry = files.get(path);
      const type = items.find((item) => item.path === path)?.mediaType ?? "";
      if (entry === undefined || !PICTURE_TYPES.has(type)) {
        return null;
      }
      return new Blob([new Uint8Array(await readZipFile(read, entry, MAX_PICTURE_BYTES))], { type });
    },
  };
}

function manifestItem(item: Element, rootPath: string): ManifestItem {
  return {
    id: item.getAttribute("id") ?? "",
    path: pathIn(rootPath, item.getAttribute("href") ?? "").path,
    mediaType: item.getAttribute("media-type") ?? "",
    properties: (item.getAttribute("properties") ?? "").split(/\s+/),
  };
}

/**
 * Reads markup into a document that is never shown, runs nothing and loads nothing. Where it is not well formed, or
 * declares entities of its own (which could grow without bound), it is read as HTML.
 */
async function readXml(read: ReadPart, entry: ZipFile | undefined): Promise<Document> {
  if (entry === undefined) {
    throw new Error("a part of the book is missing");
  }
  const text = new TextDecoder().decode(await readZipFile(read, entry, MAX_TEXT_BYTES));
  const parser = new DOMParser();
  const hasEntities = /<!(?:DOCTYPE[^>]*\[|ENTITY)/i.test(text);
  const document = hasEntities ? null : parser.parseFromString(text, "application/xhtml+xml");
  return document === null || document.getElementsByTagName("parsererror").length > 0
    ? parser.parseFromString(text, "text/html")
    : document;
}

function contentsOf(document: Document, path: string): ContentsEntry[] {
  const lists = all(document, "nav");
  const list = lists.find((nav) => typesOf(nav).includes("toc")) ?? lists[0];
  const top = list === undefined ? undefined : first(list, "ol");
  return top === undefined ? [] : entriesOf(top, path, 0).slice(0, MAX_ENTRIES);
}

function entriesOf(list: Element, path: string, depth: number): ContentsEntry[] {
  return [...list.children].flatMap((entry) => {
    const link = [...entry.children].find(({ localName }) => localName === "a");
    const below = [...entry.children].find(({ localName }) => localName === "ol");
    const own = link === undefined ? [] : [contentsEntry(link, path, depth)];
    return below === undefined || depth >= MAX_DEPTH ? own : own.concat(entriesOf(below, path, depth + 1));
  });
}

function contentsEntry(link: Element, path: string, depth: number): ContentsEntry {
  const title = link.textContent.replaceAll(/\s+/g, " ").trim();
  const target = pathIn(path, link.getAttribute("href") ?? "");
  return { title, depth, path: target.path, fragment: target.fragment };
}

/** Where a relative address in one part of a book leads, as a name in it: an address of its own never leads outside. */
export function pathIn(from: string, href: string): { path: string; fragment: string | null } {
  const [address = "", fragment] = href.split("#", 2);
  const folder = from.split("/").slice(0, -1);
  const parts = address === "" ? from.split("/") : [...folder, ...decoded(address).split("/")];
  const path: string[] = [];
  for (const part of parts) {
    if (part === "..") {
      path.pop();
    } else if (part !== "." && part !== "") {
      path.push(part);
    }
  }
  return { path: path.join("/"), fragment: fragment === undefined ? null : decoded(fragment) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function typesOf(element: Element): string[] {
  return (element.getAttribute("epub:type") ?? "").split(/\s+/);
}

function all(parent: Document | Element, name: string): Element[] {
  return [...parent.getElementsByTagNameNS("*", name)];
}

function first(parent: Document | Element, name: string): Element | undefined {
  return all(parent, name)[0];
}
