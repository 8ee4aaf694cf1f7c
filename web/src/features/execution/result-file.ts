import type { Result } from "../../api/types.ts";
import { captionsOf } from "./captions.ts";

/** One file of a result, ready to be offered for download. */
export interface ResultFile {
  url: string;
  fileName: string;
  bytes: number | null;
}

const EXTENSIONS: Record<string, string> = {
  "text/markdown": "md",
  "text/plain": "txt",
  "text/vtt": "vtt",
  "application/json": "json",
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/webp": "webp",
  "audio/mpeg": "mp3",
  "audio/wav": "wav",
  "audio/ogg": "ogg",
  "video/mp4": "mp4",
  "video/webm": "webm",
  "application/pdf": "pdf",
  "application/epub+zip": "epub",
};

const EXTENSION_OF_TYPE: Record<Result["type"], string> = {
  text: "md",
  json: "json",
  image: "png",
  audio: "mp3",
  video: "mp4",
  document: "pdf",
};

/** A name such as `2-illustration.png`; the server's media type decides the ending where there is one. */
export function fileNameOf(result: Result, mediaType: string | undefined, index = 0): string {
  const type = mediaType?.split(";")[0]?.trim() ?? "";
  const ending = EXTENSIONS[type] ?? EXTENSION_OF_TYPE[result.type];
  const suffix = index === 0 ? "" : `-${index + 1}`;
  return `${result.step_number}-${result.name ?? result.type}${suffix}.${ending}`;
}

/** The stored files of a result; a text or JSON result without one has none. */
export function filesOf(result: Result): ResultFile[] {
  if (result.files !== undefined && result.files.length > 0) {
    return result.files.map((file, index) => ({
      url: file.url,
      fileName: fileNameOf(result, file.media_type, index),
      bytes: file.bytes,
    }));
  }
  if (result.url === undefined) {
    return [];
  }
  return [{ url: result.url, fileName: fileNameOf(result, result.media_type), bytes: result.bytes ?? null }];
}

/** Whether a result is a list of texts, which reads as one. */
export function isListOfTexts(result: Result): boolean {
  return result.items !== undefined && result.items.every(({ type }) => type === "text");
}

/** What Copy copies: the text, texts of a list one below the other, or JSON written out; null for media. */
export function copyableText(result: Result): string | null {
  if (isListOfTexts(result)) {
    return (result.items ?? []).map(({ text }) => text ?? "").join("\n\n");
  }
  if (result.type === "text") {
    return result.text ?? "";
  }
  return result.type === "json" ? JSON.stringify(result.json, null, 2) : null;
}

/** Captions of what was heard, for a text whose words have times; null for everything else. */
export function captionsOfText(result: Result): string | null {
  return result.type === "text" && result.words !== undefined && result.words.length > 0
    ? captionsOf(result.words)
    : null;
}

/** Saves characters that have no stored file of their own. */
export function saveText(text: string, fileName: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(url);
}

/** Puts text on the clipboard; false where the browser refuses (an address that is not secure, for instance). */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
