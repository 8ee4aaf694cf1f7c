import type { ReadPart } from "./remote-file.ts";

export interface Chapter {
  title: string;
  /** Seconds. */
  start: number;
}

const MAX_LIST_BYTES = 256_000;
const MAX_TAG_BYTES = 8_000_000;
const MAX_CHAPTERS = 500;
const MAX_BOXES = 200;

/** The chapter marks that an M4B, M4A or MP3 carries; none where there are none, or where they cannot be read. */
export async function readChapters(read: ReadPart, size: number): Promise<Chapter[]> {
  const head = await read(0, 12);
  if (asciiOf(head.subarray(0, 3)) === "ID3") {
    return chaptersOfTag(await read(0, Math.min(size, MAX_TAG_BYTES, 10 + synchsafe(viewOf(head), 6))));
  }
  return asciiOf(head.subarray(4, 8)) === "ftyp" ? await chaptersOfBoxes(read, size) : [];
}

interface Box {
  type: string;
  /** Where its content begins and the box ends. */
  start: number;
  end: number;
}

/** The list `chpl` in `moov/udta` (Nero's, which FFmpeg and Apple's programs write beside a track of chapters). */
async function chaptersOfBoxes(read: ReadPart, size: number): Promise<Chapter[]> {
  let place: Box | undefined = { type: "", start: 0, end: size };
  for (const type of ["moov", "udta", "chpl"]) {
    place = await findBox(read, place, type);
    if (place === undefined) {
      return [];
    }
  }
  return chaptersOfList(await read(place.start, Math.min(place.end, place.start + MAX_LIST_BYTES)));
}

/** Looks for a box (ISO/IEC 14496-12, section 4.2) in another, by the headers alone. */
async function findBox(read: ReadPart, within: Box, type: string): Promise<Box | undefined> {
  let at = within.start;
  for (let count = 0; count < MAX_BOXES && at + 8 <= within.end; count += 1) {
    const bytes = await read(at, Math.min(at + 16, within.end));
    const header = viewOf(bytes);
    const short = header.getUint32(0);
    const isLong = short === 1 && bytes.length === 16;
    const length = isLong ? Number(header.getBigUint64(8)) : short === 0 ? within.end - at : short;
    const headerBytes = isLong ? 16 : 8;
    if (length < headerBytes) {
      return undefined;
    }
    if (asciiOf(bytes.subarray(4, 8)) === type) {
      return { type, start: at + headerBytes, end: Math.min(at + length, within.end) };
    }
    at += length;
  }
  return undefined;
}

function chaptersOfList(bytes: Uint8Array): Chapter[] {
  const view = viewOf(bytes);
  const hasReserved = bytes[0] === 1;
  const chapters: Chapter[] = [];
  let at = hasReserved ? 9 : 5;
  const count = bytes[at - 1] ?? 0;
  while (chapters.length < count && at + 9 <= bytes.length) {
    const titleBytes = bytes[at + 8] ?? 0;
    const title = new TextDecoder().decode(bytes.subarray(at + 9, at + 9 + titleBytes));
    // Counted in 100 nanoseconds.
    chapters.push({ title, start: Number(view.getBigUint64(at)) / 1e7 });
    at += 9 + titleBytes;
  }
  return chapters;
}

/** The frames `CHAP` of an ID3 tag, versions 2.3 and 2.4 (ID3v2 Chapter Frame Addendum). */
function chaptersOfTag(tag: Uint8Array): Chapter[] {
  const isVersion4 = tag[3] === 4;
  const chapters: Chapter[] = [];
  for (const frame of framesOf(tag.subarray(10), isVersion4)) {
    const idEnd = frame.content.indexOf(0);
    if (frame.id !== "CHAP" || idEnd < 0 || idEnd + 17 > frame.content.length) {
      continue;
    }
    const start = viewOf(frame.content).getUint32(idEnd + 1) / 1_000;
    const title = framesOf(frame.content.subarray(idEnd + 17), isVersion4).find(({ id }) => id === "TIT2");
    chapters.push({ title: title === undefined ? "" : textOf(title.content), start });
  }
  return chapters.toSorted((a, b) => a.start - b.start);
}

interface Frame {
  id: string;
  content: Uint8Array;
}

function framesOf(bytes: Uint8Array, isVersion4: boolean): Frame[] {
  const view = viewOf(bytes);
  const frames: Frame[] = [];
  let at = 0;
  while (at + 10 <= bytes.length && bytes[at] !== 0 && frames.length < MAX_CHAPTERS) {
    const length = isVersion4 ? synchsafe(view, at + 4) : view.getUint32(at + 4);
    frames.push({
      id: asciiOf(bytes.subarray(at, at + 4)),
      content: bytes.subarray(at + 10, at + 10 + length),
    });
    at += 10 + length;
  }
  return frames;
}

const ENCODINGS = ["latin1", "utf-16", "utf-16be", "utf-8"];

function textOf(content: Uint8Array): string {
  const encoding = ENCODINGS[content[0] ?? 0] ?? "utf-8";
  return new TextDecoder(encoding).decode(content.subarray(1)).replaceAll("\0", "");
}

/** Four bytes of seven bits each. */
function synchsafe(view: DataView, at: number): number {
  return [0, 1, 2, 3].reduce((sum, index) => sum * 128 + (view.getUint8(at + index) & 127), 0);
}

function asciiOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
