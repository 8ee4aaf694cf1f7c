/** What a browser may show in place: pictures of dots, sound and film. HTML and SVG can carry script, so never. */
const INLINE = /^(?:image\/(?:png|jpeg|webp|gif)|audio\/[\w.+-]+|video\/[\w.+-]+)$/;

/** `Content-Disposition` (RFC 6266) of a stored file. `download`: the name that a person asked to save it under. */
export function contentDisposition(mediaType: string, download: string | undefined): string {
  const essence = mediaType.split(";")[0]?.trim().toLowerCase() ?? "";
  if (download === undefined) return INLINE.test(essence) ? "inline" : "attachment";
  const name = safeFileName(download);
  const ascii = name
    .normalize("NFKD")
    .replace(/[^\x20-\x7e]/g, "")
    .replace(/["\\%]/g, "_")
    .trim();
  return `attachment; filename="${ascii || "file"}"; filename*=UTF-8''${percentEncoded(name)}`;
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
