import { describe, expect, test } from "vitest";
import { mp3Tag, plainLine, type Tags } from "./mp3-tag.ts";

const NOTHING: Tags = { title: "", artist: "", album: "", genre: "", language: "", comment: "" };

/** The frames of a tag by their ids, in order. */
function framesOf(tag: Buffer): { id: string; content: Buffer }[] {
  const size = [6, 7, 8, 9].reduce((sum, place) => sum * 128 + (tag[place] ?? 0), 0);
  expect(tag).toHaveLength(size + 10);
  const frames: { id: string; content: Buffer }[] = [];
  for (let at = 10; at < tag.length;) {
    const length = tag.readUInt32BE(at + 4);
    frames.push({ id: tag.toString("latin1", at, at + 4), content: tag.subarray(at + 10, at + 10 + length) });
    at += 10 + length;
  }
  return frames;
}

const idsOf = (tag: Buffer): string[] => framesOf(tag).map(({ id }) => id);

describe("mp3Tag", () => {
  test("holds what is known and leaves out what is not", () => {
    const tag = mp3Tag({ ...NOTHING, title: "Été", language: "fra" }, { cover: null, chapters: [] });
    expect(tag.subarray(0, 5).toString("latin1")).toBe("ID3\u0003\u0000");
    const [title, language] = framesOf(tag);
    expect(title?.content.subarray(1).toString("utf16le")).toBe("\uFEFFÉté");
    expect(language?.id).toBe("TLAN");
    expect(idsOf(tag)).toEqual(["TIT2", "TLAN"]);
  });

  test("marks chapters in milliseconds, listed in a table of contents", () => {
    const chapters = [
      { title: "Un", start: 0, end: 1.5 },
      { title: "Deux", start: 1.5, end: 4 },
    ];
    const cover = { bytes: Buffer.from([0xff, 0xd8]), width: 1, height: 1 };
    const tag = mp3Tag(NOTHING, { cover, chapters });
    expect(idsOf(tag)).toEqual(["APIC", "CTOC", "CHAP", "CHAP"]);
    const [, contents, , second] = framesOf(tag);
    expect(contents?.content.toString("latin1")).toContain("chp0\u0000chp1\u0000");
    expect(second?.content.readUInt32BE(5)).toBe(1_500);
    expect(second?.content.readUInt32BE(9)).toBe(4_000);
  });

  test("lists no more chapters than one byte counts", () => {
    const chapters = Array.from({ length: 300 }, (_, start) => ({ title: "x", start, end: start + 1 }));
    expect(idsOf(mp3Tag(NOTHING, { cover: null, chapters })).filter((id) => id === "CHAP")).toHaveLength(255);
  });
});

describe("plainLine", () => {
  test("is one line of what can be shown", () => {
    expect(plainLine("a\u0000b\r\nc\u2028d \ud800")).toBe("a b c d \ufffd");
    expect(plainLine("x".repeat(9_000))).toHaveLength(2_000);
  });
});
