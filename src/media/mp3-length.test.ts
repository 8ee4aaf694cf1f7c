import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { runInChild } from "./child-process.ts";
import { inspectFile } from "./inspect.ts";
import { mp3Seconds, type ReadBytes } from "./mp3-length.ts";

function reading(bytes: Uint8Array): ReadBytes {
  return (from, length) => Promise.resolve(bytes.subarray(from, from + length));
}

/** The start of an MP3 at 44.1 kHz of MPEG 1 in mono, as LAME writes it. */
function head(frames: number, delay: number, padding: number): Buffer {
  const bytes = Buffer.alloc(600);
  bytes.set([0xff, 0xfb, 0x90, 0xc4]);
  bytes.write("Info", 21);
  bytes.writeUInt32BE(0x0f, 25);
  bytes.writeUInt32BE(frames, 29);
  bytes.write("LAME3.100", 141);
  bytes.writeUIntBE(delay * 4_096 + padding, 162, 3);
  return bytes;
}

describe("mp3Seconds", () => {
  test("leaves out what an encoder adds at both ends, also behind a tag with a cover", async () => {
    const seconds = (10 * 1_152 - 576 - 1_000) / 44_100;
    const bytes = head(10, 576, 1_000);
    expect(await mp3Seconds(reading(bytes))).toBeCloseTo(seconds, 6);
    const tag = Buffer.alloc(5_010);
    tag.write("ID3");
    tag.set([0, 0, 5_000 >> 7, 5_000 & 0x7f], 6);
    expect(await mp3Seconds(reading(Buffer.concat([tag, bytes])))).toBeCloseTo(seconds, 6);
  });

  test("says nothing of files that say nothing of it, or nonsense", async () => {
    expect(await mp3Seconds(reading(Buffer.of()))).toBeUndefined();
    expect(await mp3Seconds(reading(Buffer.alloc(600)))).toBeUndefined();
    expect(await mp3Seconds(reading(head(1, 4_000, 4_000)))).toBeUndefined();
    expect(await mp3Seconds(reading(head(10, 0, 0).subarray(0, 100)))).toBeUndefined();
  });
});

describe("the length of an MP3", () => {
  test("is that of what is decoded, in memory and on disk", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "relais-mp3-"));
    const file = path.join(folder, "tone.mp3");
    const signal = new AbortController().signal;
    const worker = new URL("./sound.testworker.ts", import.meta.url);
    try {
      const made = {
        worker,
        request: { act: "make", path: file, seconds: 1.3 },
        result: z.unknown(),
        signal,
      };
      await runInChild(made);
      const heard = { worker, request: { act: "hear", path: file }, result: z.array(z.number()), signal };
      const decodedSeconds = (await runInChild(heard)).length / 100;
      const { durationSeconds = 0 } = await inspectFile({ path: file });
      expect(Math.abs(durationSeconds - decodedSeconds)).toBeLessThan(0.011);
      expect(durationSeconds).toBeGreaterThan(1.25);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("is that of the sound that was encoded, however short it is and wherever it ends", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "relais-mp3-"));
    const worker = new URL("./sound.testworker.ts", import.meta.url);
    const signal = new AbortController().signal;
    try {
      // 500, 22,050 and 24,191 samples at 44.1 kHz; a frame has 1,152.
      for (const seconds of [500 / 44_100, 0.5, 24_191 / 44_100]) {
        const file = path.join(folder, "tone.mp3");
        await runInChild({ worker, request: { act: "make", path: file, seconds }, result: z.null(), signal });
        const { durationSeconds = 0 } = await inspectFile({ path: file });
        expect(Math.abs(durationSeconds - seconds)).toBeLessThan(0.002);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
