import { zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import type { ReadPart } from "./remote-file.ts";
import { listZip, readZipFile } from "./zip-directory.ts";

const TEXT = new TextEncoder().encode("Été ".repeat(500));
const NOISE = new Uint8Array(200_000).map((_, index) => (index * 7919) % 251);
const ZIP = zipSync({ "a/texte é.txt": TEXT, "bruit.bin": [NOISE, { level: 0 }] }, { comment: "x" });

function readerOf(bytes: Uint8Array, asked: number[] = []): ReadPart {
  return (start, end) => {
    asked.push(end - start);
    return Promise.resolve(bytes.subarray(start, end));
  };
}

describe("a ZIP", () => {
  test("is listed without being read whole, and each file unpacked by itself", async () => {
    const asked: number[] = [];
    const read = readerOf(ZIP, asked);
    const files = await listZip(read, ZIP.length);
    expect(files.map(({ name, bytes }) => [name, bytes])).toEqual([
      ["a/texte é.txt", TEXT.length],
      ["bruit.bin", NOISE.length],
    ]);
    expect(asked.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(70_000);
    const unpacked = await Promise.all(files.map((file) => readZipFile(read, file, 300_000)));
    expect(unpacked.map((bytes) => Buffer.from(bytes).equals(Buffer.from(TEXT)))).toEqual([true, false]);
    expect(Buffer.from(unpacked[1] ?? []).equals(Buffer.from(NOISE))).toBe(true);
  });

  test("that lies about a size never gives more than it says", async () => {
    const read = readerOf(ZIP);
    const [file] = await listZip(read, ZIP.length);
    if (file === undefined) throw new Error("no file");
    expect(await readZipFile(read, { ...file, bytes: 10 }, 1_000).catch(() => [])).not.toHaveLength(
      TEXT.length,
    );
    await expect(readZipFile(read, { ...file, bytes: 2_000 }, 1_000)).rejects.toThrow("too large");
    await expect(readZipFile(read, { ...file, method: 99 }, 300_000)).rejects.toThrow("unknown way");
  });

  test("that is none is refused", async () => {
    for (const bytes of [new Uint8Array(0), new Uint8Array(100), ZIP.subarray(0, 300)]) {
      await expect(listZip(readerOf(bytes), bytes.length)).rejects.toThrow(/ZIP|bounds|range/i);
    }
  });
});
