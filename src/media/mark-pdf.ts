import type { Carrier } from "./mark-file.ts";
import type { ByteSource, Splice } from "./spliced-file.ts";

const END_BYTES = 2_048;
/** A reference table of 50,000 objects: more than any book has. */
const MAX_TABLE_BYTES = 1024 * 1024;
const MAX_OBJECT_BYTES = 256 * 1024;

/** The last section of a file's reference table, and the dictionary behind it. */
interface Table {
  at: number;
  /** Where an object begins. */
  placeOf(object: number): number | null;
  trailer: string;
  root: number;
  size: number;
}

/**
 * Puts XMP into a PDF by an update behind its end (ISO 32000-1, 7.5.6): nothing that is there moves, and a file on disk only
 * grows. For files whose reference table is a plain one, as Typst writes them, and whose metadata is not compressed.
 */
export const markPdf: Carrier = async (file, mark) => {
  const table = await tableOf(file);
  const root = table && (await objectAt(file, table.placeOf(table.root)));
  // A C2PA manifest is an associated file of the document.
  if (!table || !root || !root.includes("/Catalog") || root.includes("/C2PA_Manifest")) return null;
  const dictionary = /^\d+ 0 obj\s*<<([\s\S]*)>>\s*endobj/.exec(root)?.[1];
  const reference = /\/Metadata\s+(\d+)\s+0\s+R/.exec(root)?.[1];
  if (dictionary === undefined) return null;
  if (reference === undefined) {
    const xmp = mark(null);
    if (xmp === null) return null;
    const catalog = `${table.root} 0 obj\n<<${dictionary}/Metadata ${table.size} 0 R\n>>\nendobj\n`;
    return [
      updateOf(file, table, [
        [table.root, Buffer.from(catalog, "latin1")],
        [table.size, metadata(table.size, xmp)],
      ]),
    ];
  }
  const number = Number(reference);
  const existing = await objectAt(file, table.placeOf(number));
  const packet = existing && /<\?xpacket begin[\s\S]*<\?xpacket end=["'][rw]["']\?>/.exec(existing)?.[0];
  const xmp = packet ? mark(Buffer.from(packet, "latin1").toString("utf8")) : null;
  return xmp === null ? null : [updateOf(file, table, [[number, metadata(number, xmp)]])];
};

async function tableOf(file: ByteSource): Promise<Table | null> {
  const end = (await file.read(Math.max(0, file.size - END_BYTES), END_BYTES)).toString("latin1");
  const at = Number(/startxref\s+(\d{1,10})\s+%%EOF\s*$/.exec(end)?.[1] ?? Number.NaN);
  if (!Number.isInteger(at) || at >= file.size) return null;
  const text = (await file.read(at, MAX_TABLE_BYTES)).toString("latin1");
  const [, first, count] = /^xref\s+(\d+) (\d+)\s*?\r?\n/.exec(text) ?? [];
  const [, trailer] = /trailer\s*<<([\s\S]*?)>>\s*startxref/.exec(text) ?? [];
  const root = Number(/\/Root\s+(\d+)\s+0\s+R/.exec(trailer ?? "")?.[1] ?? Number.NaN);
  const size = Number(/\/Size\s+(\d+)/.exec(trailer ?? "")?.[1] ?? Number.NaN);
  if (first !== "0" || Number(count) !== size || trailer === undefined || Number.isNaN(root)) return null;
  const places = [...text.matchAll(/^(\d{10}) \d{5} ([nf])/gm)];
  return {
    at,
    placeOf: (object) => (places[object]?.[2] === "n" ? Number(places[object][1]) : null),
    trailer,
    root,
    size,
  };
}

/** An object as it is written, one character a byte; null where it does not end within the bounds. */
async function objectAt(file: ByteSource, at: number | null): Promise<string | null> {
  if (at === null) return null;
  const text = (await file.read(at, MAX_OBJECT_BYTES)).toString("latin1");
  const end = text.indexOf("endobj");
  return end === -1 ? null : text.slice(0, end + "endobj".length);
}

function metadata(number: number, xmp: string): Buffer {
  const content = Buffer.from(xmp);
  const head = `${number} 0 obj\n<<\n/Length ${content.length}\n/Type /Metadata\n/Subtype /XML\n>>\nstream\n`;
  return Buffer.concat([
    Buffer.from(head, "latin1"),
    content,
    Buffer.from("\nendstream\nendobj\n", "latin1"),
  ]);
}

/** @param objects new forms of objects, by number, in the order in which they are written. */
function updateOf(file: ByteSource, table: Table, objects: [number, Buffer][]): Splice {
  const pieces: Buffer[] = [Buffer.from("\n", "latin1")];
  let at = file.size + 1;
  const lines: string[] = [];
  for (const [number, content] of objects) {
    lines.push(`${number} 1\n${String(at).padStart(10, "0")} 00000 n \n`);
    pieces.push(content);
    at += content.length;
  }
  const size = Math.max(table.size, ...objects.map(([number]) => number + 1));
  const trailer = table.trailer.replace(/\/Size\s+\d+/, `/Size ${size}`).replace(/\/Prev\s+\d+/, "");
  const end = `xref\n${lines.join("")}trailer\n<<${trailer}/Prev ${table.at}\n>>\nstartxref\n${at}\n%%EOF\n`;
  pieces.push(Buffer.from(end, "latin1"));
  return { at: file.size, remove: 0, insert: Buffer.concat(pieces) };
}
