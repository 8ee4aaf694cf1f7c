import { readFile, rm } from "node:fs/promises";
import { z } from "zod";
import { runInChild } from "../../media/child-process.ts";
import { makeTemporaryFile } from "../../media/temporary-file.ts";
import type { ProviderOutput, ProviderRequest } from "../provider.ts";
import type { LocalContext } from "./local-context.ts";
import { plainWordsOf } from "./language.ts";
import { clamp, numberParameter } from "./parameters.ts";
import type { Mood } from "./synthesiser.ts";

const MAX_SECONDS = 300;
const DEFAULT_SECONDS = 20;

/** French and English word stems without accents. */
const MOOD_STEMS: [Mood, string[]][] = [
  [
    "tense",
    [
      "tens",
      "tension",
      "suspens",
      "sombre",
      "dark",
      "angoiss",
      "thriller",
      "inquiet",
      "horror",
      "mystere",
      "myster",
    ],
  ],
  ["epic", ["epi", "hero", "cinemati", "grandios", "puissan", "power", "aventur", "adventur", "trailer"]],
  [
    "joyful",
    [
      "joie",
      "joy",
      "gai",
      "happy",
      "fete",
      "party",
      "dynami",
      "energ",
      "upbeat",
      "entrain",
      "pop",
      "danse",
      "dance",
      "amusa",
      "fun",
      "rapide",
      "fast",
    ],
  ],
  ["sad", ["trist", "sad", "melanco", "nostal", "deuil", "lent", "slow", "pluie", "rain"]],
  ["calm", ["calm", "doux", "douc", "soft", "quiet", "relax", "ambien", "paisib", "peace", "medita"]],
];

/** Composes music or a sound bed. `duration_seconds` is 1..300, 20 by default; words of the prompt set the mood. */
export async function makeMusic(request: ProviderRequest, context: LocalContext): Promise<ProviderOutput> {
  const asked = numberParameter(request.parameters, "duration_seconds", "duration", "seconds");
  const seconds = clamp(asked ?? DEFAULT_SECONDS, 1, MAX_SECONDS);
  const { path } = await makeTemporaryFile({ folder: context.workFolder, extension: "mp3" }, (file) =>
    runInChild({
      worker: new URL("./music-worker.ts", import.meta.url),
      request: {
        path: file,
        seed: `${request.topic}\n${request.prompt}`,
        mood: moodOf(request.prompt),
        seconds,
      },
      result: z.unknown(),
      signal: context.signal,
      onProgress: (fraction) => context.onProgress(fraction),
    }),
  );
  try {
    return {
      files: [{ content: { bytes: await readFile(path) }, mediaType: "audio/mpeg" }],
      usage: { audioSeconds: seconds, generations: 1 },
    };
  } finally {
    await rm(path, { force: true });
  }
}

/** The mood of which most words occur; calm where none does. */
export function moodOf(prompt: string): Mood {
  const words = plainWordsOf(prompt);
  let best: { mood: Mood; score: number } = { mood: "calm", score: 0 };
  for (const [mood, stems] of MOOD_STEMS) {
    const score = words.filter((word) => stems.some((stem) => word.startsWith(stem))).length;
    if (score > best.score) best = { mood, score };
  }
  return best.mood;
}
