/** What a browser may show in place: pictures of dots, sound and film. HTML and SVG can carry script, so never. */
const INLINE = /^(?:image\/(?:png|jpeg|webp|gif)|audio\/[\w.+-]+|video\/[\w.+-]+)$/;

/** How a file is handed over. */
interface Handover {
  /** The name that a person asked to save it under: then it is saved, whatever it is. */
  download?: string | undefined;
  /** The name that is proposed where none was asked for; null: none is known. */
  suggested?: string | null;
  /** Whether it is asked for as a document to be read in place, which PDF alone can be. */
  isRead?: boolean;
}

/** `Content-Disposition` (RFC 6266) of a stored file. */
export function contentDisposition(mediaType: string, handover: Handover): string {
  const { download, suggested = null, isRead = false } = handover;
  const essence = mediaType.split(";")[0]?.trim().toLowerCase() ?? "";
  const isInline = download === undefined && (INLINE.test(essence) || (isRead && isPdf(mediaType)));
  const way = isInline ? "inline" : "attachment";
  const asked = download ?? suggested;
  return asked === null ? way : `${way}; ${fileNameFields(asked)}`;
}

/** Whether a file is one that browsers have a reader of their own for, apart from the page that shows it. */
export function isPdf(mediaType: string): boolean {
  return mediaType.split(";")[0]?.trim().toLowerCase() === "application/pdf";
}

function fileNameFields(asked: string): string {
  const name = safeFileName(asked);
  const ascii = name
    .normalize("NFKD")
    .replace(/[^\x20-\x7e]/g, "")
    .replace(/["\\%]/g, "_")
    .trim();
  return `filename="${ascii || "file"}"; filename*=UTF-8''${percentEncoded(name)}`;
}

/** A name without folders, control characters or what file systems refuse. */
function safeFileName(text: string): string {
  const name = text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}/\\:*?"<>|]+/gu, "_")
    .replace(/^[.\s]+|[.\s]+$/g, "")
    .slice(0, 150)
    .toWellFormed();
  return name || "file";
}

function percentEncoded(name: string): string {
  return encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
