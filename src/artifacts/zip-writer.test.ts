import { unzipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { writeZip, type ZipEntry } from "./zip-writer.ts";

const TIME = new Date("2026-11-22T10:00:00.000Z");
const PIECES = [new Uint8Array([1, 2]), new Uint8Array([3])];

async function* bytes(pieces: Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield await Promise.resolve(piece);
}

async function zipped(entries: ZipEntry[]): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of writeZip(entries, TIME)) pieces.push(piece);
  return Buffer.concat(pieces);
}

const ENTRIES: ZipEntry[] = [
  { name: "01-été.md", content: "Été".repeat(100) },
  { name: "02-image.png", content: () => Promise.resolve(bytes(PIECES)) },
  { name: "03-empty.txt", content: "" },
];

describe("writeZip", () => {
  test("holds every file under its name, byte by byte, and the same bytes each time", async () => {
    const zip = await zipped(ENTRIES);
    const files = unzipSync(zip);
    expect(Object.keys(files)).toEqual(["01-été.md", "02-image.png", "03-empty.txt"]);
    expect(Buffer.from(files["01-été.md"] ?? []).toString()).toBe("Été".repeat(100));
    expect(files["02-image.png"]).toEqual(new Uint8Array([1, 2, 3]));
    expect(files["03-empty.txt"]).toHaveLength(0);
    expect((await zipped(ENTRIES)).equals(zip)).toBe(true);
  });

  test("opens a file only when it is its turn, and closes it when nobody listens any more", async () => {
    const events: string[] = [];
    const entry = (name: string): ZipEntry => ({
      name,
      content: () => {
        events.push(`${name} opened`);
        return Promise.resolve(
          (async function* () {
            try {
              yield* bytes(PIECES);
            } finally {
              events.push(`${name} closed`);
            }
          })(),
        );
      },
    });
    const pieces = writeZip([entry("a"), entry("b")], TIME);
    await pieces.next();
    await pieces.return(undefined);
    expect(events).toEqual(["a opened", "a closed"]);
  });

  test("breaks off where a file cannot be read", async () => {
    const lost = { name: "lost", content: () => Promise.reject(new Error("gone")) };
    await expect(zipped([lost])).rejects.toThrow("gone");
  });
});
