import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ALL_FORMATS, FilePathSource, Input } from "mediabunny";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { runInChild } from "../../media/child-process.ts";
import { inspectFile } from "../../media/inspect.ts";
import { type FailureCode, ProviderFailure } from "../../workflow/ports.ts";
import type { ProviderOutput } from "../provider.ts";
import { isMarkedCard } from "./card-mark.ts";
import { generate, localContext, localRequest } from "./local-request.testdata.ts";
import { providerFacts } from "../catalogue-data.ts";
import { createLocalProvider } from "./local.ts";

const decodedSchema = z.object({
  frames: z.number(),
  pixelFormat: z.number().nullable(),
  sampleRate: z.number().nullable(),
  channels: z.number().nullable(),
});

function decode(path: string): Promise<z.output<typeof decodedSchema>> {
  return runInChild({
    worker: new URL("../../media/decode.testworker.ts", import.meta.url),
    request: { path },
    result: decodedSchema,
    signal: new AbortController().signal,
  });
}

async function bytesOf(output: ProviderOutput): Promise<Buffer> {
  const content = output.files[0]?.content;
  if (content === undefined) throw new Error("no file");
  return "bytes" in content ? Buffer.from(content.bytes) : readFile(content.path);
}

async function failureOf(work: Promise<unknown>): Promise<ProviderFailure> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ProviderFailure) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

function childCount(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === "ProcessWrap").length;
}

let folder: string;
let childrenBefore: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "relais-test-"));
  vi.stubEnv("TMPDIR", folder);
  childrenBefore = childCount();
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
  if (childCount() !== childrenBefore) throw new Error("a child process is left behind");
});

describe("the local provider", () => {
  test("needs no key and no address", () => {
    const provider = createLocalProvider();
    expect(provider.id).toBe("local");
    expect(providerFacts(provider.id).settings).toMatchObject({ apiKey: null, baseUrl: null });
  });

  test("refuses what it has no generator for, unbilled", async () => {
    const failure = await failureOf(generate("transcript"));
    expect(failure.code).toBe<FailureCode>("bad_request");
    expect(failure.billed).toBe("no");
  });

  test("says that a time-out is not billed", async () => {
    const signal = AbortSignal.abort(new DOMException("too slow", "TimeoutError"));
    const failure = await failureOf(generate("image", {}, { signal }));
    expect(failure.code).toBe<FailureCode>("timeout");
    expect(failure.billed).toBe("no");
  });
});

describe("local text", () => {
  test("streams exactly the text that it returns", async () => {
    let streamed = "";
    const output = await generate("text", {}, { onText: (delta) => (streamed += delta) });
    expect(streamed).toBe(output.text);
    expect(output.files).toEqual([]);
    expect(output.usage).toEqual({ inputTokens: 9, outputTokens: Math.ceil(streamed.length / 4) });
  });

  test("takes its time where a person watches, and stops at once when aborted", async () => {
    const controller = new AbortController();
    let chunks = 0;
    const context = localContext({
      signal: controller.signal,
      onText: () => {
        chunks += 1;
        if (chunks === 3) controller.abort(new Error("cancelled"));
      },
    });
    const provider = createLocalProvider({ textCharactersPerSecond: 2_000 });
    const start = performance.now();
    const failure = await failureOf(provider.submit(localRequest("text"), context));
    expect(performance.now() - start).toBeLessThan(1_000);
    expect(failure.code).toBe<FailureCode>("cancelled");
    expect(chunks).toBe(3);
  });
});

describe("local images", () => {
  test("have the asked size and the same bytes for the same request", async () => {
    const request = { parameters: { size: "640x360" } };
    const [first, second] = await Promise.all([generate("image", request), generate("image", request)]);
    const bytes = await bytesOf(first);
    expect(await inspectFile({ bytes })).toEqual({ mediaType: "image/png", width: 640, height: 360 });
    expect(bytes.equals(await bytesOf(second))).toBe(true);
    expect(isMarkedCard(bytes)).toBe(true);
    expect(first.usage).toEqual({ images: 1 });
  });

  test("differ from topic to topic", async () => {
    const size = { parameters: { size: "256x256" } };
    const [first, second] = await Promise.all([
      generate("image", { ...size, topic: "La mer" }),
      generate("image", { ...size, topic: "La forêt" }),
    ]);
    expect((await bytesOf(first)).equals(await bytesOf(second))).toBe(false);
  });

  test("take any topic as it is", async () => {
    const topic = `</text><script>&amp;]]>\u0000\uD800 "quoted" ${"x".repeat(5_000)}`;
    const output = await generate("image", { topic, parameters: { width: 300, height: 200 } });
    expect(await inspectFile({ bytes: await bytesOf(output) })).toMatchObject({ width: 300, height: 200 });
  });

  test("stop within a second when aborted", async () => {
    const controller = new AbortController();
    const request = { parameters: { size: "4096x4096" } };
    const asked = failureOf(generate("image", request, { signal: controller.signal }));
    const start = performance.now();
    controller.abort(new Error("cancelled"));
    expect((await asked).code).toBe<FailureCode>("cancelled");
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});

describe("local speech", () => {
  const PROMPT = "Bonjour à tous, voici l’essentiel de la blockchain en quelques mots simples.";

  test("is an MP3 that decodes, with a time for each word", async () => {
    const output = await generate("speech", { prompt: PROMPT });
    const bytes = await bytesOf(output);
    const path = join(folder, "speech.mp3");
    await writeFile(path, bytes);
    expect(await decode(path)).toMatchObject({ sampleRate: 44_100, channels: 1 });
    const { mediaType, durationSeconds } = await inspectFile({ bytes });
    expect(mediaType).toBe("audio/mpeg");
    expect(durationSeconds).toBeCloseTo(output.usage.audioSeconds ?? 0, 1);
    expect(durationSeconds).toBeGreaterThan(3);
    expect(durationSeconds).toBeLessThan(9);
    expect(output.usage.characters).toBe(PROMPT.length);
    expect(output.words?.map(({ word }) => word).join(" ")).toBe(PROMPT);
    const starts = output.words?.map(({ start }) => start) ?? [];
    expect(starts).toEqual(starts.toSorted((left, right) => left - right));
    expect(new Set(starts).size).toBe(starts.length);
  });

  test("keeps all of a word that is spoken alone", async () => {
    const output = await generate("speech", { prompt: "Oui." });
    const { durationSeconds } = await inspectFile({ bytes: await bytesOf(output) });
    expect(durationSeconds).toBeGreaterThan(0.4);
    expect(durationSeconds).toBeCloseTo(output.usage.audioSeconds ?? 0, 1);
  });

  test("has the same bytes for the same request, and others in another language", async () => {
    const [first, again, english] = await Promise.all([
      generate("speech", { prompt: PROMPT }),
      generate("speech", { prompt: PROMPT }),
      generate("speech", { prompt: PROMPT, parameters: { language: "en" } }),
    ]);
    const bytes = await bytesOf(first);
    expect(bytes.equals(await bytesOf(again))).toBe(true);
    expect(bytes.equals(await bytesOf(english))).toBe(false);
  });

  test("refuses a text without a word, unbilled", async () => {
    const failure = await failureOf(generate("speech", { prompt: " 🎉 … !\n" }));
    expect(failure.code).toBe<FailureCode>("bad_request");
    expect(failure.billed).toBe("no");
  });

  test("speaks 10,000 characters and leaves no temporary file", async () => {
    const prompt = "Chaque matin, le phare s’éteint à l’aube et la mer redevient calme.\n".repeat(150);
    const output = await generate("speech", { prompt });
    expect(output.usage.audioSeconds).toBeGreaterThan(300);
    expect(output.words?.at(-1)?.end).toBeCloseTo(output.usage.audioSeconds ?? 0, 1);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe("local music", () => {
  test("is an MP3 of the asked length and the same bytes for the same request", async () => {
    const request = { prompt: "Musique joyeuse et dynamique", parameters: { duration_seconds: 4 } };
    const [first, second] = await Promise.all([generate("music", request), generate("music", request)]);
    const bytes = await bytesOf(first);
    const path = join(folder, "music.mp3");
    await writeFile(path, bytes);
    expect(await decode(path)).toMatchObject({ sampleRate: 44_100, channels: 2 });
    expect((await inspectFile({ bytes })).durationSeconds).toBeCloseTo(4, 0);
    expect(bytes.equals(await bytesOf(second))).toBe(true);
    expect(first.usage).toEqual({ audioSeconds: 4, generations: 1 });
  });

  test("plays another piece for another mood", async () => {
    const parameters = { duration_seconds: 2 };
    const [calm, tense] = await Promise.all([
      generate("sound", { prompt: "doux et calme", parameters }),
      generate("sound", { prompt: "tension et suspense", parameters }),
    ]);
    expect((await bytesOf(calm)).equals(await bytesOf(tense))).toBe(false);
  });
});

describe("local video", () => {
  test("is an MP4 that plays everywhere, and the same bytes for the same request", async () => {
    const request = { parameters: { duration: 2, ratio: "640:360" } };
    const progress: number[] = [];
    const onProgress = (fraction: number): void => void progress.push(fraction);
    const first = await generate("video", request, { onProgress });
    const bytes = await bytesOf(first);
    const path = join(folder, "video.mp4");
    await writeFile(path, bytes);

    expect(await decode(path)).toEqual({ frames: 60, pixelFormat: 0, sampleRate: 48_000, channels: 2 });
    using input = new Input({ formats: ALL_FORMATS, source: new FilePathSource(path) });
    const video = await input.getPrimaryVideoTrack();
    const audio = await input.getPrimaryAudioTrack();
    // Profile 0x64 is High.
    expect((await video?.getDecoderConfig())?.codec).toMatch(/^avc1\.64/);
    expect((await video?.computePacketStats())?.averagePacketRate).toBeCloseTo(30, 1);
    expect(await audio?.getCodec()).toBe("aac");
    expect(await inspectFile({ path })).toMatchObject({ mediaType: "video/mp4", width: 640, height: 360 });
    expect(await input.computeDuration()).toBeCloseTo(2, 1);
    expect(bytes.indexOf("moov")).toBeLessThan(bytes.indexOf("mdat"));
    expect(first.usage).toEqual({ videoSeconds: 2, generations: 1 });

    expect(progress).toEqual(progress.toSorted((left, right) => left - right));
    expect(progress.at(-1)).toBeCloseTo(1, 1);
    expect(bytes.equals(await bytesOf(await generate("video", request)))).toBe(true);
  });

  test("films the pictures that it is given", async () => {
    const picture = await bytesOf(await generate("image", { parameters: { size: "512x512" } }));
    const request = { parameters: { duration: 1, ratio: "9:16", size: "" } };
    const drawn = await generate("video", request);
    const filmed = await generate("video", {
      ...request,
      images: [{ mediaType: "image/png", bytes: picture }],
    });
    expect(await inspectFile({ bytes: await bytesOf(filmed) })).toMatchObject({ width: 720, height: 1_280 });
    expect((await bytesOf(filmed)).equals(await bytesOf(drawn))).toBe(false);
  });

  test("says what is wrong with a picture that is none", async () => {
    const images = [{ mediaType: "image/png", bytes: Buffer.from("not a picture") }];
    const failure = await failureOf(generate("video", { images, parameters: { duration: 1 } }));
    expect(failure.billed).toBe("no");
    expect(await readdir(folder)).toEqual([]);
  });

  test("stops within a second when aborted, and leaves no file and no process", async () => {
    const controller = new AbortController();
    let abortedAt = 0;
    const onProgress = (fraction: number): void => {
      if (fraction < 0.3 || abortedAt > 0) return;
      abortedAt = performance.now();
      controller.abort(new Error("cancelled"));
    };
    const request = { parameters: { duration: 20, ratio: "640:360" } };
    const failure = await failureOf(generate("video", request, { signal: controller.signal, onProgress }));
    expect(abortedAt).toBeGreaterThan(0);
    expect(performance.now() - abortedAt).toBeLessThan(1_000);
    expect(failure.code).toBe<FailureCode>("cancelled");
    expect(await readdir(folder)).toEqual([]);
  });
});
