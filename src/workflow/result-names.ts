import type { Medium } from "./media.ts";

/** What the files of results are called when they leave: on their own, in an archive, in the step that packs them. */

/** A part of a result, as far as its name needs to know it. */
export interface ResultPart {
  stepNumber: number;
  /** The step's own name; null where it has none. */
  stepName: string | null;
  medium: Medium;
  /** Of its file; a text or data without one is written as Markdown or JSON. */
  mediaType?: string;
  /** Which item of a step that runs once per item, from 0. */
  item?: number;
  /** Which of several files of the same result, from 0. */
  index?: number;
  /** The end of its name, without the dot, where that is known better than by its media type. */
  extension?: string;
}

const EXTENSION_OF: Record<string, string> = {
  "text/markdown": "md",
  "text/plain": "txt",
  "text/csv": "csv",
  "text/vtt": "vtt",
  "application/x-subrip": "srt",
  "application/json": "json",
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/webp": "webp",
  "image/gif": "gif",
  "image/avif": "avif",
  "audio/mpeg": "mp3",
  "audio/mp4": "m4a",
  "audio/x-m4a": "m4a",
  "audio/x-m4b": "m4b",
  "audio/aac": "aac",
  "audio/flac": "flac",
  "audio/x-flac": "flac",
  "audio/wav": "wav",
  "audio/vnd.wave": "wav",
  "audio/x-wav": "wav",
  "audio/ogg": "ogg",
  "audio/opus": "opus",
  "video/mp4": "mp4",
  "video/webm": "webm",
  "video/quicktime": "mov",
  "video/matroska": "mkv",
  "application/pdf": "pdf",
  "application/epub+zip": "epub",
  "application/zip": "zip",
};

/** Where the media type says nothing. */
const EXTENSION_OF_MEDIUM: Record<Medium, string> = {
  text: "md",
  json: "json",
  image: "png",
  audio: "mp3",
  video: "mp4",
  document: "bin",
};

const KNOWN_EXTENSIONS = new Set(Object.values(EXTENSION_OF));

/**
 * The end of a file's name, without the dot: `epub`. That of the name which the step gives it, where it is one of those
 * above (an M4B is an M4A by its bytes), otherwise by its media type.
 */
export function extensionOf({ mediaType, name }: Partial<NamedFile>, medium: Medium): string {
  const given = name === undefined ? "" : name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  const essence = mediaType?.split(";")[0]?.trim().toLowerCase() ?? "";
  return KNOWN_EXTENSIONS.has(given) ? given : (EXTENSION_OF[essence] ?? EXTENSION_OF_MEDIUM[medium]);
}

/** A name such as `02-illustration.png`, `02-croquis-07.png` for the seventh item, `03-chanson-2.mp3` for a second file. */
export function resultFileName(part: ResultPart): string {
  const words = [
    twoDigits(part.stepNumber),
    part.stepName ?? part.medium,
    ...(part.item === undefined ? [] : [twoDigits(part.item + 1)]),
    ...(part.index === undefined || part.index === 0 ? [] : [String(part.index + 1)]),
  ];
  return `${words.join("-")}.${part.extension ?? extensionOf(part, part.medium)}`;
}

/** A file of a result, as far as its name needs to know it. */
interface NamedFile {
  mediaType: string;
  /** What the step that made it calls it; absent where it says nothing. */
  name?: string | undefined;
}

/**
 * The names of all files of one result, in their order: `03-livre.epub` and `03-livre.pdf`. Those of the same kind are
 * counted: `03-chanson.mp3`, `03-chanson-2.mp3`. What the step calls a file stands in the place of the step's name.
 */
export function resultFileNames(
  place: Pick<ResultPart, "stepNumber" | "stepName" | "medium" | "item">,
  files: readonly NamedFile[],
): string[] {
  const seen = new Map<string, number>();
  return files.map(({ mediaType, name }) => {
    const own = titleForFile(name?.replace(/\.[a-z\d]{1,5}$/i, "") ?? "");
    const extension = extensionOf({ mediaType, name }, place.medium);
    const part = { ...place, ...(own !== "" && { stepName: own }), extension };
    const plain = resultFileName(part).toLowerCase();
    const index = seen.get(plain) ?? 0;
    seen.set(plain, index + 1);
    return resultFileName({ ...part, index });
  });
}

const MAX_TITLE_CHARACTERS = 60;

/**
 * A title as the first part of a file's name: `Création de Contenu`; no folder, no sign that a file system refuses. A long one
 * ends after a word.
 */
export function titleForFile(title: string): string {
  const name = title
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}/\\:*?"<>|]+/gu, " ")
    .replace(/\s+/gu, " ")
    .replace(/^[.\s]+/, "");
  const cut = name.slice(0, MAX_TITLE_CHARACTERS).toWellFormed();
  const isInWord = /\S/u.test(name.charAt(MAX_TITLE_CHARACTERS));
  const shown = isInWord ? cut.replace(/\s\S*$/u, "") : cut;
  return shown.replace(/[.,;\s]+$/, "");
}

function twoDigits(number: number): string {
  return String(number).padStart(2, "0");
}
