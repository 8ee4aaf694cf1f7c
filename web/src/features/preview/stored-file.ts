import type { Result } from "../../api/types.ts";

/** A file of a result, as it is shown. */
export interface StoredFile {
  url: string;
  mediaType: string;
  /** What the step that made it calls it. */
  name?: string | undefined;
  bytes: number;
  width?: number | undefined;
  height?: number | undefined;
  seconds?: number | undefined;
}

/** What a file is shown as. */
export type FileKind = "image" | "audio" | "video" | "epub" | "pdf" | "zip" | "text" | "other";

const KINDS: Record<string, FileKind> = {
  "application/epub+zip": "epub",
  "application/pdf": "pdf",
  "application/zip": "zip",
  "application/json": "text",
  "application/x-subrip": "text",
};

/** The kind of a file by its media type, which the server reads from the bytes. */
export function kindOf(mediaType: string): FileKind {
  const essence = mediaType.split(";")[0]?.trim().toLowerCase() ?? "";
  const [family] = essence.split("/");
  if (family === "image" || family === "audio" || family === "video" || family === "text") {
    return family;
  }
  return KINDS[essence] ?? "other";
}

/** The files of a result, in their order. */
export function storedFilesOf(
  result: Pick<Result, "files" | "url" | "media_type" | "bytes" | "file_name">,
): StoredFile[] {
  const { files, url, media_type, bytes = 0 } = result;
  const all = files ?? (url === undefined ? [] : [{ ...result, url, media_type: media_type ?? "", bytes }]);
  return all.map((file) => ({
    url: file.url,
    mediaType: file.media_type,
    name: file.file_name,
    bytes: file.bytes,
    width: file.width,
    height: file.height,
    seconds: file.duration_seconds,
  }));
}
