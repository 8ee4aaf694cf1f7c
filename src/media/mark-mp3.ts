import { languageCode } from "./language-code.ts";
import { sourceUri, oneLine, type Provenance } from "./provenance.ts";
import type { Carrier } from "./mark-file.ts";
import type { ByteSource, Splice } from "./spliced-file.ts";

interface Frame {
  id: string;
  at: number;
  /** Of all of it. */
  bytes: number;
}

const HEAD_BYTES = 10;
const MAX_FRAMES = 2_000;
const MAX_TAG_BYTES = 0x0fff_ffff;
const XMP_OWNER = Buffer.from("XMP\0", "latin1");
/**
 * Puts XMP into the ID3 tag of an MP3 (frame `PRIV`, XMP part 3, 1.1.4), and the digital source type, title, author and
 * language as frames of their own where there are none. Left alone: a file with a C2PA manifest (`GEOB`), and tags that are
 * written in a rare form.
 */
export const markMp3: Carrier = async (file, mark, provenance) => {
  const head = await file.read(0, HEAD_BYTES);
  if (head.length < HEAD_BYTES) return null;
  if (head.toString("latin1", 0, 3) !== "ID3") {
    const xmp = mark(null);
    if (xmp === null) return null;
    const frames = framesOf(xmp, provenance, { version: 3, isThere: () => false });
    return [{ at: 0, remove: 0, insert: Buffer.concat([tagHead(3, frames.length), frames]) }];
  }
  const version = head[3] ?? 0;
  const isUsual = (version === 3 || version === 4) && head[5] === 0;
  return isUsual
    ? await inTag(file, { version, tagBytes: fromSynchsafe(head, 6) }, { mark, provenance })
    : null;
};

async function inTag(
  file: ByteSource,
  { version, tagBytes }: { version: number; tagBytes: number },
  { mark, provenance }: { mark: Parameters<Carrier>[1]; provenance: Provenance },
): Promise<Splice[] | null> {
  const frames = await framesIn(file, version, HEAD_BYTES + tagBytes);
  if (frames === null) return null;
  let found: { frame: Frame; xmp: string } | null = null;
  for (const frame of frames) {
    if (frame.id === "GEOB" && (await textOf(file, frame, 64)).includes("c2pa")) return null;
    if (frame.id === "PRIV" && (await textOf(file, frame, 4)) === XMP_OWNER.toString("latin1")) {
      const content = await file.read(frame.at + HEAD_BYTES + XMP_OWNER.length, frame.bytes);
      found = { frame, xmp: content.toString("utf8", 0, frame.bytes - HEAD_BYTES - XMP_OWNER.length) };
    }
  }
  const xmp = mark(found?.xmp ?? null);
  if (xmp === null) return null;
  const last = frames.at(-1);
  const end = last ? last.at + last.bytes : HEAD_BYTES;
  const added = framesOf(xmp, provenance, {
    version,
    isThere: (id) => frames.some((frame) => frame.id === id),
  });
  const removed = found?.frame.bytes ?? 0;
  const size = end - HEAD_BYTES - removed + added.length;
  if (size > MAX_TAG_BYTES) return null;
  return [
    { at: 0, remove: HEAD_BYTES, insert: tagHead(version, size) },
    ...(found ? [{ at: found.frame.at, remove: found.frame.bytes, insert: Buffer.alloc(0) }] : []),
    // What lies between the last frame and the sound is filling.
    { at: end, remove: HEAD_BYTES + tagBytes - end, insert: added },
  ];
}

async function framesIn(file: ByteSource, version: number, end: number): Promise<Frame[] | null> {
  const frames: Frame[] = [];
  for (let at = HEAD_BYTES; at + HEAD_BYTES <= end;) {
    const head = await file.read(at, HEAD_BYTES);
    if (head.length < HEAD_BYTES || frames.length === MAX_FRAMES) return null;
    const id = head.toString("latin1", 0, 4);
    if (id === "\0\0\0\0") break;
    const bytes = HEAD_BYTES + (version === 4 ? fromSynchsafe(head, 4) : head.readUInt32BE(4));
    if (!/^[A-Z0-9]{4}$/.test(id) || at + bytes > end) return null;
    frames.push({ id, at, bytes });
    at += bytes;
  }
  return frames;
}

async function textOf(file: ByteSource, frame: Frame, bytes: number): Promise<string> {
  return (await file.read(frame.at + HEAD_BYTES, Math.min(bytes, frame.bytes - HEAD_BYTES))).toString(
    "latin1",
  );
}

function framesOf(
  xmp: string,
  { source, title, author, language }: Provenance,
  { version, isThere }: { version: number; isThere: (id: string) => boolean },
): Buffer {
  const texts: [string, string | undefined][] = [
    ["TIT2", title],
    ["TPE1", author],
    ["TLAN", languageCode(language ?? "")],
  ];
  const frame = (id: string, content: Buffer): Buffer => {
    const head = Buffer.from(`${id}\0\0\0\0\0\0`, "latin1");
    if (version === 4) synchsafe(content.length).copy(head, 4);
    else head.writeUInt32BE(content.length, 4);
    return Buffer.concat([head, content]);
  };
  return Buffer.concat([
    ...texts.flatMap(([id, text]) => (text && !isThere(id) ? [frame(id, unicode(oneLine(text)))] : [])),
    frame(
      "TXXX",
      Buffer.concat([unicode("DigitalSourceType"), Buffer.alloc(2), unicode(sourceUri(source)).subarray(1)]),
    ),
    frame("PRIV", Buffer.concat([XMP_OWNER, Buffer.from(xmp)])),
  ]);
}

/** Encoding 1: UTF-16 with a byte order mark, which versions 2.3 and 2.4 of ID3 both know. */
function unicode(text: string): Buffer {
  return Buffer.concat([Buffer.from([1, 0xff, 0xfe]), Buffer.from(text, "utf16le")]);
}

function tagHead(version: number, bytes: number): Buffer {
  return Buffer.concat([Buffer.from("ID3", "latin1"), Buffer.from([version, 0, 0]), synchsafe(bytes)]);
}

/** Four bytes of seven bits each (ID3v2.4.0, section 6.2). */
function synchsafe(value: number): Buffer {
  return Buffer.from([21, 14, 7, 0].map((shift) => (value >>> shift) & 0x7f));
}

function fromSynchsafe(bytes: Buffer, at: number): number {
  return [0, 1, 2, 3].reduce((sum, index) => sum * 128 + ((bytes[at + index] ?? 0) & 0x7f), 0);
}
