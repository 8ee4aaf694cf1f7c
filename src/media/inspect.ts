import { readFile, stat, open } from "node:fs/promises";
import { mp3Seconds, type ReadBytes } from "./mp3-length.ts";

/** What a file is, read from its bytes. What could not be read is absent. */
export interface FileFacts {
  mediaType: string;
  /** Pixels, as shown (a turned film counts turned). */
  width?: number;
  height?: number;
  durationSeconds?: number;
}

const HEAD_BYTES = 4_100;
const OCTETS = "application/octet-stream";
/** Types that are plain characters: no bytes give them away, so a sender is believed where the content is UTF-8. */
const TEXT_TYPES = /^(?:text\/(?!html)[\w.+-]+|application\/json|image\/svg\+xml)$/;

/**
 * Says what a file is by its bytes, never by its name. `hint` is the type that a sender claimed; it only counts for
 * text. Damaged files give their type and no measures; nothing throws because of what a file holds.
 */
export async function inspectFile(
  content: { bytes: Uint8Array } | { path: string },
  hint?: string,
): Promise<FileFacts> {
  const head = "bytes" in content ? content.bytes : await readHead(content.path);
  const { fileTypeFromBuffer } = await import("file-type");
  const detected = await fileTypeFromBuffer(head);
  if (detected === undefined) return { mediaType: await textTypeOf(content, hint) };
  const mediaType = detected.mime.split(";", 1)[0] ?? OCTETS;
  if (mediaType.startsWith("image/")) return { mediaType, ...(await imageFacts(content)) };
  if (mediaType === "audio/mpeg") return { mediaType, ...(await mp3Facts(content)) };
  if (/^(?:audio|video)\//.test(mediaType)) return { mediaType, ...(await timedFacts(content)) };
  return { mediaType };
}

async function readHead(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(new Uint8Array(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

const MAX_TEXT_BYTES = 16 * 1024 * 1024;

async function textTypeOf(content: { bytes: Uint8Array } | { path: string }, hint?: string): Promise<string> {
  const claimed = hint?.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (!TEXT_TYPES.test(claimed)) return OCTETS;
  const size = "bytes" in content ? content.bytes.length : (await stat(content.path)).size;
  if (size > MAX_TEXT_BYTES) return OCTETS;
  try {
    const bytes = "bytes" in content ? content.bytes : await readFile(content.path);
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return claimed;
  } catch {
    return OCTETS;
  }
}

async function imageFacts(
  content: { bytes: Uint8Array } | { path: string },
): Promise<{ width?: number; height?: number }> {
  try {
    const { width, height } =
      "bytes" in content
        ? (await import("image-size")).imageSize(content.bytes)
        : await (await import("image-size/fromFile")).imageSizeFromFile(content.path);
    return { width, height };
  } catch {
    return {};
  }
}

/** What an encoder adds to an MP3 at both ends is less than this. */
const MAX_ADDED_SECONDS = 0.25;

/** To the sample, so that recordings that follow each other do not drift from their captions. */
async function mp3Facts(
  content: { bytes: Uint8Array } | { path: string },
): Promise<{ durationSeconds?: number }> {
  const { durationSeconds } = await timedFacts(content);
  if (durationSeconds === undefined) return {};
  const played =
    "bytes" in content ? await mp3Seconds(bytesOf(content.bytes)) : await lengthOnDisk(content.path);
  // What a file claims is only believed where its frames say nearly the same.
  const isLikely = played !== undefined && Math.abs(played - durationSeconds) < MAX_ADDED_SECONDS;
  return { durationSeconds: isLikely ? played : durationSeconds };
}

function bytesOf(bytes: Uint8Array): ReadBytes {
  return (from, length) => Promise.resolve(bytes.subarray(from, from + length));
}

async function lengthOnDisk(path: string): Promise<number | undefined> {
  const file = await open(path);
  try {
    return await mp3Seconds(async (from, length) => {
      const { bytesRead, buffer } = await file.read(new Uint8Array(length), 0, length, from);
      return buffer.subarray(0, bytesRead);
    });
  } finally {
    await file.close();
  }
}

async function timedFacts(
  content: { bytes: Uint8Array } | { path: string },
): Promise<{ width?: number; height?: number; durationSeconds?: number }> {
  const { ALL_FORMATS, BufferSource, FilePathSource, Input } = await import("mediabunny");
  const source = "bytes" in content ? new BufferSource(content.bytes) : new FilePathSource(content.path);
  using input = new Input({ formats: ALL_FORMATS, source });
  try {
    const durationSeconds = await input.computeDuration();
    const video = await input.getPrimaryVideoTrack();
    if (video === null) return { durationSeconds };
    return { durationSeconds, width: await video.getDisplayWidth(), height: await video.getDisplayHeight() };
  } catch {
    return {};
  }
}
