import type { Carrier } from "./mark-file.ts";
import type { ByteSource, Splice } from "./spliced-file.ts";

interface Chunk {
  type: string;
  at: number;
  /** Of the content, without the byte that makes it even. */
  bytes: number;
}

const FIRST_CHUNK = 12;
const MAX_CHUNKS = 10_000;
const MAX_RIFF_BYTES = 0xffff_ffff;
const XMP_FLAG = 0x04;
const ALPHA_FLAG = 0x10;

/** Puts XMP behind the sound of a WAV (chunk `_PMX`, XMP part 3, 1.1.6). */
export const markWav: Carrier = async (file, mark) => {
  const chunks = await chunksOf(file);
  if (chunks === null || !chunks.some(({ type }) => type === "data")) return null;
  return await appended(file, chunks, { type: "_PMX", mark, before: [] });
};

/**
 * Puts XMP behind the picture of a WebP. A file in the simple form becomes one in the extended form (`VP8X`), which alone
 * may hold XMP (WebP container specification); its picture stays as it is.
 */
export const markWebp: Carrier = async (file, mark) => {
  const chunks = await chunksOf(file);
  const [first] = chunks ?? [];
  if (!chunks || !first) return null;
  const before = first.type === "VP8X" ? await flaggedHead(file, first) : await extendedHead(file, first);
  return before === null ? null : await appended(file, chunks, { type: "XMP ", mark, before: [before] });
};

async function chunksOf(file: ByteSource): Promise<Chunk[] | null> {
  const chunks: Chunk[] = [];
  const head = await file.read(0, FIRST_CHUNK);
  if (head.length < FIRST_CHUNK || head.readUInt32LE(4) + 8 !== file.size) return null;
  for (let at = FIRST_CHUNK; at < file.size && chunks.length < MAX_CHUNKS;) {
    const chunkHead = await file.read(at, 8);
    if (chunkHead.length < 8) return null;
    const chunk = { type: chunkHead.toString("latin1", 0, 4), at, bytes: chunkHead.readUInt32LE(4) };
    chunks.push(chunk);
    at += 8 + evenBytes(chunk.bytes);
    if (at > file.size) return null;
  }
  return chunks;
}

/** @param change.before what else has to change, at places in front of the new chunk. */
async function appended(
  file: ByteSource,
  chunks: Chunk[],
  { type, mark, before }: { type: string; mark: Parameters<Carrier>[1]; before: Splice[] },
): Promise<Splice[] | null> {
  if (chunks.some((chunk) => chunk.type === "C2PA")) return null;
  const existing = chunks.find((chunk) => chunk.type === type);
  const xmp = mark(existing ? (await file.read(existing.at + 8, existing.bytes)).toString("utf8") : null);
  if (xmp === null) return null;
  const insert = chunkOf(type, Buffer.from(xmp));
  const place = existing
    ? { at: existing.at, remove: 8 + evenBytes(existing.bytes), insert }
    : { at: file.size, remove: 0, insert };
  const splices = [...before, place];
  const bytes = splices.reduce(
    (sum, { remove, insert: added }) => sum + added.byteLength - remove,
    file.size - 8,
  );
  if (bytes > MAX_RIFF_BYTES) return null;
  const size = Buffer.alloc(4);
  size.writeUInt32LE(bytes);
  return [{ at: 4, remove: 4, insert: size }, ...splices];
}

function chunkOf(type: string, content: Uint8Array): Buffer {
  const head = Buffer.from(`${type}\0\0\0\0`, "latin1");
  head.writeUInt32LE(content.byteLength, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.byteLength % 2)]);
}

function evenBytes(bytes: number): number {
  return bytes + (bytes % 2);
}

async function flaggedHead(file: ByteSource, { at }: Chunk): Promise<Splice | null> {
  const [flags] = await file.read(at + 8, 1);
  return flags === undefined ? null : { at: at + 8, remove: 1, insert: Buffer.from([flags | XMP_FLAG]) };
}

/** The head that the extended form begins with, for a picture in the simple form; its size stands in the picture itself. */
async function extendedHead(file: ByteSource, chunk: Chunk): Promise<Splice | null> {
  const content = await file.read(chunk.at + 8, 10);
  const size = content.length < 10 ? null : pictureSize(chunk.type, content);
  if (size === null) return null;
  const head = Buffer.alloc(10);
  head[0] = XMP_FLAG | (size.hasAlpha ? ALPHA_FLAG : 0);
  head.writeUIntLE(size.width - 1, 4, 3);
  head.writeUIntLE(size.height - 1, 7, 3);
  return { at: chunk.at, remove: 0, insert: chunkOf("VP8X", head) };
}

function pictureSize(
  type: string,
  content: Buffer,
): { width: number; height: number; hasAlpha: boolean } | null {
  if (type === "VP8 ") {
    const [width, height] = [content.readUInt16LE(6) & 0x3fff, content.readUInt16LE(8) & 0x3fff];
    return width > 0 && height > 0 ? { width, height, hasAlpha: false } : null;
  }
  if (type !== "VP8L") return null;
  const bits = content.readUInt32LE(1);
  return {
    width: (bits & 0x3fff) + 1,
    height: ((bits >>> 14) & 0x3fff) + 1,
    hasAlpha: (bits & (1 << 28)) !== 0,
  };
}
