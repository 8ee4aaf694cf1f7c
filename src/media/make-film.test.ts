import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { runInChild } from "./child-process.ts";
import {
  MUSIC_HERTZ,
  NARRATION_SECONDS,
  WORD_HERTZ,
  WORD_SECONDS,
  WORD_STARTS,
} from "./film-fixtures.testdata.ts";
import type { FilmAnswer, FilmRequest } from "./film-request.ts";
import { makeFilm } from "./make-film.ts";

const frameSchema = z.object({
  mean: z.number(),
  upper: z.number(),
  light: z.object({
    x: z.number(),
    y: z.number(),
    left: z.number(),
    top: z.number(),
    right: z.number(),
    bottom: z.number(),
  }),
  /** Where the mark of the word that is heard stands; null where there is none. */
  marked: z.number().nullable(),
});
const measuresSchema = z.object({
  width: z.number(),
  height: z.number(),
  profile: z.number(),
  format: z.number(),
  colorSpace: z.number(),
  frames: z.array(frameSchema),
  times: z.array(z.number()),
  sampleRate: z.number(),
  channels: z.number(),
  seconds: z.number(),
  loudness: z.number(),
  truePeak: z.number(),
  tones: z.array(z.array(z.number())),
});
type Measures = z.output<typeof measuresSchema>;

const SMALL = { width: 270, height: 480 };
const signal = new AbortController().signal;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "relais-film-"));
  const worker = new URL("./film-fixtures.testworker.ts", import.meta.url);
  await runInChild({ worker, request: { folder }, result: z.unknown(), signal });
}, 60_000);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const at = (name: string): string => join(folder, name);

const image = (name: string): FilmRequest["pictures"][number] => ({
  path: at(name),
  kind: "image",
  hasWordsAtFoot: false,
});
const clip = (name: string): FilmRequest["pictures"][number] => ({ ...image(name), kind: "video" });
const voice = (name: string, words: FilmRequest["speeches"][number] | null = null) => ({
  path: at(name),
  words: null,
  text: "",
  ...words,
});
const NARRATION = {
  path: "",
  text: "",
  words: WORD_STARTS.map((start, index) => ({
    word: ["Un", "phare", "dans", "la", "nuit."][index] ?? "",
    start,
    end: start + WORD_SECONDS,
  })),
};

let made = 0;

async function film(changes: Partial<FilmRequest>): Promise<{ answer: FilmAnswer; path: string }> {
  made += 1;
  const path = at(`film-${made}.mp4`);
  const answer = await makeFilm(
    {
      ...SMALL,
      path,
      folder,
      title: "",
      captions: "none",
      texts: [],
      pictures: [image("plain.png")],
      speeches: [],
      music: null,
      musicVolume: 0.4,
      seconds: null,
      ...changes,
    },
    { signal, onProgress: () => undefined },
  );
  return { answer, path };
}

async function measured(changes: Partial<FilmRequest>): Promise<Measures> {
  const { answer, path } = await film(changes);
  if (!("seconds" in answer)) throw new Error(JSON.stringify(answer));
  const worker = new URL("./film-measures.testworker.ts", import.meta.url);
  const request = { path, hertz: [WORD_HERTZ, MUSIC_HERTZ] };
  return await runInChild({ worker, request, result: measuresSchema, signal });
}

describe("a film of a narration with music", () => {
  let whole: Measures;

  beforeAll(async () => {
    whole = await measured({
      captions: "word",
      speeches: [{ ...NARRATION, path: at("narration.wav") }],
      music: at("music.wav"),
    });
  }, 60_000);

  test("is H.264 High in yuv420p with BT.709 at 30 frames a second, with AAC in stereo at 48 kHz", async () => {
    expect(whole).toMatchObject({ ...SMALL, profile: 100, colorSpace: 1, sampleRate: 48_000, channels: 2 });
    expect(whole.format).toBe(0);
    const gaps = whole.times.slice(1).map((time, index) => time - (whole.times[index] ?? 0));
    for (const gap of gaps) expect(gap).toBeCloseTo(1 / 30, 3);
  });

  test("has its index first and lasts as long as the narration", async () => {
    const bytes = await readFile(at(`film-${made}.mp4`));
    expect(bytes.indexOf("moov")).toBeLessThan(bytes.indexOf("mdat"));
    expect(Math.abs(whole.frames.length / 30 - NARRATION_SECONDS)).toBeLessThanOrEqual(0.05);
    expect(Math.abs(whole.seconds - NARRATION_SECONDS)).toBeLessThanOrEqual(0.05);
  });

  test("is as loud as players expect, without peaks", () => {
    expect(whole.loudness).toBeGreaterThanOrEqual(-17);
    expect(whole.loudness).toBeLessThanOrEqual(-14);
    expect(whole.truePeak).toBeLessThan(-1);
  });

  test("keeps music at least 10 dB under words", () => {
    const [words = [], music = []] = whole.tones;
    for (const start of WORD_STARTS) {
      const window = Math.round((start + WORD_SECONDS / 2) / 0.02);
      expect((words[window] ?? 0) - (music[window] ?? 0)).toBeGreaterThan(10);
      expect(music[window]).toBeGreaterThan(-60);
    }
  });

  test("marks each word within 80 ms of its sound", () => {
    const marks = whole.frames.map(({ marked }) => marked);
    const changes = marks.flatMap((mark, frame) => {
      const before = marks[frame - 1] ?? null;
      return mark !== null && (before === null || Math.abs(mark - before) > 8) ? [frame / 30] : [];
    });
    const [words = []] = whole.tones;
    const heard = words.flatMap((level, window) =>
      level > -30 && (words[window - 1] ?? -99) <= -30 ? [window * 0.02] : [],
    );
    expect(changes).toHaveLength(WORD_STARTS.length);
    expect(heard).toHaveLength(WORD_STARTS.length);
    for (const [index, change] of changes.entries())
      expect(Math.abs(change - (heard[index] ?? 0))).toBeLessThan(0.08);
  });

  test("keeps its words inside the part of the frame that players leave free", () => {
    for (const { light } of whole.frames.filter(({ marked }) => marked !== null)) {
      expect(light.left).toBeGreaterThanOrEqual(SMALL.width * 0.18 - 2);
      expect(light.right).toBeLessThanOrEqual(SMALL.width * 0.82 + 2);
      expect(light.top).toBeGreaterThanOrEqual(SMALL.height * 0.15);
      expect(light.bottom).toBeLessThanOrEqual(SMALL.height * 0.65 + 1);
    }
  });

  test("has the same bytes when it is made again, and leaves nothing but the film", async () => {
    const first = await readFile(at(`film-${made}.mp4`));
    const again = await film({
      captions: "word",
      speeches: [{ ...NARRATION, path: at("narration.wav") }],
      music: at("music.wav"),
    });
    expect(first.equals(await readFile(again.path))).toBe(true);
    expect((await readdir(folder)).filter((name) => name.endsWith(".f32"))).toEqual([]);
  });
});

describe("a film of scenes", () => {
  test("moves without shaking", async () => {
    const { frames } = await measured({ pictures: [image("dot.png")], speeches: [voice("second.wav")] });
    const points = frames.map(({ light }) => light);
    const jolts = points.slice(2).map((point, index) => {
      const [first, second] = [points[index] ?? point, points[index + 1] ?? point];
      return Math.hypot(point.x - 2 * second.x + first.x, point.y - 2 * second.y + first.y);
    });
    const moved = Math.hypot(
      (points.at(-1)?.x ?? 0) - (points[0]?.x ?? 0),
      (points.at(-1)?.y ?? 0) - (points[0]?.y ?? 0),
    );
    expect(moved).toBeGreaterThan(3);
    expect(Math.sqrt(jolts.reduce((sum, jolt) => sum + jolt * jolt, 0) / jolts.length)).toBeLessThan(0.08);
  });

  test("lasts as long as its voices, with a breath after each, whatever the loudness of each", async () => {
    const { frames, tones } = await measured({
      pictures: [image("plain.png"), image("red.jpg")],
      speeches: [{ ...NARRATION, path: at("narration.wav") }, voice("second.wav")],
    });
    expect(frames.length / 30).toBeCloseTo(NARRATION_SECONDS + 1 + 0.5, 1);
    const [words = []] = tones;
    // The second voice was recorded at a quarter of the level of the first.
    expect(Math.abs((words[Math.round(0.2 / 0.02)] ?? 0) - (words[Math.round(3 / 0.02)] ?? 0))).toBeLessThan(
      6,
    );
  });

  test("shows clips as they are to be seen: at any rate, turned, with much light, to their end and on", async () => {
    const { frames } = await measured({
      pictures: ["changing-rate.mp4", "turned.mp4", "bright.mp4", "broken-off.mp4"].map(clip),
      speeches: ["second.wav", "second.wav", "second.wav", "second.wav"].map((name) => voice(name)),
    });
    expect(frames).toHaveLength(150);
    // White above black, once upright and whole in a frame that stands; a quarter turn brings it to the sides.
    const upperShare = (second: number): number => {
      const { upper = 0, mean = 1 } = frames[Math.round(second * 30)] ?? {};
      return upper / mean;
    };
    expect(upperShare(1)).toBeGreaterThan(1.2);
    expect(upperShare(2.2)).toBeCloseTo(1, 1);
    expect(upperShare(3.5)).toBeGreaterThan(1.2);
    expect(frames.at(-1)?.mean).toBeGreaterThan(20);
  });

  test("mixes a sound of six channels down", async () => {
    const { loudness, channels } = await measured({ speeches: [voice("six.wav")] });
    expect(channels).toBe(2);
    expect(loudness).toBeGreaterThan(-17);
  });
});

describe("what a film cannot be made of", () => {
  test.each([
    ["cut.png", "picture", "unreadable"],
    ["vast.png", "picture", "too_large"],
    ["drawing.svg", "picture", "unreadable"],
    ["no-picture.png", "picture", "unreadable"],
    ["headless.mp4", "clip", "unreadable"],
    ["plain.png", "clip", "unreadable"],
    ["empty.wav", "speech", "silent"],
    ["playlist.mp3", "speech", "unreadable"],
    ["parts.mp3", "speech", "unreadable"],
    ["plain.png", "music", "unreadable"],
  ] as const)("%s as a %s is %s", async (name, what, why) => {
    const changes: Partial<FilmRequest> =
      what === "speech"
        ? { speeches: [voice(name)] }
        : what === "music"
          ? { music: at(name) }
          : { pictures: [what === "clip" ? clip(name) : image(name)] };
    const { answer } = await film(changes);
    expect(answer).toEqual({ unusable: { what, number: 1, why } });
  });
});
