/** Times in seconds. */
export interface Chapter {
  title: string;
  start: number;
  end: number;
}

/** What a file says of itself. Empty texts are left out. */
export interface Tags {
  title: string;
  artist: string;
  album: string;
  genre: string;
  /** ISO 639-2, such as `fra`; empty where unknown. */
  language: string;
  comment: string;
}

/** A JPEG. */
export interface Cover {
  bytes: Uint8Array;
  width: number;
  height: number;
}

const MAX_TEXT = 2_000;
/** More chapters than this do not fit into one table of contents: their number is one byte. */
const MAX_CHAPTERS = 255;
const NO_OFFSET = 0xff_ff_ff_ff;
const TOP_LEVEL_ORDERED = 0b11;
const FRONT_COVER = 3;
const MARK_UTF16 = 1;

/**
 * The tag at the start of an MP3: ID3v2.3 (id3.org/id3v2.3.0), which every player reads, with chapters by the addendum
 * "ID3v2 Chapter Frame" 1.0. Texts are UTF-16; chapters beyond the 255th are left out.
 */
export function mp3Tag(
  tags: Tags,
  { cover, chapters }: { cover: Cover | null; chapters: Chapter[] },
): Buffer {
  const marks = chapters.slice(0, MAX_CHAPTERS);
  const frames = Buffer.concat([
    textFrame("TIT2", tags.title),
    textFrame("TPE1", tags.artist),
    textFrame("TALB", tags.album),
    textFrame("TCON", tags.genre),
    textFrame("TLAN", tags.language),
    commentFrame(tags),
    cover === null ? Buffer.alloc(0) : pictureFrame(cover),
    marks.length === 0 ? Buffer.alloc(0) : contentsFrame(marks, tags.title),
    ...marks.map(chapterFrame),
  ]);
  const header = Buffer.concat([Buffer.from("ID3\u0003\u0000\u0000", "latin1"), syncSafe(frames.length)]);
  return Buffer.concat([header, frames]);
}

function frame(id: string, content: Buffer): Buffer {
  const header = Buffer.alloc(10);
  header.write(id, 0, "latin1");
  header.writeUInt32BE(content.length, 4);
  return Buffer.concat([header, content]);
}

function textFrame(id: string, text: string): Buffer {
  if (text === "") return Buffer.alloc(0);
  return frame(id, Buffer.concat([Buffer.from([MARK_UTF16]), utf16(text)]));
}

function commentFrame({ comment, language }: Tags): Buffer {
  if (comment === "") return Buffer.alloc(0);
  const code = /^[a-z]{3}$/.test(language) ? language : "und";
  const content = [Buffer.from([MARK_UTF16]), Buffer.from(code, "latin1"), utf16(""), END, utf16(comment)];
  return frame("COMM", Buffer.concat(content));
}

function pictureFrame({ bytes }: Cover): Buffer {
  const head = [Buffer.from([0]), latin("image/jpeg"), Buffer.from([FRONT_COVER, 0])];
  return frame("APIC", Buffer.concat([...head, bytes]));
}

function contentsFrame(chapters: Chapter[], title: string): Buffer {
  const head = [latin("toc"), Buffer.from([TOP_LEVEL_ORDERED, chapters.length])];
  const ids = chapters.map((_, index) => latin(`chp${index}`));
  return frame("CTOC", Buffer.concat([...head, ...ids, textFrame("TIT2", title)]));
}

function chapterFrame({ title, start, end }: Chapter, index: number): Buffer {
  const times = Buffer.alloc(16);
  times.writeUInt32BE(Math.round(start * 1_000), 0);
  times.writeUInt32BE(Math.round(end * 1_000), 4);
  times.writeUInt32BE(NO_OFFSET, 8);
  times.writeUInt32BE(NO_OFFSET, 12);
  return frame("CHAP", Buffer.concat([latin(`chp${index}`), times, textFrame("TIT2", title)]));
}

const END = Buffer.from([0, 0]);

/** With its byte order mark; what XML and terminals cannot show is left out. */
function utf16(text: string): Buffer {
  return Buffer.from(`\uFEFF${plainLine(text)}`, "utf16le");
}

/** One line without control characters, of a length that players show. */
export function plainLine(text: string): string {
  const line = text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .trim();
  return Array.from(line).slice(0, MAX_TEXT).join("");
}

function latin(text: string): Buffer {
  return Buffer.from(`${text}\u0000`, "latin1");
}

/** Seven bits a byte. */
function syncSafe(size: number): Buffer {
  return Buffer.from([(size >> 21) & 0x7f, (size >> 14) & 0x7f, (size >> 7) & 0x7f, size & 0x7f]);
}
