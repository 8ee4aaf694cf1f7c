import { createReadStream, createWriteStream } from "node:fs";
import { open } from "node:fs/promises";
import { finished } from "node:stream/promises";
import { type Chapter, plainLine } from "./mp3-tag.ts";

/** A box of an ISO base media file: 4 bytes of size, 4 of name, content. */
interface Place {
  type: string;
  start: number;
  size: number;
}

const HEADER = 8;
const MAX_TITLE_BYTES = 255;
/** The list of Nero has room for so many. */
const MAX_LISTED = 255;
const MAX_MOOV_BYTES = 256 * 1024 * 1024;
/** Units a second of the chapter track and of the file's own clock. */
const TICKS = 1_000;
/** Boxes that hold others, on the way to the tables of offsets. */
const PARENTS = new Set(["moov", "trak", "mdia", "minf", "stbl"]);
const NERO_TICKS = 10_000_000;

/**
 * Copies an MP4 with sound as an audiobook that starts before it is loaded (`moov` first), with its chapters marked in both ways that players read: a
 * text track that the sound refers to (QuickTime, Apple Books) and a list in `udta` (Nero; most others).
 */
export async function markChapters(source: string, target: string, chapters: Chapter[]): Promise<void> {
  const file = await open(source);
  let places: Place[];
  let moov: Buffer;
  try {
    places = await topLevel(file);
    moov = await contentOf(file, places);
  } finally {
    await file.close();
  }
  const media = places.filter(({ type }) => type === "mdat");
  const titles = chapters.map(({ title }) => titleSample(title));
  const finalMoov = placed({ moov, media, chapters, titles });
  const output = createWriteStream(target);
  const written = finished(output);
  output.write(FILE_TYPE);
  output.write(finalMoov);
  for (const place of media) await pipeRange(source, place, output);
  output.end(titles.length === 0 ? Buffer.alloc(0) : box("mdat", ...titles));
  await written;
}

async function topLevel(file: Awaited<ReturnType<typeof open>>): Promise<Place[]> {
  const { size: end } = await file.stat();
  const places: Place[] = [];
  for (let start = 0; start + HEADER <= end;) {
    const { buffer } = await file.read(Buffer.alloc(16), 0, 16, start);
    const short = buffer.readUInt32BE(0);
    const size = short === 1 ? Number(buffer.readBigUInt64BE(8)) : short;
    if (size < HEADER || start + size > end) throw new Error("the MP4 is damaged");
    places.push({ type: buffer.toString("latin1", 4, 8), start, size });
    start += size;
  }
  return places;
}

async function contentOf(file: Awaited<ReturnType<typeof open>>, places: Place[]): Promise<Buffer> {
  const place = places.find(({ type }) => type === "moov");
  if (place === undefined || place.size > MAX_MOOV_BYTES) throw new Error("the MP4 has no usable moov");
  const { buffer } = await file.read(Buffer.alloc(place.size), 0, place.size, place.start);
  return buffer;
}

async function pipeRange(
  source: string,
  { start, size }: Place,
  output: NodeJS.WritableStream,
): Promise<void> {
  const input = createReadStream(source, { start, end: start + size - 1 });
  input.pipe(output, { end: false });
  await finished(input);
}

/** The final `moov`: with chapters, and with offsets that are right for the order in which the file is written. */
function placed(options: { moov: Buffer; media: Place[]; chapters: Chapter[]; titles: Buffer[] }): Buffer {
  const { moov, media, chapters, titles } = options;
  const mediaStart = FILE_TYPE.length + withChapters(moov, chapters, titles, 0).length;
  const [first] = media;
  if (first === undefined) throw new Error("the MP4 holds no media");
  const delta = mediaStart - first.start;
  return withChapters(shifted(moov, delta), chapters, titles, mediaStart + sizeOf(media) + HEADER);
}

function sizeOf(places: Place[]): number {
  return places.reduce((sum, { size }) => sum + size, 0);
}

/** A copy of a `moov` in which every offset of media is moved. */
function shifted(moov: Buffer, delta: number): Buffer {
  const copy = Buffer.from(moov);
  const walk = (from: number, to: number): void => {
    for (const { type, start, size } of boxesIn(copy, from, to)) {
      const content = start + HEADER;
      if (PARENTS.has(type)) walk(content, start + size);
      if (type !== "stco" && type !== "co64") continue;
      const count = copy.readUInt32BE(content + 4);
      for (let index = 0; index < count; index += 1) {
        if (type === "stco") {
          const place = content + 8 + index * 4;
          copy.writeUInt32BE(copy.readUInt32BE(place) + delta, place);
        } else {
          const place = content + 8 + index * 8;
          copy.writeBigUInt64BE(copy.readBigUInt64BE(place) + BigInt(delta), place);
        }
      }
    }
  };
  walk(0, copy.length);
  return copy;
}

function boxesIn(buffer: Buffer, from: number, to: number): { type: string; start: number; size: number }[] {
  const boxes: { type: string; start: number; size: number }[] = [];
  for (let start = from; start + HEADER <= to;) {
    const size = buffer.readUInt32BE(start);
    if (size < HEADER || start + size > to) break;
    boxes.push({ type: buffer.toString("latin1", start + 4, start + 8), start, size });
    start += size;
  }
  return boxes;
}

function withChapters(moov: Buffer, chapters: Chapter[], titles: Buffer[], titlesAt: number): Buffer {
  if (chapters.length === 0) return moov;
  const trackId = nextTrackId(moov);
  const parts = boxesIn(moov, HEADER, moov.length).map(({ type, start, size }) => {
    const bytes = moov.subarray(start, start + size);
    if (type === "mvhd") return withNextTrackId(bytes, trackId + 1);
    if (type === "trak") return box("trak", bytes.subarray(HEADER), box("tref", box("chap", u32(trackId))));
    if (type === "udta") return box("udta", neroList(chapters), bytes.subarray(HEADER));
    return bytes;
  });
  const track = chapterTrack({ trackId, chapters, titles, titlesAt });
  const userData = parts.findIndex((part) => part.toString("latin1", 4, 8) === "udta");
  if (userData === -1) return box("moov", ...parts, track, box("udta", neroList(chapters)));
  return box("moov", ...parts.slice(0, userData), track, ...parts.slice(userData));
}

/** `mvhd` ends with it. */
function nextTrackId(moov: Buffer): number {
  const header = boxesIn(moov, HEADER, moov.length).find(({ type }) => type === "mvhd");
  if (header === undefined) throw new Error("the MP4 has no mvhd");
  return moov.readUInt32BE(header.start + header.size - 4);
}

function withNextTrackId(header: Buffer, id: number): Buffer {
  return Buffer.concat([header.subarray(0, -4), u32(id)]);
}

function neroList(chapters: Chapter[]): Buffer {
  const listed = chapters.slice(0, MAX_LISTED);
  const entries = listed.flatMap(({ title, start }) => {
    const text = shortTitle(title);
    return [u64(Math.round(start * NERO_TICKS)), Buffer.from([text.length]), text];
  });
  return box("chpl", u32(0x01_00_00_00), u32(0), Buffer.from([listed.length]), ...entries);
}

/** At most 255 bytes, cut between characters. */
function shortTitle(title: string): Buffer {
  let text = "";
  for (const character of plainLine(title)) {
    if (Buffer.byteLength(text + character) > MAX_TITLE_BYTES) break;
    text += character;
  }
  return Buffer.from(text);
}

/** A title as a text track holds it: length, UTF-8, and a box that says so. */
function titleSample(title: string): Buffer {
  const text = shortTitle(title);
  return Buffer.concat([u16(text.length), text, box("encd", u32(0x00_00_01_00))]);
}

function chapterTrack(options: {
  trackId: number;
  chapters: Chapter[];
  titles: Buffer[];
  titlesAt: number;
}): Buffer {
  const { trackId, chapters, titles, titlesAt } = options;
  const times = chapters.map(({ start, end }) => Math.round(end * TICKS) - Math.round(start * TICKS));
  const duration = times.reduce((sum, time) => sum + time, 0);
  const samples = box(
    "stbl",
    box("stsd", u32(0), u32(1), TEXT_ENTRY),
    box("stts", u32(0), u32(times.length), ...times.flatMap((time) => [u32(1), u32(time)])),
    box("stsc", u32(0), u32(1), u32(1), u32(titles.length), u32(1)),
    box("stsz", u32(0), u32(0), u32(titles.length), ...titles.map(({ length }) => u32(length))),
    box("co64", u32(0), u32(1), u64(titlesAt)),
  );
  const reference = box("dref", u32(0), u32(1), box("url ", u32(1)));
  return box(
    "trak",
    // Version 0, not enabled: it is no sound or picture of its own. Two times, the number, and an empty matrix and size.
    box(
      "tkhd",
      u32(0),
      u32(0),
      u32(0),
      u32(trackId),
      u32(0),
      u32(duration),
      Buffer.alloc(16),
      MATRIX,
      Buffer.alloc(8),
    ),
    box(
      "mdia",
      box("mdhd", u32(0), u32(0), u32(0), u32(TICKS), u32(duration), u32(UNDETERMINED_LANGUAGE << 16)),
      box("hdlr", u32(0), u32(0), Buffer.from("text"), Buffer.alloc(12), Buffer.from("Chapters\u0000")),
      box(
        "minf",
        box("gmhd", box("gmin", GENERAL_HEADER), box("text", MATRIX)),
        box("dinf", reference),
        samples,
      ),
    ),
  );
}

/** `und`, five bits a letter. */
const UNDETERMINED_LANGUAGE = 0x55_c4;
const MATRIX = Buffer.concat([
  u32(0x1_00_00),
  Buffer.alloc(12),
  u32(0x1_00_00),
  Buffer.alloc(12),
  u32(0x40_00_00_00),
]);
const GENERAL_HEADER = Buffer.concat([u32(0), u16(0x40), u16(0x80_00), u16(0x80_00), u16(0x80_00), u32(0)]);
/** An audiobook that is also read as any sound in an MP4. */
const FILE_TYPE = box("ftyp", Buffer.from("M4B \u0000\u0000\u0002\u0000M4B M4A isomiso2", "latin1"));
/** A sample entry of QuickTime text in which all is left as it is. */
const TEXT_ENTRY = box("text", Buffer.alloc(6), u16(1), u32(1), Buffer.alloc(39), Buffer.alloc(1));

function box(type: string, ...content: Uint8Array[]): Buffer {
  const size = content.reduce((sum, { length }) => sum + length, HEADER);
  return Buffer.concat([u32(size), Buffer.from(type, "latin1"), ...content]);
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}
