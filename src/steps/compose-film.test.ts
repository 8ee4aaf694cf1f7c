import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { runInChild } from "../media/child-process.ts";
import { tone, wavOf } from "../media/wav.testdata.ts";
import { composeConcat } from "./compose-concat.ts";
import { composeContext, composeRequest, fileParameter, putFiles } from "./compose.testdata.ts";
import { composeMix } from "./compose-mix.ts";
import { composeTrim } from "./compose-trim.ts";
import type { Composed } from "./composer.ts";

const signal = new AbortController().signal;
const lookSchema = z.object({
  width: z.number(),
  height: z.number(),
  durationSeconds: z.number(),
  description: z.string(),
  /** In dB, one a tenth of a second. */
  levels: z.array(z.number()),
  /** Of the middle of each frame. */
  brightness: z.array(z.number()),
});

let folder: string;

async function makeFilm(
  name: string,
  film: { width: number; height: number; times: number[]; toneHertz: number },
) {
  const worker = new URL("../media/make-film.testworker.ts", import.meta.url);
  await runInChild({
    worker,
    request: { path: path.join(folder, name), ...film },
    result: z.null(),
    signal,
  });
}

async function look({ files }: Composed): Promise<z.output<typeof lookSchema>> {
  const worker = new URL("../media/look.testworker.ts", import.meta.url);
  return runInChild({ worker, request: { path: files[0]?.path }, result: lookSchema, signal });
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "relais-compose-"));
  const times = Array.from({ length: 25 }, (_, index) => index * 40);
  await makeFilm("wide.mp4", { width: 128, height: 96, times, toneHertz: 440 });
  // Frames of irregular length, upright, and without sound.
  const irregular = times.map((time, index) => time + (index % 3) * 9);
  await makeFilm("silent.mp4", { width: 96, height: 160, times: irregular, toneHertz: 0 });
  await putFiles(folder, {
    "music.wav": wavOf(0.6, { channels: [tone(330)] }),
    "cut.mp4": (await readFile(path.join(folder, "wide.mp4"))).subarray(0, 3_000),
  });
});
afterAll(() => rm(folder, { recursive: true }));

/** Each frame of the films is four steps brighter than the one before it. */
const frameNumber = (brightness = 0): number => Math.round((brightness - 20) / 4);

describe("composeConcat", () => {
  test("brings films to the first one's size and rate, and fades one into the next", async () => {
    const request = composeRequest({ media: ["wide.mp4", "silent.mp4"].map(fileParameter), crossfade: 0.2 });
    const composed = await composeConcat(request, composeContext(folder));
    expect(composed.medium).toBe("video");
    const film = await look(composed);
    expect(film).toMatchObject({ width: 128, height: 96 });
    expect(film.brightness).toHaveLength(45);
    expect(film.durationSeconds).toBeCloseTo(1.8, 2);
    expect(film.brightness.slice(0, 20).map(frameNumber)).toEqual(Array.from({ length: 20 }, (_, at) => at));
    // Sound to the end of the first film, then none.
    expect(film.levels[5]).toBeGreaterThan(-20);
    expect(film.levels[12]).toBeLessThan(-60);
    expect(film.description).toMatch(/h264 \(High\).*yuv420p.*25 fps/s);
    const head = await readFile(composed.files[0]?.path ?? "");
    expect(head.indexOf("moov")).toBeLessThan(head.indexOf("mdat"));
    await composeConcat(request, composeContext(folder));
    expect(await readFile(composed.files[0]?.path ?? "")).toEqual(head);
  });
});

describe("composeTrim", () => {
  test("cuts a film exact to a frame, with its sound", async () => {
    const composed = await composeTrim(
      composeRequest({ media: fileParameter("wide.mp4"), start: 0.4, end: 0.8 }),
      composeContext(folder),
    );
    const film = await look(composed);
    expect(film.brightness.map(frameNumber)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    expect(film.durationSeconds).toBeCloseTo(0.4, 2);
    expect(film.levels[2]).toBeGreaterThan(-20);
  });
});

describe("composeMix", () => {
  test("puts sound under a film and takes its picture over as it is", async () => {
    const composed = await composeMix(
      composeRequest({ tracks: fileParameter("music.wav"), video: fileParameter("silent.mp4") }),
      composeContext(folder),
    );
    expect(composed).toMatchObject({ medium: "video", files: [{ name: "Un titre.mp4" }] });
    const film = await look(composed);
    expect(film).toMatchObject({ width: 96, height: 160 });
    expect(film.description).toMatch(/h264 \(Constrained Baseline\)/);
    expect(film.brightness.map(frameNumber).at(-1)).toBe(24);
    // The track is shorter than the film.
    expect(film.levels[3]).toBeGreaterThan(-20);
    expect(film.levels[8]).toBeLessThan(-60);
  });

  test("mixes the film's own sound below the track where that is asked for", async () => {
    const tracks = fileParameter("music.wav");
    const video = fileParameter("wide.mp4");
    const composed = await composeMix(
      composeRequest({ tracks, video, video_sound: "mix", bed_volume: 0, loop: false }),
      composeContext(folder),
    );
    expect((await look(composed)).levels[7]).toBeGreaterThan(-30);
  });
});

describe("a film from outside", () => {
  test("is refused where it breaks off or is none", async () => {
    for (const name of ["cut.mp4", "music.wav"]) {
      const request = composeRequest({ tracks: fileParameter("music.wav"), video: fileParameter(name) });
      await expect(composeMix(request, composeContext(folder))).rejects.toThrow(
        /^The video (?:breaks off|is neither|holds no moving picture)/,
      );
    }
  });
});
