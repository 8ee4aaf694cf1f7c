import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inspectFile } from "./inspect.ts";
import { markFile } from "./mark-file.ts";
import { sourceUri, xmpPacket, type Provenance } from "./provenance.ts";
import {
  decoded,
  sampleFolder,
  samplePdf,
  samplePicture,
  sampleWav,
  writeSample,
} from "./sample-media.testdata.ts";

const BY_AI: Provenance = {
  source: "trainedAlgorithmicMedia",
  title: "L’été & <la mer>",
  author: "Zoé",
  language: "fr",
  madeBy: ["openai:gpt-image-2"],
};

let folder: string;
let mp4: Buffer;
let mp3: Buffer;

beforeAll(async () => {
  folder = await sampleFolder();
  mp4 = await readFile(await writeSample(folder, "mp4"));
  mp3 = await readFile(await writeSample(folder, "mp3"));
});
afterAll(() => rm(folder, { recursive: true }));

async function marked(bytes: Uint8Array, mediaType: string, provenance = BY_AI): Promise<Buffer> {
  const content = await markFile({ bytes }, mediaType, provenance);
  return Buffer.from("bytes" in content ? content.bytes : await readFile(content.path));
}

function expectSaid(text: string | undefined): void {
  expect(text).toContain(`<Iptc4xmpExt:DigitalSourceType>${sourceUri("trainedAlgorithmicMedia")}<`);
  expect(text).toContain("<Iptc4xmpExt:AISystemUsed>openai:gpt-image-2<");
  expect(text).toContain("L’été &amp; &lt;la mer&gt;");
}

describe("markFile", () => {
  test.each(["png", "jpeg", "webp"] as const)(
    "writes into a picture (%s) and changes no pixel",
    async (format) => {
      for (const alpha of [1, 0.5]) {
        const before = await samplePicture(format, { alpha });
        const after = await marked(before, `image/${format}`);
        const { xmpAsString, width, height } = await sharp(after).metadata();
        expectSaid(xmpAsString);
        expect([width, height]).toEqual([32, 24]);
        expect(await sharp(after).raw().toBuffer()).toEqual(await sharp(before).raw().toBuffer());
      }
    },
  );

  test("writes into a WebP without loss, transparent or not", async () => {
    for (const alpha of [1, 0.5]) {
      const before = await sharp(await samplePicture("png", { alpha }))
        .webp({ lossless: true })
        .toBuffer();
      const after = await marked(before, "image/webp");
      expectSaid((await sharp(after).metadata()).xmpAsString);
      expect(await sharp(after).raw().toBuffer()).toEqual(await sharp(before).raw().toBuffer());
    }
  });

  test("writes into a film behind everything else, on disk as in memory", async () => {
    const after = await marked(mp4, "video/mp4");
    expect(after.subarray(0, mp4.length)).toEqual(mp4);
    expectSaid(after.toString("utf8", mp4.length));
    const place = path.join(folder, "marked.mp4");
    await writeFile(place, mp4);
    expect(await markFile({ path: place }, "video/mp4", BY_AI)).toEqual({ path: place });
    expect(await readFile(place)).toEqual(after);
    expect((await decoded(place)).frames).toBe(10);
    expect(await inspectFile({ path: place })).toMatchObject({ mediaType: "video/mp4", width: 64 });
  });

  test("writes into the tag of an MP3, on disk as in memory, and keeps every frame of sound", async () => {
    const after = await marked(mp3, "audio/mpeg");
    expectSaid(after.toString("utf8", 0, 4_000));
    expect(after.includes(Buffer.from("DigitalSourceType", "utf16le"))).toBe(true);
    const [before, place] = [path.join(folder, "before.mp3"), path.join(folder, "marked.mp3")];
    await writeFile(before, mp3);
    await writeFile(place, mp3);
    await markFile({ path: place }, "audio/mpeg", BY_AI);
    expect(await readFile(place)).toEqual(after);
    expect(await decoded(place)).toEqual(await decoded(before));
    expect(await readdir(folder)).not.toContain("marked.mp3.spliced");
  });

  test("writes a tag before an MP3 that has none", async () => {
    const bare = mp3.subarray(10 + mp3.readUInt8(9) + mp3.readUInt8(8) * 128);
    const after = await marked(bare, "audio/mpeg");
    expect(after.toString("latin1", 0, 3)).toBe("ID3");
    expect(after.subarray(-bare.length)).toEqual(bare);
    expect((await inspectFile({ bytes: after })).mediaType).toBe("audio/mpeg");
  });

  test("writes into a WAV behind the sound, whose length stays right", async () => {
    const after = await marked(sampleWav(801), "audio/wav");
    expectSaid(after.toString("utf8"));
    expect(after.readUInt32LE(4)).toBe(after.length - 8);
    expect((await inspectFile({ bytes: after })).durationSeconds).toBeCloseTo(801 / 8_000, 3);
  });

  test("writes into a PDF by an update that leaves what is there in its place", async () => {
    const before = samplePdf();
    const after = await marked(before, "application/pdf");
    expect(after.subarray(0, before.length)).toEqual(before);
    const text = after.toString("latin1");
    expectSaid(after.toString("utf8"));
    const place = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(text)?.[1]);
    expect(text.slice(place)).toMatch(/^xref\n1 1\n/);
    const catalog = Number(/xref\n1 1\n(\d{10})/.exec(text.slice(place))?.[1]);
    expect(text.slice(catalog)).toMatch(/^1 0 obj\n<< \/Type \/Catalog[^]*?\/Metadata 4 0 R/);
    // What says so already is not changed again.
    expect(await marked(after, "application/pdf")).toEqual(after);
  });

  test.each([
    ["image/png", () => samplePicture("png")],
    ["image/jpeg", () => samplePicture("jpeg")],
    ["image/webp", () => samplePicture("webp")],
    ["audio/mpeg", () => Promise.resolve(mp3)],
    ["audio/wav", () => Promise.resolve(sampleWav(10))],
    ["video/mp4", () => Promise.resolve(mp4)],
  ])("changes nothing in a file that says so already (%s)", async (mediaType, sample) => {
    const once = await marked(await sample(), mediaType);
    expect(await marked(once, mediaType, { ...BY_AI, source: "algorithmicMedia" })).toEqual(once);
  });

  test.each(["png", "jpeg", "webp"] as const)("keeps what the vendor's XMP says (%s)", async (format) => {
    const own = xmpPacket(BY_AI)
      .replace(/<Iptc4xmpExt:DigitalSourceType>.*\n/, "")
      .replace("<xmp:CreatorTool>Relais<", "<xmp:CreatorTool>Vendor<");
    const before = await sharp(await samplePicture(format))
      .withXmp(own)
      .toFormat(format)
      .toBuffer();
    const xmp = (await sharp(await marked(before, `image/${format}`)).metadata()).xmpAsString;
    expect(xmp).toContain("<xmp:CreatorTool>Vendor<");
    expect(xmp).toContain(sourceUri("trainedAlgorithmicMedia"));
  });

  test("leaves a file alone that is damaged, or not of the type that is said", async () => {
    const samples: [string, Buffer][] = [
      ["image/png", await samplePicture("png")],
      ["image/jpeg", await samplePicture("jpeg")],
      ["image/webp", await samplePicture("webp")],
      // With a tag, in the middle of which it ends.
      ["audio/mpeg", await marked(mp3, "audio/mpeg")],
      ["audio/wav", sampleWav(50)],
      ["video/mp4", mp4],
      ["application/pdf", samplePdf()],
    ];
    for (const [mediaType, sample] of samples) {
      const cut = sample.subarray(0, 20);
      expect(await marked(cut, mediaType)).toEqual(cut);
      expect(await marked(Buffer.alloc(0), mediaType)).toEqual(Buffer.alloc(0));
    }
    // Lengths that lead out of the file.
    const endless = Buffer.concat([mp4.subarray(0, 32), Buffer.alloc(64, 0xff)]);
    expect(await marked(endless, "video/mp4")).toEqual(endless);
    expect(await marked(Buffer.from("<svg/>"), "image/svg+xml")).toEqual(Buffer.from("<svg/>"));
  });
});
