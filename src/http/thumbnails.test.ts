import { readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openHttpRig, type HttpRig } from "../../test/support/http-rig.ts";
import { insertArtifact } from "../db/artifact-store.ts";
import { sampleFolder, samplePicture, writeSample } from "../media/sample-media.testdata.ts";

const API = "/api/combinations";

let rig: HttpRig;
let samples: string;

beforeAll(async () => {
  rig = await openHttpRig();
  samples = await sampleFolder();
});

afterAll(async () => {
  await rig.close();
  await rm(samples, { recursive: true });
});

/** Stores content under an id and asks for its thumbnail. */
async function thumbnailOf(
  id: string,
  mediaType: string,
  bytes: Uint8Array,
  side = "320",
): Promise<Response> {
  const stored = await rig.artifacts.put({ bytes });
  await rig.db.transaction().execute((trx) =>
    insertArtifact(trx, {
      id,
      ...stored,
      mediaType,
      width: null,
      height: null,
      durationSeconds: mediaType.startsWith("video/") ? 1 : null,
      executionId: null,
      stepNumber: null,
      item: null,
      createdAt: "2026-11-22T10:00:00.000Z",
    }),
  );
  rig.artifacts.release(stored.hash);
  return await rig.send("GET", `${API}/artifacts/${id}?thumbnail=${side}`);
}

async function sizeOf(response: Response) {
  expect(response.status).toBe(200);
  expect(response.headers.get("Content-Type")).toBe("image/webp");
  const { format, width, height } = await sharp(await response.arrayBuffer()).metadata();
  return { format, width, height };
}

/** What lies in the folders of thumbnails, by the parts of their paths. */
async function filesIn(folder: string): Promise<string[]> {
  return await readdir(path.join(rig.folder, folder)).catch(() => []);
}

function largePicture(): Promise<Buffer> {
  return sharp({ create: { width: 1_200, height: 800, channels: 3, background: "coral" } })
    .png()
    .toBuffer();
}

describe("a thumbnail", () => {
  test("of a picture fits into its square and is kept, with a tag of its own", async () => {
    const first = await thumbnailOf("picture", "image/png", await largePicture());
    const tag = first.headers.get("ETag") ?? "";
    expect(await sizeOf(first)).toEqual({ format: "webp", width: 320, height: 213 });
    expect(tag).toMatch(/^"[0-9a-f]{64}-320"$/);
    const kept = (await filesIn("thumbnails")).length;
    const again = await rig.send("GET", `${API}/artifacts/picture?thumbnail=320`);
    expect(await sizeOf(again)).toMatchObject({ width: 320 });
    expect((await filesIn("thumbnails")).length).toBe(kept);
    const known = await rig.send("GET", `${API}/artifacts/picture?thumbnail=320`, undefined, {
      "If-None-Match": tag,
    });
    expect(known.status).toBe(304);
    expect(await filesIn("looked-at")).toEqual([]);
  });

  test("of a small picture does not enlarge it", async () => {
    const response = await thumbnailOf("small", "image/webp", await samplePicture("webp"), "640");
    const { width } = await sizeOf(response);
    expect(width).toBeLessThan(640);
  });

  test("of a film is one of its frames", async () => {
    const film = await readFile(await writeSample(samples, "mp4"));
    const response = await thumbnailOf("film", "video/mp4", film, "160");
    expect(await sizeOf(response)).toMatchObject({ format: "webp" });
  });

  test("goes with the file", async () => {
    const response = await thumbnailOf("gone", "image/jpeg", await samplePicture("jpeg"));
    expect(response.status).toBe(200);
    const hash = response.headers.get("ETag")?.slice(1, 65) ?? "";
    expect((await filesIn("thumbnails")).filter((name) => name.startsWith(hash))).toHaveLength(1);
    expect((await rig.send("DELETE", `${API}/artifacts/gone`)).status).toBe(204);
    expect((await filesIn("thumbnails")).filter((name) => name.startsWith(hash))).toEqual([]);
    expect((await rig.send("GET", `${API}/artifacts/gone?thumbnail=320`)).status).toBe(404);
  });

  test("of hostile files is refused, and spares the others that were asked for with them", async () => {
    const picture = await samplePicture("png");
    const bomb = Buffer.from(picture);
    // The width of its header: 2³¹ pixels.
    bomb.writeUInt32BE(0x7f_ff_ff_ff, 16);
    const reader = `<svg xmlns="http://www.w3.org/2000/svg"><image href="/etc/hostname" width="9" height="9"/>`;
    const answers = await Promise.all([
      thumbnailOf("bomb", "image/png", bomb),
      thumbnailOf("torn", "image/png", picture.subarray(0, 60)),
      thumbnailOf("svg", "image/svg+xml", Buffer.from(reader)),
      thumbnailOf("no-film", "video/mp4", Buffer.from("#EXTM3U\nfile:///etc/hostname\n")),
      thumbnailOf("sound", "audio/mpeg", Buffer.from("ID3")),
      thumbnailOf("sound-one", "image/png", await largePicture(), "160"),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 200]);
    expect(await filesIn("looked-at")).toEqual([]);
  });

  test.each(["0", "321", "99999", "-1", "../x", ""])("in no other size is made (%j)", async (side) => {
    const before = await filesIn("thumbnails");
    expect((await rig.send("GET", `${API}/artifacts/picture?thumbnail=${side}`)).status).toBe(422);
    expect(await filesIn("thumbnails")).toEqual(before);
  });
});
