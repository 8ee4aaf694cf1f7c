import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sampleFolder } from "./sample-media.testdata.ts";
import { directory, writeZip, type ZipEntry } from "./zip-file.ts";

const options = { signal: new AbortController().signal, onProgress: () => undefined };
let folder: string;

beforeAll(async () => {
  folder = await sampleFolder();
});
afterAll(() => rm(folder, { recursive: true }));

async function zipOf(entries: ZipEntry[], name: string): Promise<Buffer> {
  const target = path.join(folder, name);
  await writeZip(target, entries, options);
  return await readFile(target);
}

describe("writeZip", () => {
  test("packs files and texts that come out again as they were, the same bytes each time", async () => {
    const picture = path.join(folder, "picture.bin");
    const content = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => (index * 7) % 251));
    await writeFile(picture, content);
    const entries: ZipEntry[] = [
      { name: "01-été.md", content: { text: "L’été 🌊\n".repeat(100) } },
      { name: "02-image.bin", content: { path: picture } },
      { name: "03-empty.md", content: { text: "" } },
    ];
    const first = await zipOf(entries, "first.zip");
    const files = unzipSync(first);
    expect(Object.keys(files)).toEqual(["01-été.md", "02-image.bin", "03-empty.md"]);
    expect(Buffer.from(files["02-image.bin"] ?? []).equals(content)).toBe(true);
    expect(Buffer.from(files["01-été.md"] ?? []).toString()).toBe("L’été 🌊\n".repeat(100));
    expect((await zipOf(entries, "second.zip")).equals(first)).toBe(true);
  });

  test.each(["../up.md", "/root.md", "a/b.md", "C:\\x.md", ".hidden", "", "a\0b", "x".repeat(300)])(
    "refuses a name that is not safe to unpack: %j",
    async (name) => {
      await expect(zipOf([{ name, content: { text: "" } }], "unsafe.zip")).rejects.toThrow(RangeError);
    },
  );

  test("refuses a name that is there twice for some file systems", async () => {
    const entries = ["a.md", "A.md"].map((name) => ({ name, content: { text: "" } }));
    await expect(zipOf(entries, "twice.zip")).rejects.toThrow("twice");
  });

  test("stops when it is cancelled", async () => {
    const signal = AbortSignal.abort(new Error("the person cancelled"));
    const asked = writeZip(path.join(folder, "never.zip"), [{ name: "a.md", content: { text: "" } }], {
      ...options,
      signal,
    });
    await expect(asked).rejects.toThrow("the person cancelled");
  });
});

describe("directory", () => {
  test("names places and lengths beyond 4 GiB in the form of ZIP64", () => {
    const large = {
      name: Buffer.from("film.mp4"),
      method: 0,
      checksum: 1,
      bytes: 5_000_000_000,
      contentBytes: 5_000_000_000,
      at: 6_000_000_000,
    };
    const bytes = directory([large], 11_000_000_060);
    const extra = 46 + "film.mp4".length;
    expect(bytes.readUInt32LE(20)).toBe(0xffff_ffff);
    expect(bytes.readUInt16LE(extra)).toBe(1);
    expect(bytes.readBigUInt64LE(extra + 4)).toBe(5_000_000_000n);
    expect(bytes.readBigUInt64LE(extra + 20)).toBe(6_000_000_000n);
    const end = bytes.indexOf(Buffer.from("PK\x06\x06", "latin1"));
    expect(bytes.readBigUInt64LE(end + 48)).toBe(11_000_000_060n);
  });
});
