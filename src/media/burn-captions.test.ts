import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { burnCaptions } from "./burn-captions.ts";
import type { Caption } from "./captions.ts";
import { runInChild } from "./child-process.ts";
import { inspectFile } from "./inspect.ts";

const CAPTIONS: Caption[] = [
  { start: 0.5, end: 1, lines: ["Élan", "🎉 мир"] },
  { start: 1, end: 1.5, lines: ["مرحبا 今天"] },
];

const lookSchema = z.object({
  frames: z.array(z.object({ seconds: z.number(), brightest: z.number(), darkest: z.number() })),
  sound: z.string(),
  soundCodec: z.number().nullable(),
});

const signal = new AbortController().signal;
const worker = new URL("./burn-captions.testworker.ts", import.meta.url);

function look(file: string) {
  return runInChild({ worker, request: { act: "look", path: file }, result: lookSchema, signal });
}

describe("burnCaptions", () => {
  let folder: string;
  let film: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "relais-burn-"));
    film = path.join(folder, "film.mp4");
    await runInChild({ worker, request: { act: "film", path: film }, result: z.unknown(), signal });
  });
  afterAll(() => rm(folder, { recursive: true }));

  const burn = (from: string, to: string, options = {}) =>
    burnCaptions(
      { from, to: path.join(folder, to), captions: CAPTIONS },
      { signal, onProgress: () => undefined, ...options },
    );

  test("shows captions at their times and nothing else, and copies the sound byte by byte", async () => {
    const progress: number[] = [];
    const burnt = await burn(film, "burnt.mp4", {
      onProgress: (fraction: number) => progress.push(fraction),
    });
    expect(burnt).toEqual({ frameCount: 20 });
    const [before, after] = [await look(film), await look(path.join(folder, "burnt.mp4"))];
    expect(after.frames.map(({ seconds }) => seconds)).toEqual(before.frames.map(({ seconds }) => seconds));
    for (const { seconds, brightest, darkest } of after.frames) {
      const isShown = seconds > 0.49 && seconds < 1.49;
      expect(brightest > 200).toBe(isShown);
      expect(darkest < 50).toBe(isShown);
    }
    expect(after.sound).toBe(before.sound);
    expect(after.soundCodec).toBe(before.soundCodec);
    expect(await inspectFile({ path: path.join(folder, "burnt.mp4") })).toMatchObject({
      mediaType: "video/mp4",
      width: 320,
      height: 180,
    });
    const head = await readFile(path.join(folder, "burnt.mp4"), "latin1");
    expect(head.indexOf("moov")).toBeLessThan(head.indexOf("mdat"));
    expect(progress.at(-1)).toBeGreaterThan(0.9);
  });

  test("stands a film upright that a telephone filmed on its side", async () => {
    const turned = path.join(folder, "turned.mp4");
    const bytes = await readFile(film);
    // The matrix of the first track header, ISO/IEC 14496-12, 8.3.2: a quarter turn.
    const matrix = bytes.indexOf("tkhd") + 44;
    for (const [index, value] of [0, 1 << 16, 0, -1 << 16, 0, 0].entries())
      bytes.writeInt32BE(value, matrix + index * 4);
    await writeFile(turned, bytes);
    expect(await inspectFile({ path: turned })).toMatchObject({ width: 180, height: 320 });
    await burn(turned, "upright.mp4");
    const upright = path.join(folder, "upright.mp4");
    expect(await inspectFile({ path: upright })).toMatchObject({ width: 180, height: 320 });
    const { frames } = await look(upright);
    expect(frames[6]?.brightest).toBeGreaterThan(200);
  });

  test("makes the same bytes again", async () => {
    await burn(film, "one.mp4");
    await burn(film, "two.mp4");
    const [one, two] = await Promise.all(
      ["one.mp4", "two.mp4"].map((name) => readFile(path.join(folder, name))),
    );
    expect(one?.equals(two ?? Buffer.of())).toBe(true);
  });

  test("says what is wrong with a file that is no film, or is cut off", async () => {
    const notes = path.join(folder, "notes.mp4");
    await writeFile(notes, "ffconcat version 1.0\nfile /etc/passwd\n");
    expect(await burn(notes, "a.mp4")).toEqual({ problem: "unreadable" });
    const cut = path.join(folder, "cut.mp4");
    const whole = await readFile(film);
    await writeFile(cut, whole.subarray(0, Math.floor(whole.length / 2)));
    expect(await burn(cut, "b.mp4")).toEqual({ problem: "damaged" });
    const headless = path.join(folder, "headless.mp4");
    await writeFile(headless, whole.subarray(0, 600));
    expect(await burn(headless, "c.mp4")).toHaveProperty("problem");
  });

  test("stops when it is aborted", async () => {
    const controller = new AbortController();
    const aborted = burnCaptions(
      { from: film, to: path.join(folder, "aborted.mp4"), captions: CAPTIONS },
      { signal: controller.signal, onProgress: () => controller.abort(new Error("cancelled")) },
    );
    await expect(aborted).rejects.toThrow("cancelled");
  });
});
