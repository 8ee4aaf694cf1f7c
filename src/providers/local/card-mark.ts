import { crc32 } from "node:zlib";

// A card says in its file who drew it, so that a film made of it knows that words stand at its foot.

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** The signature and the first chunk, IHDR, whose length is fixed. */
const HEAD_BYTES = 33;
const MARK = "Software\0Relais, built-in generator";

/** The same PNG with a `tEXt` chunk (PNG specification 11.3.3) that names its maker. */
export function markCard(png: Uint8Array): Buffer {
  return Buffer.concat([png.subarray(0, HEAD_BYTES), textChunk(MARK), png.subarray(HEAD_BYTES)]);
}

/** Whether a file is a PNG that `markCard` has marked. */
export function isMarkedCard(bytes: Uint8Array): boolean {
  const chunk = textChunk(MARK);
  const isPng = PNG_SIGNATURE.equals(bytes.subarray(0, PNG_SIGNATURE.length));
  return isPng && chunk.equals(bytes.subarray(HEAD_BYTES, HEAD_BYTES + chunk.length));
}

/** Length, type, content and checksum. */
function textChunk(content: string): Buffer {
  const body = Buffer.from(`tEXt${content}`, "latin1");
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(body.length - 4, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return chunk;
}
