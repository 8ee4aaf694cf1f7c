import { readFile, rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inspectFile } from "./inspect.ts";
import { markFile } from "./mark-file.ts";
import type { Provenance } from "./provenance.ts";
import { sampleFolder, samplePdf, samplePicture, sampleWav, writeSample } from "./sample-media.testdata.ts";

// What vendors, uploads and steps hand over is measured and marked by the server itself: nothing in it may stop it.

const BY_AI: Provenance = { source: "trainedAlgorithmicMedia", madeBy: [] };
/** Sounds and films are measured in a thread each. */
const CHANGES = { picture: 40, timed: 4 };

let folder: string;
const samples = new Map<string, Buffer>();

beforeAll(async () => {
  folder = await sampleFolder();
  for (const format of ["png", "jpeg", "webp"] as const)
    samples.set(`image/${format}`, await samplePicture(format));
  samples.set("video/mp4", await readFile(await writeSample(folder, "mp4")));
  samples.set("audio/mpeg", await readFile(await writeSample(folder, "mp3")));
  samples.set("audio/wav", sampleWav(400));
  samples.set("application/pdf", samplePdf());
});
afterAll(() => rm(folder, { recursive: true }));

/** The same numbers each time (the generator of Lehmer, modulus 2³¹ − 1). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state;
  };
}

/** The file cut off somewhere, or with a few of its bytes changed, most of them at its beginning, where lengths stand. */
function changed(file: Buffer, next: () => number): Buffer {
  if (next() % 4 === 0) return file.subarray(0, next() % file.length);
  const copy = Buffer.from(file);
  for (let count = 0; count < 4; count += 1) {
    const reach = next() % 2 === 0 ? Math.min(200, copy.length) : copy.length;
    copy[next() % reach] = [0, 0xff, 0x7f, next() % 256][next() % 4] ?? 0;
  }
  return copy;
}

describe("a damaged file", () => {
  test.each([
    "image/png",
    "image/jpeg",
    "image/webp",
    "video/mp4",
    "audio/mpeg",
    "audio/wav",
    "application/pdf",
  ])("is measured and marked without a throw (%s)", async (mediaType) => {
    const next = numbers(7);
    const changes = /^(?:audio|video)/.test(mediaType) ? CHANGES.timed : CHANGES.picture;
    const sample = samples.get(mediaType) ?? Buffer.alloc(0);
    for (let count = 0; count < changes; count += 1) {
      const bytes = changed(sample, next);
      const startedAt = performance.now();
      const facts = await inspectFile({ bytes });
      expect(facts.mediaType).toMatch(/^[a-z]+\/[\w.+-]+$/);
      expect(facts.durationSeconds ?? 0).toBeGreaterThanOrEqual(0);
      await markFile({ bytes }, mediaType, BY_AI);
      expect(performance.now() - startedAt).toBeLessThan(20_000);
    }
  });
});

describe("a film that says it has billions of pictures", () => {
  test("is given up, while the server goes on", async () => {
    const film = Buffer.from(samples.get("video/mp4") ?? []);
    // The first entry of the list of lengths: how many pictures there are of that length.
    film.writeUInt32BE(0xffff_ffff, film.indexOf("stts") + 12);
    let turns = 0;
    const clock = setInterval(() => {
      turns += 1;
    }, 20);
    const facts = await inspectFile({ bytes: film });
    clearInterval(clock);
    expect(facts.mediaType).toBe("video/mp4");
    expect(turns).toBeGreaterThan(2);
  });
});

describe("a sound of no length", () => {
  test("is a sound that lasts no time", async () => {
    const facts = await inspectFile({ bytes: sampleWav(0) });
    expect(facts.mediaType).toBe("audio/wav");
    expect(facts.durationSeconds ?? 0).toBe(0);
  });
});
