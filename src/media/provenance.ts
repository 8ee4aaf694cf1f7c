/**
 * Where content comes from, as IPTC names it (controlled vocabulary "digital source type"): made by an AI model, by a
 * program without one, or put together of parts of which some are by an AI model.
 */
export type DigitalSource =
  | "trainedAlgorithmicMedia"
  | "algorithmicMedia"
  | "compositeWithTrainedAlgorithmicMedia";

/** How a file was made, as it is written into the file itself. */
export interface Provenance {
  source: DigitalSource;
  title?: string;
  author?: string;
  /** BCP 47, for instance `fr`. */
  language?: string;
  /** The models, `provider:model`, or what else made it. Empty: not said. */
  madeBy: string[];
}

/** What made a part of something: a model, a program of Relais, or a person whose file was used. */
export type Origin = "model" | "program" | "person";

const VOCABULARY = "http://cv.iptc.org/newscodes/digitalsourcetype/";
const MAX_CHARACTERS = 300;
const MAX_MAKERS = 20;

/** The IPTC address of a digital source type. */
export function sourceUri(source: DigitalSource): string {
  return `${VOCABULARY}${source}`;
}

/**
 * What is made of such parts: by AI where all parts are, composite where some are, by a program where none is. Null where
 * nothing but files of persons went in: nobody has said how those were made.
 */
export function sourceOfParts(parts: readonly Origin[]): DigitalSource | null {
  const origins = new Set(parts);
  if (origins.has("model")) {
    return origins.size === 1 ? "trainedAlgorithmicMedia" : "compositeWithTrainedAlgorithmicMedia";
  }
  return origins.size === 1 && origins.has("person") ? null : "algorithmicMedia";
}

/**
 * An XMP packet (ISO 16684-1) that says how a file was made: `Iptc4xmpExt:DigitalSourceType` and `AISystemUsed` of the IPTC
 * Photo Metadata Standard 2025.1, title, author and language of Dublin Core. The same text for the same facts.
 */
export function xmpPacket(provenance: Provenance): string {
  const { title, author, language } = provenance;
  const properties = [
    ...sourceProperties(provenance),
    ...(title
      ? [`<dc:title><rdf:Alt><rdf:li xml:lang="x-default">${xmlText(title)}</rdf:li></rdf:Alt></dc:title>`]
      : []),
    ...(author ? [`<dc:creator><rdf:Seq><rdf:li>${xmlText(author)}</rdf:li></rdf:Seq></dc:creator>`] : []),
    ...(language
      ? [`<dc:language><rdf:Bag><rdf:li>${xmlText(language)}</rdf:li></rdf:Bag></dc:language>`]
      : []),
    `<xmp:CreatorTool>Relais</xmp:CreatorTool>`,
  ];
  return [
    `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>`,
    `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">`,
    description(properties),
    `</rdf:RDF></x:xmpmeta>`,
    `<?xpacket end="w"?>`,
  ].join("\n");
}

/**
 * The XMP of a file with what it does not say yet: how the file was made. Everything that is there stays. Null where it
 * says so itself, or is not written as usual.
 */
export function xmpWithSource(existing: string, provenance: Provenance): string | null {
  const end = existing.lastIndexOf("</rdf:RDF>");
  if (end === -1 || existing.includes("DigitalSourceType")) return null;
  return `${existing.slice(0, end)}${description(sourceProperties(provenance))}\n${existing.slice(end)}`;
}

function sourceProperties({ source, madeBy }: Provenance): string[] {
  const makers = madeBy.slice(0, MAX_MAKERS).join(", ");
  const usesAi = source !== "algorithmicMedia" && makers !== "";
  return [
    `<Iptc4xmpExt:DigitalSourceType>${sourceUri(source)}</Iptc4xmpExt:DigitalSourceType>`,
    ...(usesAi ? [`<Iptc4xmpExt:AISystemUsed>${xmlText(makers)}</Iptc4xmpExt:AISystemUsed>`] : []),
  ];
}

function description(properties: string[]): string {
  const namespaces = [
    `xmlns:dc="http://purl.org/dc/elements/1.1/"`,
    `xmlns:xmp="http://ns.adobe.com/xap/1.0/"`,
    `xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"`,
  ].join(" ");
  return [`<rdf:Description rdf:about="" ${namespaces}>`, ...properties, `</rdf:Description>`].join("\n");
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** On one line, cut where it is long, and without what XML 1.0 cannot hold. */
function xmlText(text: string): string {
  return oneLine(text).replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? "");
}

/** A title or name on one line of at most 300 characters, without control characters and half characters. */
export function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}\uFFFE\uFFFF]+/gu, " ").trim();
  return line
    .slice(0, MAX_CHARACTERS)
    .replace(/[\uD800-\uDBFF]$/, "")
    .toWellFormed();
}
