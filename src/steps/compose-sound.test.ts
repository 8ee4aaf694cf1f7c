import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { runInChild } from "../media/child-process.ts";
import { readCover } from "../media/cover.ts";
import { type Measured, measureMedia, type MediaMeasure } from "../media/measure-media.ts";
import { babble, tone, wavOf } from "../media/wav.testdata.ts";
import { generate } from "../providers/local/local-request.testdata.ts";
import { composeAudiobook } from "./compose-audiobook.ts";
import { composeConcat } from "./compose-concat.ts";
import { composeContext, composeRequest, fileParameter, putFiles } from "./compose.testdata.ts";
import { composeMix } from "./compose-mix.ts";
import { composePodcast } from "./compose-podcast.ts";
import { composeTrim } from "./compose-trim.ts";
import type { Composer } from "./composer.ts";

const lookSchema = z.object({
  metadata: z.record(z.string(), z.string()),
  description: z.string(),
  durationSeconds: z.number(),
  levels: z.array(z.number()),
});

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "relais-compose-"));
  await putFiles(folder, {
    "low.wav": wavOf(2.5, { channels: [babble(110, 0.8)] }),
    "high.wav": wavOf(2, { sampleRate: 8_000, channels: [babble(220, 0.05)] }),
    "music.wav": wavOf(4, { channels: [tone(330), tone(440)] }),
    "six.wav": wavOf(1, { channels: Array.from({ length: 6 }, (_, index) => tone(200 + index * 50)) }),
    "nine.wav": wavOf(0.2, { channels: Array.from({ length: 9 }, () => tone(200)) }),
    "empty.wav": wavOf(0, { channels: [tone(1)] }),
    "silent.wav": wavOf(1, { channels: [() => 0] }),
    "cover.png": await sharp({ create: { width: 4, height: 4, channels: 3, background: "#a52" } })
      .png()
      .toBuffer(),
    // The picture beside it is red-brown; a cover that shows it has read a file that the drawing names.
    "drawing.png": Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="8" height="8"><rect width="8" height="8" fill="#00f"/><image width="8" height="8" href="cover.png" xlink:href="cover.png"/></svg>',
    ),
    "list.mp3": "ffconcat version 1.0\nfile low.wav\n",
    "playlist.mp3": "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nlow.wav\n#EXT-X-ENDLIST\n",
    "words.wav": "these are words and no sound",
  });
});
afterAll(() => rm(folder, { recursive: true }));

const signal = new AbortController().signal;

async function look(place: string): Promise<z.output<typeof lookSchema>> {
  const worker = new URL("../media/look.testworker.ts", import.meta.url);
  return runInChild({ worker, request: { path: place }, result: lookSchema, signal });
}

async function measure(...paths: string[]): Promise<MediaMeasure[]> {
  const request = { paths, sampleRate: 44_100, needs: "sound" as const };
  const measured = await measureMedia(request, { signal, onProgress: () => undefined });
  return measured.map(whole);
}

function whole(measured: Measured): MediaMeasure {
  if ("problem" in measured) throw new Error(measured.problem);
  return measured;
}

const hashOf = async (place: string): Promise<string> =>
  createHash("sha256")
    .update(await readFile(place))
    .digest("hex");

async function refusalOf(
  composer: Composer,
  parameters: Parameters<typeof composeRequest>[0],
): Promise<string> {
  try {
    await composer(composeRequest(parameters), composeContext(folder));
    return "it was composed";
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

describe("a cover", () => {
  test("that is a drawing shows no file that it names", async () => {
    const { bytes } = await readCover(path.join(folder, "drawing.png"));
    const { dominant } = await sharp(bytes).stats();
    expect(dominant.b).toBeGreaterThan(200);
    expect(dominant.r).toBeLessThan(60);
  });
});

describe("composeAudiobook", () => {
  const request = composeRequest(
    {
      chapters: ["low.wav", "high.wav"].map(fileParameter),
      titles: [{ title: "Le début" }, { title: "La suite" }],
      author: "Une autrice",
      cover: fileParameter("cover.png"),
      language: "fr",
    },
    "# L’été",
  );

  test("makes an M4B and an MP3 with marks, cover and metadata, as loud as each other", async () => {
    const fractions: number[] = [];
    const context = composeContext(folder, { onProgress: (fraction) => fractions.push(fraction) });
    const { files } = await composeAudiobook(request, context);
    expect(files.map(({ name, mediaType }) => [name, mediaType])).toEqual([
      ["L’été.m4b", "audio/mp4"],
      ["L’été.mp3", "audio/mpeg"],
    ]);
    const [m4b = "", mp3 = ""] = files.map((file) => file.path);
    const head = await readFile(m4b);
    expect(head.toString("latin1", 4, 12)).toBe("ftypM4B ");
    expect(head.indexOf("moov")).toBeLessThan(head.indexOf("mdat"));
    for (const { metadata, description } of [await look(m4b), await look(mp3)]) {
      expect(metadata).toMatchObject({ title: "L’été", artist: "Une autrice", album: "L’été" });
      expect(description).toMatch(
        /Chapter #0:0: start 0.0+,.*Le début.*Chapter #0:1: start 3\.\d+,.*La suite/s,
      );
      expect(description).toContain("attached pic");
    }
    const [one, other] = await measure(m4b, mp3);
    expect(Math.abs((one?.lufs ?? 0) + 18)).toBeLessThan(0.5);
    expect(Math.abs((one?.lufs ?? 0) - (other?.lufs ?? 0))).toBeLessThan(0.5);
    expect(Math.max(one?.truePeak ?? 0, other?.truePeak ?? 0)).toBeLessThan(-3);
    expect(fractions.every((fraction, index) => fraction >= (fractions[index - 1] ?? 0))).toBe(true);
    expect(fractions.at(-1)).toBeGreaterThan(0.5);
    const before = await Promise.all([hashOf(m4b), hashOf(mp3)]);
    await composeAudiobook(request, composeContext(folder));
    expect(await Promise.all([hashOf(m4b), hashOf(mp3)])).toEqual(before);
    // What was written on the way is gone.
    expect((await readdir(folder)).filter((name) => name.endsWith(".draft"))).toEqual([]);
  });

  test("keeps the peaks of a sharp voice as low as shops ask for, where the codec overshoots", async () => {
    const spoken = await generate("speech", { prompt: "On n’entre pas dans un sujet par la grande porte." });
    const [file] = spoken.files;
    if (!file || !("bytes" in file.content)) throw new Error("nothing was spoken");
    await writeFile(path.join(folder, "voice.mp3"), file.content.bytes);
    const asked = composeRequest({ chapters: [fileParameter("voice.mp3")], titles: ["Un"] }, "Un");
    const { files } = await composeAudiobook(asked, composeContext(folder));
    for (const { lufs, truePeak } of await measure(...files.map((each) => each.path))) {
      // One channel is measured as two, each of which is 3 dB lower.
      expect(truePeak).toBeLessThan(-6);
      expect(Math.abs((lufs ?? 0) + 18)).toBeLessThan(0.5);
    }
  });

  test("stops at once when it is cancelled", async () => {
    const controller = new AbortController();
    const context = composeContext(folder, {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error("cancelled by a person")),
    });
    await expect(composeAudiobook(request, context)).rejects.toThrow("cancelled by a person");
  });
});

describe("composePodcast", () => {
  test("makes an episode at −16 LUFS and a transcript of who says what and when", async () => {
    const { files, text, json } = await composePodcast(
      composeRequest({
        lines: [["low.wav", "low.wav"].map(fileParameter), ["high.wav"].map(fileParameter)],
        script: [{ host: "Bonjour !", guest: "Salut !" }, { host: "Au revoir." }],
        speakers: ["Marc", "Léa"],
        jingle: fileParameter("music.wav"),
        pause: 0.4,
      }),
      composeContext(folder),
    );
    const [mp3 = "", vtt = ""] = files.map((file) => file.path);
    const [measured] = await measure(mp3);
    expect(Math.abs((measured?.lufs ?? 0) + 16)).toBeLessThan(0.5);
    expect(measured?.truePeak).toBeLessThan(-1);
    expect(text).toMatch(/Marc: Bonjour !\n\n.*Léa: Salut !\n\n.*Marc: Au revoir\./);
    expect(json).toMatchObject({ lines: [{ speaker: "Marc" }, { speaker: "Léa" }, { speaker: "Marc" }] });
    expect(await readFile(vtt, "utf8")).toContain("<v Léa>Salut !");
    const { metadata, levels } = await look(mp3);
    expect(metadata).toMatchObject({ artist: "Marc, Léa", genre: "Podcast" });
    // The jingle is heard from the first moment on, and the end fades to nothing.
    expect(levels[2]).toBeGreaterThan(-30);
    expect(levels.at(-1)).toBeLessThan(-25);
  });
});

describe("composeMix", () => {
  test("lays a bed under the main track and tags the MP3", async () => {
    const { files } = await composeMix(
      composeRequest({
        tracks: ["low.wav", "music.wav"].map(fileParameter),
        bed_volume: -6,
        ducking: 12,
        loop: true,
        loudness: -14,
        artist: "Quelqu’un",
        cover: fileParameter("cover.png"),
      }),
      composeContext(folder),
    );
    const [mp3 = ""] = files.map((file) => file.path);
    const [measured] = await measure(mp3);
    expect(measured?.durationSeconds).toBeCloseTo(2.5, 2);
    expect(Math.abs((measured?.lufs ?? 0) + 14)).toBeLessThan(0.5);
    expect((await look(mp3)).metadata).toMatchObject({ artist: "Quelqu’un", title: "Un titre" });
  });

  test("takes 6 channels and 8 kHz", async () => {
    const { files } = await composeMix(
      composeRequest({ tracks: ["six.wav", "high.wav"].map(fileParameter) }),
      composeContext(folder),
    );
    const [measured] = await measure(...files.map((file) => file.path));
    expect(measured).toMatchObject({ channelCount: 2 });
    expect(measured?.durationSeconds).toBeCloseTo(1, 2);
  });
});

describe("composeConcat and composeTrim", () => {
  test("join sounds with a gap and cut them, exact to a sample", async () => {
    const context = composeContext(folder);
    const joined = await composeConcat(
      composeRequest({ media: ["low.wav", "music.wav"].map(fileParameter), gap: 0.5 }),
      context,
    );
    const [both] = await measure(...joined.files.map((file) => file.path));
    expect(both?.durationSeconds).toBeCloseTo(7, 3);
    const { levels } = await look(joined.files[0]?.path ?? "");
    expect(levels[27]).toBeLessThan(-60);
    const cut = await composeTrim(
      composeRequest({ media: fileParameter("music.wav"), start: 0.25, end: 1.25 }),
      context,
    );
    const [part] = await measure(...cut.files.map((file) => file.path));
    expect(Math.round((part?.durationSeconds ?? 0) * 44_100)).toBe(44_100);
  });

  test("say what is wrong with a cut that leaves nothing", async () => {
    const refusal = await refusalOf(composeTrim, { media: fileParameter("music.wav"), start: 9, end: 12 });
    expect(refusal).toBe(
      "ComposeFailure: There is nothing from 9.00 s to 4.00 s: the file lasts 4.00 s. Choose a start and an end within that time.",
    );
  });
});

describe("sound from outside", () => {
  test("is refused by name and reason where it is of no use", async () => {
    await putFiles(folder, {
      "broken.mp3": (await readFile(path.join(folder, "mix.mp3"))).subarray(0, 9_000),
    });
    for (const [name, why] of [
      ["empty.wav", "lasts zero seconds"],
      ["words.wav", "neither a sound nor a video"],
      ["list.mp3", "neither a sound nor a video"],
      ["playlist.mp3", "neither a sound nor a video"],
      ["nine.wav", "more than 8 channels"],
      ["broken.mp3", "breaks off before its end"],
      ["cover.png", "neither a sound nor a video"],
    ] as const) {
      const refusal = await refusalOf(composeMix, { tracks: ["music.wav", name].map(fileParameter) });
      expect(refusal).toMatch(new RegExp(`^ComposeFailure: Track 2 .*${why}`));
    }
  });

  test("is refused where there is nothing to hear", async () => {
    expect(await refusalOf(composeMix, { tracks: fileParameter("silent.wav") })).toMatch(
      /^ComposeFailure: There is nothing but silence/,
    );
    expect(
      await refusalOf(composeMix, { tracks: fileParameter("low.wav"), cover: fileParameter("words.wav") }),
    ).toMatch(/^ComposeFailure: The cover is not a picture/);
    expect(await refusalOf(composeConcat, { media: ["music.wav", "x.mp4"].map(fileParameter) })).toMatch(
      /^ComposeFailure: Sounds and videos cannot be joined/,
    );
  });
});
