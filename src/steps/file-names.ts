const MAX_CHARACTERS = 60;

const EXTENSIONS: Record<string, string> = {
  "image/jpeg": "jpg",
  "image/svg+xml": "svg",
  "audio/mpeg": "mp3",
  "audio/mp4": "m4a",
  "audio/x-m4a": "m4a",
  "audio/x-wav": "wav",
  "audio/x-flac": "flac",
  "video/quicktime": "mov",
  "video/x-matroska": "mkv",
  "application/epub+zip": "epub",
  "application/x-subrip": "srt",
  "text/vtt": "vtt",
  "text/plain": "txt",
  "text/markdown": "md",
  "application/octet-stream": "bin",
};

/** How the name of a file of this type ends, without the dot: at most ten plain letters and digits. */
export function fileExtension(mediaType: string): string {
  return EXTENSIONS[mediaType] ?? /^[a-z]+\/([a-z0-9]{1,10})$/.exec(mediaType)?.[1] ?? "bin";
}

/** Letters and digits of a title, joined by hyphens, so that no file system minds; empty where there are none. */
export function nameSlug(title: string): string {
  const slug = title
    .slice(0, 4 * MAX_CHARACTERS)
    .normalize("NFKD")
    .replaceAll(/[\u0300-\u036f]+/g, "")
    .normalize("NFC")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, "-")
    .replaceAll(/^-+|-+$/g, "");
  if (slug.length <= MAX_CHARACTERS) return slug;
  return slug
    .slice(0, MAX_CHARACTERS + 1)
    .replace(/-[^-]*$/, "")
    .slice(0, MAX_CHARACTERS)
    .replace(/[\uD800-\uDBFF]$/, "");
}
