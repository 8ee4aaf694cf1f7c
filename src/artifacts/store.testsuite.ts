import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MissingContent, type ArtifactStore } from "./store.ts";

const TEXT = "a picture, say";
const BYTES = new TextEncoder().encode(TEXT);
/** Larger than one read of a file, and than one part of an upload. */
const FILM = Buffer.from(Array.from({ length: 300_000 }, (_, place) => place % 251));

const hashOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const HASH = hashOf(BYTES);

/** A store under test, with what a test does to it from outside. */
export interface TestedStore {
  store: ArtifactStore;
  /** The names of all that lies in it, `ab/cdef…`, temporary files included. */
  names(): Promise<string[]>;
  /** From now on nothing can be stored. */
  break(): Promise<void>;
  /** Ends that. */
  mend(): Promise<void>;
  close(): Promise<void>;
}

/** The store of the test that runs, and a folder beside it. */
interface Bench {
  tested: TestedStore;
  store: ArtifactStore;
  /** Makes a temporary file. */
  made: (bytes: Uint8Array) => Promise<string>;
}

/** What every store of artifacts keeps to. */
export function testArtifactStore(kind: string, open: (folder: string) => Promise<TestedStore>): void {
  let folder: string;
  let bench: Bench;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "relais-artifacts-"));
    const tested = await open(folder);
    const made = async (bytes: Uint8Array): Promise<string> => {
      const place = path.join(folder, "made.bin");
      await writeFile(place, bytes);
      return place;
    };
    bench = { tested, store: tested.store, made };
  });

  afterEach(async () => {
    await bench.tested.close();
    await rm(folder, { recursive: true, force: true });
  });

  describe(`the ${kind}`, () => {
    testKeeping(() => bench);
    testReading(() => bench);
    testRemoving(() => bench);
    testTrouble(() => bench);
  });
}

function testKeeping(bench: () => Bench): void {
  test("keeps content by its hash", async () => {
    const { store, tested } = bench();
    expect(await store.put({ bytes: BYTES })).toEqual({ hash: HASH, bytes: BYTES.byteLength });
    expect(Buffer.from(await store.read(HASH)).toString()).toBe(TEXT);
    expect(await tested.names()).toEqual([`${HASH.slice(0, 2)}/${HASH.slice(2)}`]);
  });

  test.each([
    ["small", BYTES],
    ["large", FILM],
    ["empty", new Uint8Array()],
  ])("takes a %s temporary file over", async (_size, bytes) => {
    const { store, made } = bench();
    const source = await made(bytes);
    expect(await store.put({ path: source })).toEqual({ hash: hashOf(bytes), bytes: bytes.byteLength });
    expect(existsSync(source)).toBe(false);
    expect(hashOf(await store.read(hashOf(bytes)))).toBe(hashOf(bytes));
    const content = await store.open(hashOf(bytes));
    expect(content && hashOf(await buffer(content))).toBe(hashOf(bytes));
  });

  test("keeps the same content once and leaves no temporary file", async () => {
    const { store, tested, made } = bench();
    await Promise.all([store.put({ bytes: FILM }), store.put({ bytes: FILM })]);
    await store.put({ path: await made(FILM) });
    const hash = hashOf(FILM);
    expect(await tested.names()).toEqual([`${hash.slice(0, 2)}/${hash.slice(2)}`]);
  });
}

function testReading(bench: () => Bench): void {
  test.each([
    [{ start: 2, end: 8 }, "picture"],
    [{ start: 0, end: 0 }, "a"],
    [{ start: 13, end: 13 }, "y"],
  ])("streams the part %j", async (range, expected) => {
    const { store } = bench();
    await store.put({ bytes: BYTES });
    const stream = await store.open(HASH, range);
    expect(stream && (await buffer(stream)).toString()).toBe(expected);
  });

  test("lets who opened content go before he has read it", async () => {
    const { store } = bench();
    await store.put({ bytes: FILM });
    const unread = await store.open(hashOf(FILM));
    unread?.destroy();
    const begun = await store.open(hashOf(FILM));
    for await (const chunk of begun ?? []) {
      expect(chunk).toBeInstanceOf(Buffer);
      break;
    }
    expect(begun?.destroyed).toBe(true);
    expect(hashOf(await store.read(hashOf(FILM)))).toBe(hashOf(FILM));
  });

  test("has nothing where there is nothing", async () => {
    const { store } = bench();
    expect(await store.open(HASH)).toBeNull();
    await expect(store.read(HASH)).rejects.toThrow(MissingContent);
    await store.remove(HASH);
  });
}

function testRemoving(bench: () => Bench): void {
  test("removes content", async () => {
    const { store, tested } = bench();
    await store.put({ bytes: BYTES });
    store.release(HASH);
    await store.remove(HASH);
    expect(await store.open(HASH)).toBeNull();
    expect(await tested.names()).toEqual([]);
  });

  test("does not remove content that is about to be referred to", async () => {
    const { store } = bench();
    await Promise.all([store.put({ bytes: BYTES }), store.put({ bytes: BYTES })]);
    store.release(HASH);
    await store.remove(HASH);
    expect(Buffer.from(await store.read(HASH)).toString()).toBe(TEXT);
    store.release(HASH);
    await store.remove(HASH);
    expect(await store.open(HASH)).toBeNull();
  });
}

function testTrouble(bench: () => Bench): void {
  test("gives a temporary file back when it cannot be stored, and takes it later", async () => {
    const { store, tested, made } = bench();
    const source = await made(BYTES);
    await tested.break();
    await expect(store.put({ path: source })).rejects.toThrow(/EEXIST|ENOTDIR|AccessDenied/);
    expect(await readFile(source, "utf8")).toBe(TEXT);
    await tested.mend();
    expect(await store.put({ path: source })).toMatchObject({ hash: HASH });
    expect(existsSync(source)).toBe(false);
    // What failed holds nothing.
    store.release(HASH);
    await store.remove(HASH);
    expect(await store.open(HASH)).toBeNull();
  });

  test.each(["../../etc/passwd", "", HASH.toUpperCase(), `${HASH}/..`])(
    "refuses %j as a hash",
    async (hash) => {
      const { store } = bench();
      await expect(store.read(hash)).rejects.toThrow(TypeError);
      await expect(store.open(hash)).rejects.toThrow(TypeError);
      await expect(store.remove(hash)).rejects.toThrow(TypeError);
    },
  );

  test("says whether it can be used", async () => {
    const { store } = bench();
    await store.put({ bytes: BYTES });
    await expect(store.check()).resolves.toBeUndefined();
  });
}
