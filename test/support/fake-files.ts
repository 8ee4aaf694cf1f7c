import { crc32, deflateSync } from "node:zlib";

/** A real PNG of the asked size: white, one bit a pixel, so that even large ones are small and quick. */
export function pngOf(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const row = Buffer.alloc(1 + Math.ceil(width / 8), 0xff);
  row[0] = 0;
  const pixels = deflateSync(Buffer.concat(Array.from({ length: height }, () => row)));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", pixels),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

/** A real MP3 of silence: frames of MPEG 1 layer III, 44.1 kHz, 128 kbit/s, 26.12 ms each. */
export function mp3Of(seconds: number): Buffer {
  const frame = Buffer.alloc(417);
  frame.set([0xff, 0xfb, 0x90, 0xc4]);
  const frames = Math.max(3, Math.round((seconds * 44_100) / 1_152));
  return Buffer.concat(Array.from({ length: frames }, () => frame));
}

/** As much of an MP4 as says that it is one: what is not looked into needs no more. */
export const FILM = Buffer.from("\0\0\0\u0018ftypmp42\0\0\0\0mp42isom");
