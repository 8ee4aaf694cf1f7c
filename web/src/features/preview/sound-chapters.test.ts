import { describe, expect, test } from "vitest";
import type { ReadPart } from "./remote-file.ts";
import { peaksOf } from "./peaks.ts";
import { readChapters } from "./sound-chapters.ts";

function readerOf(bytes: Buffer): ReadPart {
  return (start, end) => Promise.resolve(new Uint8Array(bytes.subarray(start, end)));
}

function chaptersOf(bytes: Buffer) {
  return readChapters(readerOf(bytes), bytes.length);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function box(type: string, ...content: Buffer[]): Buffer {
  const whole = Buffer.concat(content);
  return Buffer.concat([u32(8 + whole.length), Buffer.from(type), whole]);
}

function mark(seconds: number, title: string): Buffer {
  const start = Buffer.alloc(8);
  start.writeBigUInt64BE(BigInt(seconds * 1e7));
  const text = Buffer.from(title);
  return Buffer.concat([start, Buffer.from([text.length]), text]);
}

const LIST = box("chpl", Buffer.from([1, 0, 0, 0, 0, 0, 0, 0, 2]), mark(0, "Prologue"), mark(62.5, "L’été"));
const TYPE = box("ftyp", Buffer.from("M4B "));
const SOUND = box("mdat", Buffer.alloc(5_000));

function frame(id: string, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from(id), u32(content.length), Buffer.alloc(2), content]);
}

function chapterFrame(milliseconds: number, title: string): Buffer {
  const times = Buffer.concat([u32(milliseconds), u32(0), u32(0), u32(0)]);
  const text = frame("TIT2", Buffer.concat([Buffer.from([3]), Buffer.from(title)]));
  return frame("CHAP", Buffer.concat([Buffer.from("c1\0"), times, text]));
}

function tag(...frames: Buffer[]): Buffer {
  const content = Buffer.concat(frames);
  const size = Buffer.from([0, 0, content.length >> 7, content.length & 127]);
  return Buffer.concat([Buffer.from("ID3"), Buffer.from([3, 0, 0]), size, content, Buffer.alloc(500)]);
}

describe("chapter marks", () => {
  test("are read from an M4B, wherever they stand in it", async () => {
    const index = box(
      "moov",
      box("mvhd", Buffer.alloc(100)),
      box("udta", box("meta", Buffer.alloc(4)), LIST),
    );
    const expected = [
      { title: "Prologue", start: 0 },
      { title: "L’été", start: 62.5 },
    ];
    expect(await chaptersOf(Buffer.concat([TYPE, index, SOUND]))).toEqual(expected);
    expect(await chaptersOf(Buffer.concat([TYPE, SOUND, index]))).toEqual(expected);
  });

  test("are read from an MP3", async () => {
    const mp3 = tag(frame("TALB", Buffer.from("\0x")), chapterFrame(61_000, "Deux"), chapterFrame(0, "Un"));
    expect(await chaptersOf(mp3)).toEqual([
      { title: "Un", start: 0 },
      { title: "Deux", start: 61 },
    ]);
  });

  test("are none where a file has none, is cut, or lies about its lengths", async () => {
    const lying = Buffer.concat([u32(4), Buffer.from("moov")]);
    const loops = Buffer.concat([TYPE, lying, lying]);
    for (const bytes of [
      TYPE,
      SOUND,
      loops,
      Buffer.concat([TYPE, box("moov")]),
      tag(),
      Buffer.from("RIFF"),
    ]) {
      expect(await chaptersOf(bytes)).toEqual([]);
    }
  });
});

describe("peaks of a sound", () => {
  test("are the loudest sample of each part, the loudest of all 1", () => {
    const samples = new Float32Array(400).map((_, index) => (index < 200 ? 0.25 : -0.5));
    expect(peaksOf(samples, 4)).toEqual([0.5, 0.5, 1, 1]);
    expect(peaksOf(new Float32Array(100), 2)).toEqual([0, 0]);
  });
});
