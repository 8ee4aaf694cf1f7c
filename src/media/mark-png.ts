import { crc32 } from "node:zlib";
import type { Carrier } from "./mark-file.ts";

const FIRST_CHUNK = 8;
/** Length and type before the content, a checksum behind it. */
const FRAME_BYTES = 12;
const MAX_CHUNKS = 10_000;
/** Keyword, not compressed, no language, no translated keyword (PNG specification 11.3.3.4; XMP part 3, 1.1.5). */
const XMP_HEAD = Buffer.from("XML:com.adobe.xmp\0\0\0\0\0", "latin1");

/** Puts XMP into a PNG as an `iTXt` chunk before its pixels. A C2PA manifest (`caBX`) would no longer fit: left alone. */
export const markPng: Carrier = async (file, mark) => {
  let at = FIRST_CHUNK;
  for (let count = 0; count < MAX_CHUNKS; count += 1) {
    const head = await file.read(at, 8);
    if (head.length < 8) return null;
    const length = head.readUInt32BE(0);
    const type = head.toString("latin1", 4, 8);
    if (type === "caBX" || type === "IEND") return null;
    if (type === "IDAT") {
      const xmp = mark(null);
      return xmp === null ? null : [{ at, remove: 0, insert: xmpChunk(xmp) }];
    }
    if (type === "iTXt") {
      const content = await file.read(at + 8, length);
      if (content.subarray(0, XMP_HEAD.length).equals(XMP_HEAD)) {
        if (await hasManifest(file, at)) return null;
        const xmp = mark(content.toString("utf8", XMP_HEAD.length));
        return xmp === null ? null : [{ at, remove: length + FRAME_BYTES, insert: xmpChunk(xmp) }];
      }
    }
    at += length + FRAME_BYTES;
  }
  return null;
};

/** Whether a C2PA manifest comes behind this place; it stands before the pixels. */
async function hasManifest(file: Parameters<Carrier>[0], from: number): Promise<boolean> {
  let at = from;
  for (let count = 0; count < MAX_CHUNKS; count += 1) {
    const head = await file.read(at, 8);
    if (head.length < 8) return false;
    const type = head.toString("latin1", 4, 8);
    if (type === "caBX") return true;
    if (type === "IDAT") return false;
    at += head.readUInt32BE(0) + FRAME_BYTES;
  }
  return false;
}

function xmpChunk(xmp: string): Buffer {
  const body = Buffer.concat([Buffer.from("iTXt", "latin1"), XMP_HEAD, Buffer.from(xmp)]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(body.length - 4, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return chunk;
}
