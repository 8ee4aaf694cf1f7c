import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { inspectFile } from "./inspect.ts";

/** A picture of 2 by 1 pixels; only its header matters here. */
const PNG = Buffer.from(
  "89504e470d0a1a0a0000000d494844520000000200000001080200000075a06d5d0000000a49444154789c636000000002000148afa4710000000049454e44ae426082",
  "hex",
);

function wav(seconds: number): Buffer {
  const samples = 8_000 * seconds;
  const bytes = Buffer.alloc(44 + samples * 2);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(36 + samples * 2, 4);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(8_000, 24);
  bytes.writeUInt32LE(16_000, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write("data", 36);
  bytes.writeUInt32LE(samples * 2, 40);
  return bytes;
}

describe("inspectFile", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "relais-test-"));
  });

  afterEach(() => rm(folder, { recursive: true }));

  test("reads the type and the size of a picture, in memory and on disk", async () => {
    const facts = { mediaType: "image/png", width: 2, height: 1 };
    expect(await inspectFile({ bytes: PNG })).toEqual(facts);
    await writeFile(join(folder, "x.txt"), PNG);
    expect(await inspectFile({ path: join(folder, "x.txt") })).toEqual(facts);
  });

  test("reads how long a sound lasts", async () => {
    const facts = await inspectFile({ bytes: wav(3) });
    expect(facts.mediaType).toBe("audio/wav");
    expect(facts.durationSeconds).toBeCloseTo(3, 2);
  });

  test("goes by the bytes and not by what a sender claims", async () => {
    expect((await inspectFile({ bytes: PNG }, "video/mp4")).mediaType).toBe("image/png");
    const html = Buffer.from("<html><script>alert(1)</script></html>");
    expect(await inspectFile({ bytes: html }, "image/png")).toEqual({
      mediaType: "application/octet-stream",
    });
    expect(await inspectFile({ bytes: html }, "text/html")).toEqual({
      mediaType: "application/octet-stream",
    });
  });

  test("believes a sender about text that is text", async () => {
    const markdown = Buffer.from("# Été\n");
    expect(await inspectFile({ bytes: markdown }, "text/markdown; charset=utf-8")).toEqual({
      mediaType: "text/markdown",
    });
    const broken = Buffer.from([0xff, 0xfe, 0x00, 0xd8]);
    expect(await inspectFile({ bytes: broken }, "text/plain")).toEqual({
      mediaType: "application/octet-stream",
    });
  });

  test("gives a damaged file its type and no measures", async () => {
    expect(await inspectFile({ bytes: Buffer.from("ffd8ffe000104a46", "hex") })).toEqual({
      mediaType: "image/jpeg",
    });
    expect(await inspectFile({ bytes: new Uint8Array() })).toEqual({ mediaType: "application/octet-stream" });
  });
});
