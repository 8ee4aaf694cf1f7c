import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ThumbnailCache } from "./thumbnail-cache.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "relais-thumbnails-"));
});

afterEach(() => rm(folder, { recursive: true }));

const hash = (digit: string): string => digit.repeat(64);

describe("the cache of thumbnails", () => {
  test("lets go of those that nobody has looked at for longest", async () => {
    const cache = new ThumbnailCache(folder, { maxBytes: 25 });
    for (const digit of ["a", "b"]) await cache.write(hash(digit), 160, new Uint8Array(10));
    expect(await cache.read(hash("a"), 160)).toHaveLength(10);
    await cache.write(hash("c"), 160, new Uint8Array(10));
    expect(await cache.read(hash("b"), 160)).toBeNull();
    expect(await cache.read(hash("a"), 160)).toHaveLength(10);
    expect(await readdir(folder)).toHaveLength(2);
  });

  test("knows after a restart what is there", async () => {
    await new ThumbnailCache(folder).write(hash("a"), 320, new Uint8Array(20));
    const cache = new ThumbnailCache(folder, { maxBytes: 25 });
    await cache.write(hash("b"), 320, new Uint8Array(20));
    expect(await cache.read(hash("a"), 320)).toBeNull();
    expect(await readdir(folder)).toEqual([`${hash("b")}-320.webp`]);
  });

  test("takes nothing but a hash for a name", async () => {
    const cache = new ThumbnailCache(folder);
    await expect(cache.write("../out", 160, new Uint8Array(1))).rejects.toThrow(TypeError);
    expect(await readdir(folder)).toEqual([]);
  });
});
