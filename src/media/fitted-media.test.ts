import { createServer } from "node:http";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { crc32 } from "node:zlib";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fitFilm, fitPicture, pictureOfFilm, type PictureOrder } from "./fitted-media.ts";
import { inspectFile } from "./inspect.ts";
import { decoded, sampleFolder, samplePicture, writeSample } from "./sample-media.testdata.ts";

const context = { signal: new AbortController().signal };
let folder: string;
let film: string;

beforeAll(async () => {
  folder = await sampleFolder();
  film = await writeSample(folder, "mp4", 2);
});
afterAll(() => rm(folder, { recursive: true }));

async function given(name: string, content: Uint8Array | string): Promise<string> {
  const place = path.join(folder, name);
  await writeFile(place, content);
  return place;
}

const at = (name: string): string => path.join(folder, name);

async function fitted(source: string, order: Partial<PictureOrder> = {}) {
  const target = at("fitted.out");
  await fitPicture(
    { source, target, width: null, height: null, fit: "inside", format: "png", ...order },
    context,
  );
  const bytes = await readFile(target);
  await rm(target);
  return { bytes, ...(await sharp(bytes).metadata()) };
}

describe("fitPicture", () => {
  test.each([
    ["cover", 20, 20, "jpeg", [20, 20]],
    ["contain", 20, 20, "png", [20, 20]],
    ["inside", 20, 20, "webp", [20, 15]],
    ["inside", 400, 400, "png", [32, 24]],
    ["cover", 16, null, "jpeg", [16, 12]],
  ] as const)("brings a picture of 32 by 24 to %s %j by %j", async (fit, width, height, format, size) => {
    const source = await given("picture.png", await samplePicture("png"));
    const made = await fitted(source, { fit, width, height, format });
    expect([made.format, made.width, made.height]).toEqual([format, ...size]);
  });

  test("keeps a picture's own size where another format alone is wanted, and puts it upright", async () => {
    const turned = await sharp(await samplePicture("jpeg"))
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const made = await fitted(await given("turned.jpg", turned), { format: "webp" });
    expect([made.width, made.height, made.orientation]).toEqual([24, 32, undefined]);
  });

  test("reads what a file is by its content, whatever its name", async () => {
    const source = await given("picture.mp4", await samplePicture("webp"));
    expect((await fitted(source)).format).toBe("png");
  });

  test.each([
    ["no_picture", "a text", () => "not a picture"],
    ["no_picture", "a web page", () => "<html><img src=x></html>"],
    ["no_picture", "nothing", () => ""],
    [
      "damaged",
      "half a picture",
      async () => (await samplePicture("png", { width: 90, height: 90 })).subarray(0, 120),
    ],
    ["too_many_pixels", "20,000 by 20,000 points", () => bombOf(20_000)],
    [
      "too_many_pixels",
      "a drawing of that size",
      () => `<svg xmlns="http://www.w3.org/2000/svg" width="20000" height="20000"/>`,
    ],
  ])("says %s of %s, and leaves no file", async (problem, _what, content) => {
    const source = await given("hostile", await content());
    await expect(fitted(source)).rejects.toMatchObject({ name: "FittingFailure", problem });
    expect(await readdir(folder)).not.toContain("fitted.out");
  });

  test("draws an SVG without the file and the address that it names", async () => {
    let asked = 0;
    const server = createServer((_request, response) => {
      asked += 1;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    const secret = await given(
      "secret.png",
      await sharp(await samplePicture("png"))
        .negate()
        .png()
        .toBuffer(),
    );
    for (const href of [secret, "secret.png", `http://127.0.0.1:${port}/x.png`]) {
      const svg = `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY e SYSTEM "file://${secret}">]>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="32" height="24">
<rect width="32" height="24" fill="#0000ff"/><image href="${href}" xlink:href="${href}" width="32" height="24"/></svg>`;
      const made = await fitted(await given("drawing.svg", svg));
      const [red, green, blue] = await sharp(made.bytes).removeAlpha().raw().toBuffer();
      expect([red, green, blue]).toEqual([0, 0, 255]);
    }
    expect(asked).toBe(0);
    await new Promise((resolve) => server.close(resolve));
  });

  test("keeps no metadata of a picture that is a program for somebody else", async () => {
    const polyglot = Buffer.concat([
      await samplePicture("jpeg"),
      Buffer.from("<script>alert(1)</script>PK\x03\x04"),
    ]);
    const { bytes } = await fitted(await given("polyglot.jpg", polyglot), { format: "jpeg" });
    expect(bytes.includes("script")).toBe(false);
  });

  test("stops at once when it is cancelled, and leaves no file", async () => {
    const source = await given("picture.png", await samplePicture("png"));
    const controller = new AbortController();
    const order: PictureOrder = {
      source,
      target: at("never.png"),
      width: 8,
      height: 8,
      fit: "cover",
      format: "png",
    };
    const asked = fitPicture(order, { signal: controller.signal });
    controller.abort(new Error("the person cancelled"));
    await expect(asked).rejects.toThrow("the person cancelled");
    expect(await readdir(folder)).not.toContain("never.png");
  });
});

describe("pictureOfFilm", () => {
  // The film goes from black to white.
  test.each([
    [1, 90, 160],
    [60, 230, 255],
  ])("takes the frame at second %d", async (second, darkest, lightest) => {
    const target = at("frame.jpg");
    const order = {
      source: film,
      target,
      width: null,
      height: null,
      fit: "inside",
      format: "jpeg",
      second,
    } as const;
    await pictureOfFilm(order, context);
    const { channels } = await sharp(await readFile(target)).stats();
    expect(channels[0]?.mean).toBeGreaterThanOrEqual(darkest);
    expect(channels[0]?.mean).toBeLessThanOrEqual(lightest);
  });

  test("takes no black and no white frame by itself", async () => {
    const target = at("best.png");
    const order = {
      source: film,
      target,
      width: 32,
      height: 32,
      fit: "cover",
      format: "png",
      second: null,
    } as const;
    await pictureOfFilm(order, context);
    const { channels } = await sharp(await readFile(target)).stats();
    expect(channels[0]?.mean).toBeGreaterThan(30);
    expect(channels[0]?.mean).toBeLessThan(225);
  });

  test("says what is wrong with a file that is no film, or half of one", async () => {
    const broken = (await readFile(film)).subarray(0, 900);
    const playlist = `#EXTM3U\n#EXTINF:1,\n${film}\n`;
    const list = `ffconcat version 1.0\nfile '${film}'\n`;
    const sound = await readFile(await writeSample(folder, "mp3"));
    for (const [content, problem] of [
      [broken, "unreadable"],
      [playlist, "unreadable"],
      [list, "unreadable"],
      [sound, "no_picture"],
    ] as const) {
      const source = await given("hostile.mp4", content);
      const order = {
        source,
        target: at("no.png"),
        width: 8,
        height: 8,
        fit: "cover",
        format: "png",
        second: 0,
      } as const;
      await expect(pictureOfFilm(order, context)).rejects.toMatchObject({ problem });
    }
    expect(await readdir(folder)).not.toContain("no.png");
  });
});

describe("fitFilm", () => {
  test.each([
    ["cover", 48, 32, [48, 32]],
    ["contain", 96, 48, [96, 48]],
    ["inside", 31, null, [32, 32]],
  ] as const)(
    "brings a film of 64 by 64 to %s %j by %j, with its sound and length",
    async (fit, width, height, size) => {
      const target = at("fitted.mp4");
      await fitFilm({ source: film, target, width, height, fit }, context);
      const facts = await inspectFile({ path: target });
      expect([facts.mediaType, facts.width, facts.height]).toEqual(["video/mp4", ...size]);
      expect(facts.durationSeconds).toBeCloseTo(2, 1);
      expect(await decoded(target)).toMatchObject({
        frames: 20,
        pixelFormat: 0,
        sampleRate: 48_000,
        channels: 2,
      });
      const bytes = await readFile(target);
      expect(bytes.indexOf("moov")).toBeLessThan(bytes.indexOf("mdat"));
      await rm(target);
    },
  );

  test("refuses half a film", async () => {
    const whole = await readFile(film);
    const source = await given("half.mp4", whole.subarray(0, Math.round(whole.length * 0.4)));
    const order = { source, target: at("half-fitted.mp4"), width: 32, height: 32, fit: "cover" } as const;
    await expect(fitFilm(order, context)).rejects.toMatchObject({ problem: "damaged" });
    expect(await readdir(folder)).not.toContain("half-fitted.mp4");
  });
});

/** A PNG that says it is that large, with no pixels behind it. */
function bombOf(side: number): Buffer {
  const head = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");
  const rest = Buffer.alloc(17);
  rest.writeUInt32BE(side, 0);
  rest.writeUInt32BE(side, 4);
  rest.set([8, 2, 0, 0, 0], 8);
  rest.writeUInt32BE(crc32(Buffer.concat([Buffer.from("IHDR"), rest.subarray(0, 13)])), 13);
  const data = Buffer.from("000000004944415435af061e0000000049454e44ae426082", "hex");
  return Buffer.concat([head, rest, data]);
}
