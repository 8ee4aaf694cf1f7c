import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFileStore } from "./file-store.ts";
import type { ArtifactStore } from "./store.ts";

const BYTES = new TextEncoder().encode("a picture, say");
const HASH = createHash("sha256").update(BYTES).digest("hex");

let folder: string;
let store: ArtifactStore;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "relais-artifacts-"));
  store = createFileStore(path.join(folder, "store"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe("the file store", () => {
  test("keeps content by its hash", async () => {
    expect(await store.put({ bytes: BYTES })).toEqual({ hash: HASH, bytes: BYTES.byteLength });
    expect(new Uint8Array(await store.read(HASH))).toEqual(BYTES);
  });

  test("takes a temporary file over", async () => {
    const source = path.join(folder, "made.bin");
    await writeFile(source, BYTES);
    expect(await store.put({ path: source })).toEqual({ hash: HASH, bytes: BYTES.byteLength });
    expect(existsSync(source)).toBe(false);
    expect(new Uint8Array(await store.read(HASH))).toEqual(BYTES);
  });

  test("keeps the same content once and leaves no temporary file", async () => {
    await Promise.all([store.put({ bytes: BYTES }), store.put({ bytes: BYTES })]);
    const places = await readdir(path.join(folder, "store"), { recursive: true, withFileTypes: true });
    const files = places.filter((place) => place.isFile());
    expect(files.map((file) => file.name)).toEqual([HASH.slice(2)]);
    expect(await readFile(path.join(folder, "store", HASH.slice(0, 2), HASH.slice(2)), "utf8")).toBe(
      "a picture, say",
    );
  });

  test("streams a part of it", async () => {
    await store.put({ bytes: BYTES });
    const stream = await store.open(HASH, { start: 2, end: 8 });
    expect(stream && (await buffer(stream)).toString()).toBe("picture");
  });

  test("has nothing where there is nothing", async () => {
    expect(await store.open(HASH)).toBeNull();
    await expect(store.read(HASH)).rejects.toThrow("ENOENT");
    await store.remove(HASH);
  });

  test("removes content", async () => {
    await store.put({ bytes: BYTES });
    store.release(HASH);
    await store.remove(HASH);
    expect(await store.open(HASH)).toBeNull();
  });

  test("does not remove content that is about to be referred to", async () => {
    await Promise.all([store.put({ bytes: BYTES }), store.put({ bytes: BYTES })]);
    store.release(HASH);
    await store.remove(HASH);
    expect(new Uint8Array(await store.read(HASH))).toEqual(BYTES);
  });

  test("gives a temporary file back when it cannot be stored", async () => {
    const source = path.join(folder, "made.bin");
    await writeFile(source, BYTES);
    await store.put({ bytes: new Uint8Array([1]) });
    await writeFile(path.join(folder, "store", HASH.slice(0, 2)), "a file where a folder has to be");
    await expect(store.put({ path: source })).rejects.toThrow(/EEXIST|ENOTDIR/);
    expect(await readFile(source, "utf8")).toBe("a picture, say");
  });

  test.each(["../../etc/passwd", "", HASH.toUpperCase(), `${HASH}/..`])(
    "refuses %j as a hash",
    async (hash) => {
      await expect(store.read(hash)).rejects.toThrow(TypeError);
      await expect(store.open(hash)).rejects.toThrow(TypeError);
      await expect(store.remove(hash)).rejects.toThrow(TypeError);
    },
  );
});
