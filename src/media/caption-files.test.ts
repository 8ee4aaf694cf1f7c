import { describe, expect, test } from "vitest";
import type { Caption } from "./captions.ts";
import { writeSrt, writeVtt } from "./caption-files.ts";

const CAPTIONS: Caption[] = [
  { start: 0, end: 1.5, lines: ["L’été\u202F!", "مرحبا & <b>gras</b>"] },
  { start: 61.0004, end: 3_723.9996, lines: ["{\\an8}--> fin"] },
];

/** Reads captions as a player does: blocks that blank lines part, of which the last line but one or more is text. */
function parsed(content: string, mark: "," | "."): { start: number; end: number; lines: string[] }[] {
  const seconds = (clock: string): number => {
    const match = new RegExp(`^(\\d{2,}):([0-5]\\d):([0-5]\\d)\\${mark}(\\d{3})$`).exec(clock);
    if (!match) throw new Error(`no time: ${clock}`);
    const [, hours, minutes, whole, thousandths] = match.map(Number);
    return (hours ?? 0) * 3_600 + (minutes ?? 0) * 60 + (whole ?? 0) + (thousandths ?? 0) / 1_000;
  };
  return content
    .trimEnd()
    .split("\n\n")
    .map((block, index) => {
      const [number, times = "", ...lines] = block.split("\n");
      expect(number).toBe(String(index + 1));
      const [from = "", to = "", ...rest] = times.split(" --> ");
      expect(rest).toEqual([]);
      return { start: seconds(from), end: seconds(to), lines };
    });
}

describe("writeSrt", () => {
  test("writes captions that are read back with their times and lines", () => {
    const [first, second] = parsed(writeSrt(CAPTIONS), ",");
    expect(first).toMatchObject({ start: 0, end: 1.5 });
    expect(second).toMatchObject({ start: 61, end: 3_724 });
    expect(first?.lines.join("|").replaceAll("\u2060", "")).toBe("L’été\u202F!|مرحبا & <b>gras</b>");
  });

  test("holds nothing that a player takes for a command or another time", () => {
    const content = writeSrt(CAPTIONS);
    expect(content).not.toMatch(/<\/?b>/);
    expect(content).not.toContain("{\\");
    expect(content.match(/-->/g)).toHaveLength(CAPTIONS.length);
  });
});

describe("writeVtt", () => {
  test("writes captions that are read back, with their signs escaped", () => {
    const content = writeVtt(CAPTIONS);
    expect(content.startsWith("WEBVTT\n\n")).toBe(true);
    const [first, second] = parsed(content.slice("WEBVTT\n\n".length), ".");
    expect(first).toEqual({
      start: 0,
      end: 1.5,
      lines: ["L’été\u202F!", "مرحبا &amp; &lt;b&gt;gras&lt;/b&gt;"],
    });
    expect(second?.lines).toEqual(["{\\an8}--&gt; fin"]);
  });

  test("is a valid file without captions", () => {
    expect(writeVtt([])).toBe("WEBVTT\n");
    expect(writeSrt([])).toBe("");
  });
});
