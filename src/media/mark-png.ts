import { crc32, inflateSync } from "node:zlib";
import type { Carrier } from "./mark-file.ts";
import type { ByteSource } from "./spliced-file.ts";

interface Chunk {
  type: string;
  at: number;
  /** Of all of it. */
  bytes: number;
}

const FIRST_CHUNK = 8;
const HEAD_BYTES = 8;
const CHECKSUM_BYTES = 4;
/** More than a large picture has, which is written in pieces of 8 KiB at the least. */
const MAX_CHUNKS = 20_000;
const KEYWORD = Buffer.from("XML:com.adobe.xmp\0", "latin1");
/** Keyword, not compressed, no language, no translated keyword (PNG specification 11.3.3.4; XMP part 3, 1.1.5). */
const XMP_HEAD = Buffer.concat([KEYWORD, Buffer.alloc(4)]);
const MAX_XMP_BYTES = 1024 * 1024;

/** Puts XMP into a PNG as an `iTXt` chunk before its pixels. A file with a C2PA manifest (`caBX`) is left alone. */
export const markPng: Carrier = async (file, mark) => {
  const chunks = await chunksOf(file);
  const pixels = chunks?.find(({ type }) => type === "IDAT");
  if (!chunks || !pixels || chunks.some(({ type }) => type === "caBX")) return null;
  for (const { type, at, bytes } of chunks) {
    if (type !== "iTXt" && type !== "zTXt") continue;
    const content = await file.read(at + HEAD_BYTES, bytes - HEAD_BYTES - CHECKSUM_BYTES);
    if (!content.subarray(0, KEYWORD.length).equals(KEYWORD)) continue;
    const existing = xmpIn(type, content);
    const xmp = existing === null ? null : mark(existing);
    return xmp === null ? null : [{ at, remove: bytes, insert: xmpChunk(xmp) }];
  }
  const xmp = mark(null);
  return xmp === null ? null : [{ at: pixels.at, remove: 0, insert: xmpChunk(xmp) }];
};

/** Null where it cannot be read. Some programs write it compressed, as `zTXt`. */
function xmpIn(type: string, content: Buffer): string | null {
  if (type === "iTXt") {
    const isPlain = content.subarray(0, XMP_HEAD.length).equals(XMP_HEAD);
    return isPlain ? content.toString("utf8", XMP_HEAD.length) : null;
  }
  try {
    const options = { maxOutputLength: MAX_XMP_BYTES };
    return inflateSync(content.subarray(KEYWORD.length + 1), options).toString("utf8");
  } catch {
    return null;
  }
}

/** Null where the file ends before its last chunk. */
async function chunksOf(file: ByteSource): Promise<Chunk[] | null> {
  const chunks: Chunk[] = [];
  for (let at = FIRST_CHUNK; chunks.length < MAX_CHUNKS;) {
    const head = await file.read(at, HEAD_BYTES);
    if (head.length < HEAD_BYTES) return null;
    const type = head.toString("latin1", 4, 8);
    if (type === "IEND") return chunks;
    const bytes = HEAD_BYTES + head.readUInt32BE(0) + CHECKSUM_BYTES;
    chunks.push({ type, at, bytes });
    at += bytes;
  }
  return null;
}

function xmpChunk(xmp: string): Buffer {
  const body = Buffer.concat([Buffer.from("iTXt", "latin1"), XMP_HEAD, Buffer.from(xmp)]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(body.length - 4, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return chunk;
}
