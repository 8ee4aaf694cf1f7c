import { SOURCE_TYPE_ADDRESS, type SourceType } from "./book.ts";

/** The namespace of IPTC's extension in XMP (IPTC Photo Metadata Standard). */
const NAMESPACE = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/";

/**
 * Adds IPTC's `DigitalSourceType` to the XMP of a PDF, as an incremental update (ISO 32000-1, 7.5.6): what was there stays
 * byte for byte, and a new version of the metadata stream follows. Expects what Typst writes: a classic cross-reference
 * table, and XMP that is not compressed.
 */
export function addSourceType(pdf: Uint8Array, sourceType: SourceType): Uint8Array {
  // Latin-1 keeps every byte a character, so that positions in the text are positions in the file.
  const text = Buffer.from(pdf).toString("latin1");
  const startOfTable = lastMatch(text, /startxref\s+(\d+)\s+%%EOF/g, "startxref");
  const trailer = lastMatch(text, /trailer\s*<<([\s\S]*?)>>\s*startxref/g, "trailer");
  const metadata = lastMatch(text, /\/Metadata\s+(\d+)\s+0\s+R/g, "metadata");
  const start = text.lastIndexOf(`\n${metadata} 0 obj`) + 1;
  const bodyStart = text.indexOf("<?xpacket begin", start);
  const bodyEnd = text.indexOf("endstream", bodyStart);
  if (start === 0 || bodyStart < 0 || bodyEnd < 0) throw new Error("the PDF has no readable XMP");
  const description = `<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="${NAMESPACE}"><Iptc4xmpExt:DigitalSourceType>${SOURCE_TYPE_ADDRESS}${sourceType}</Iptc4xmpExt:DigitalSourceType></rdf:Description>`;
  const body = text.slice(bodyStart, bodyEnd).trimEnd().replace("</rdf:RDF>", `${description}</rdf:RDF>`);
  const gap = text.endsWith("\n") ? "" : "\n";
  const at = text.length + gap.length;
  const object = `${metadata} 0 obj\n<<\n  /Length ${body.length}\n  /Type /Metadata\n  /Subtype /XML\n>>\nstream\n${body}\nendstream\nendobj\n`;
  const table = `xref\n${metadata} 1\n${String(at).padStart(10, "0")} 00000 n \n`;
  const end = `trailer\n<<${trailer.trimEnd()}\n  /Prev ${startOfTable}\n>>\nstartxref\n${at + object.length}\n%%EOF\n`;
  return Buffer.concat([pdf, Buffer.from(`${gap}${object}${table}${end}`, "latin1")]);
}

function lastMatch(text: string, pattern: RegExp, name: string): string {
  const found = [...text.matchAll(pattern)].at(-1)?.[1];
  if (found === undefined) throw new Error(`the PDF has no ${name}`);
  return found;
}
