import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { runInChild } from "../../src/media/child-process.ts";
import type { FilmRequest } from "../../src/media/film-request.ts";
import { makeFilm } from "../../src/media/make-film.ts";
import { createLocalProvider } from "../../src/providers/local/local.ts";
import type { ProviderRequest } from "../../src/providers/provider.ts";
import { MODELS } from "../../src/providers/catalogue-data.ts";
import type { WordTiming } from "../../src/workflow/ports.ts";
import { residentMegabytes } from "./resident-memory.ts";

/** The two are measured in turns, so that a slow moment of the machine hits both. */
const ROUNDS = 3;
/** A shorter one for a quick look: `RELAIS_BENCH_FILM_SECONDS=60 npm run bench`. */
const LONG_SECONDS = Number(process.env["RELAIS_BENCH_FILM_SECONDS"] ?? 600);
const SIZE = { width: 1_080, height: 1_920 };
const SENTENCE =
  "Chaque matin, le phare s’éteint à l’aube, quand la mer redevient calme et que les bateaux rentrent. ";

export interface Films {
  /** A short of about 20 seconds, from asking for it until its process has ended. */
  wholeMs: number;
  /** The encoder alone, fed the same frames. */
  encoderMs: number;
  shortMegabytes: number;
  longMegabytes: number;
}

const signal = new AbortController().signal;
const quiet = { signal, onProgress: () => undefined };

/** Measures the making of films: pictures and voice are those of a rehearsal. */
export async function measureFilms(): Promise<Films> {
  const folder = await mkdtemp(path.join(tmpdir(), "relais-bench-films-"));
  const cache = process.env["NODE_COMPILE_CACHE"];
  // As the program sets it for the processes that it starts.
  process.env["NODE_COMPILE_CACHE"] = cache ?? path.join(folder, "code");
  try {
    const short = await shortOf(folder);
    const whole: number[] = [];
    const encoder: number[] = [];
    let shortMegabytes = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const start = performance.now();
      shortMegabytes = Math.max(shortMegabytes, await peakOf(() => makeFilm(short, quiet)));
      whole.push(performance.now() - start);
      const worker = new URL("./film-worker.ts", import.meta.url);
      const request = { request: short, frames: path.join(folder, "frames.yuv") };
      encoder.push(await runInChild({ worker, request, result: z.number(), signal }));
    }
    const long = { ...short, captions: "none" as const, music: null, speeches: [await longSound(folder)] };
    const longMegabytes = await peakOf(() => makeFilm(long, quiet));
    return { wholeMs: median(whole), encoderMs: median(encoder), shortMegabytes, longMegabytes };
  } finally {
    if (cache === undefined) delete process.env["NODE_COMPILE_CACHE"];
    await rm(folder, { recursive: true, force: true });
  }
}

async function shortOf(folder: string): Promise<FilmRequest> {
  const pictures = await Promise.all(
    ["la mer", "la forêt", "la ville", "les étoiles"].map(async (topic, index) => {
      const request = { topic, prompt: `${topic}. Aucun texte.`, parameters: { size: "1152x2048" } };
      return (await localFile("image", request, path.join(folder, `picture-${index}.png`))).place;
    }),
  );
  const voice = await localFile("speech", { prompt: SENTENCE.repeat(4) }, path.join(folder, "voice.mp3"));
  const music = await localFile("music", { prompt: "calme" }, path.join(folder, "music.mp3"));
  return {
    ...SIZE,
    path: path.join(folder, "film.mp4"),
    folder,
    title: "Le phare",
    captions: "word",
    texts: [],
    pictures: pictures.map((place) => ({ path: place, kind: "image" as const, hasWordsAtFoot: false })),
    speeches: [{ path: voice.place, words: voice.words, text: SENTENCE.repeat(4) }],
    music: music.place,
    musicVolume: 0.4,
    seconds: null,
  };
}

/** Lets the local generator make a file and writes it down. */
async function localFile(
  modality: "image" | "speech" | "music",
  request: Partial<ProviderRequest>,
  place: string,
): Promise<{ place: string; words: WordTiming[] }> {
  const model = MODELS.find(({ id }) => id === `local:${modality}`);
  if (!model) throw new Error(`there is no local model for ${modality}`);
  const submission = await createLocalProvider().submit(
    {
      modality,
      model,
      modelId: modality,
      prompt: "",
      instructions: null,
      parameters: {},
      outputSchema: null,
      images: [],
      audio: null,
      topic: "",
      ...request,
    },
    {
      config: { apiKey: null, baseUrl: null },
      signal,
      idempotencyKey: "1",
      onText: () => undefined,
      onProgress: () => undefined,
    },
  );
  if (submission.state !== "done") throw new Error("a local generator answered with a job");
  const content = submission.output.files[0]?.content;
  if (!content || !("bytes" in content)) throw new Error("a local generator made no bytes");
  await writeFile(place, content.bytes);
  return { place, words: submission.output.words ?? [] };
}

/** A sound of the length of the long film, as plain samples. */
async function longSound(folder: string): Promise<{ path: string; words: null; text: string }> {
  const rate = 8_000;
  const bytes = Buffer.alloc(44 + rate * LONG_SECONDS * 2);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write("WAVEfmt ", 8);
  for (const [offset, value] of [
    [16, 16],
    [24, rate],
    [28, rate * 2],
    [40, bytes.length - 44],
  ] as const)
    bytes.writeUInt32LE(value, offset);
  for (const [offset, value] of [
    [20, 1],
    [22, 1],
    [32, 2],
    [34, 16],
  ] as const)
    bytes.writeUInt16LE(value, offset);
  bytes.write("data", 36);
  for (let index = 0; index < rate * LONG_SECONDS; index += 1)
    bytes.writeInt16LE(Math.round(Math.sin(index / 4) * 4_000), 44 + index * 2);
  const place = path.join(folder, "long.wav");
  await writeFile(place, bytes);
  return { path: place, words: null, text: "" };
}

/** The most memory that a child process of this one takes meanwhile. */
async function peakOf(work: () => Promise<unknown>): Promise<number> {
  let megabytes = 0;
  const over = new AbortController();
  const watch = async (): Promise<void> => {
    while (!over.signal.aborted) {
      for (const pid of childProcesses()) {
        const now = await residentMegabytes(pid);
        if (now > megabytes) megabytes = now;
      }
      await pause(100);
    }
  };
  const watching = watch();
  try {
    await work();
    return megabytes;
  } finally {
    over.abort();
    await watching;
  }
}

function childProcesses(): number[] {
  try {
    const list = execFileSync("ps", ["--ppid", String(process.pid), "-o", "pid=,comm="], {
      encoding: "utf8",
    });
    return list
      .split("\n")
      .filter((line) => line !== "" && !line.includes("ps"))
      .map((line) => Number.parseInt(line, 10));
  } catch {
    return [];
  }
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
