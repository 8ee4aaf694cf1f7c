import { setImmediate as breathe } from "node:timers/promises";
import { Codec } from "node-av";
import { serveWorker } from "./child-worker.ts";
import { type Loudness, metered } from "./loudness-meter.ts";
import {
  type Measured,
  type MediaMeasure,
  measureRequestSchema,
  type MeasureRequest,
} from "./measure-media.ts";
import { MediumProblem } from "./medium-problem.ts";
import { type OpenMedium, openMedium } from "./open-medium.ts";
import { readSound, type SampleBlock } from "./read-sound.ts";

/** Quieter than this is the hiss before the first word. */
const SILENCE = 10 ** (-48 / 20);
/** Of a film's picture; an 8K film has fewer. */
const MAX_PIXELS = 8_192 * 4_320;

/** Decodes each file from start to end and says what is in it. */
serveWorker(measureRequestSchema, async ({ paths, sampleRate, needs }, onProgress): Promise<Measured[]> => {
  const measured: Measured[] = [];
  for (const [index, path] of paths.entries()) {
    try {
      measured.push(await measure(path, { sampleRate, needs }));
    } catch (error) {
      if (!(error instanceof MediumProblem)) throw error;
      measured.push({ problem: error.code });
    }
    onProgress((index + 1) / paths.length);
  }
  return measured;
});

async function measure(
  path: string,
  { sampleRate, needs }: Pick<MeasureRequest, "sampleRate" | "needs">,
): Promise<MediaMeasure> {
  const medium = openMedium(path);
  const facts = factsOf(medium);
  medium.demuxer.closeSync();
  if (needs === "film" && facts.picture === null) throw new MediumProblem("no_picture");
  if (needs === "film" && !facts.hasSound) {
    const durationSeconds = facts.picture?.durationSeconds ?? 0;
    return {
      ...facts,
      durationSeconds,
      lufs: null,
      truePeak: -Infinity,
      heardFromSeconds: 0,
      heardToSeconds: 0,
    };
  }
  return { ...facts, ...(await measureSound(path, sampleRate)) };
}

async function measureSound(
  path: string,
  sampleRate: number,
): Promise<
  Pick<MediaMeasure, "durationSeconds" | "lufs" | "truePeak" | "heardFromSeconds" | "heardToSeconds">
> {
  let position = 0;
  let first: number | null = null;
  let last = 0;
  let loudness: Loudness = { lufs: null, truePeak: -Infinity };
  const read = (measured: Loudness): void => {
    loudness = measured;
  };
  const blocks = readSound(path, { sampleRate, channelCount: 2 });
  for (const block of metered(blocks, sampleRate, read)) {
    const heard = heardIn(block);
    if (heard !== null) {
      first ??= position + heard.from;
      last = position + heard.to;
    }
    position += block[0]?.length ?? 0;
    await breathe();
  }
  return {
    ...loudness,
    durationSeconds: position / sampleRate,
    heardFromSeconds: (first ?? 0) / sampleRate,
    heardToSeconds: last / sampleRate,
  };
}

/** The first and the last sample of a block that can be heard. */
function heardIn(block: SampleBlock): { from: number; to: number } | null {
  const isHeard = (index: number): boolean =>
    block.some((channel) => Math.abs(channel[index] ?? 0) > SILENCE);
  const length = block[0]?.length ?? 0;
  let from = 0;
  while (from < length && !isHeard(from)) from += 1;
  if (from === length) return null;
  let to = length;
  while (to > from && !isHeard(to - 1)) to -= 1;
  return { from, to };
}

function factsOf({
  sound,
  picture,
  demuxer,
}: OpenMedium): Pick<MediaMeasure, "hasSound" | "channelCount" | "sampleRate" | "picture"> {
  return {
    hasSound: sound !== null,
    channelCount: sound?.codecpar.channels ?? 0,
    sampleRate: sound?.codecpar.sampleRate ?? 0,
    picture: picture === null ? null : pictureFacts(picture, demuxer.duration),
  };
}

function pictureFacts(
  { codecpar, avgFrameRate }: NonNullable<OpenMedium["picture"]>,
  durationSeconds: number,
): NonNullable<MediaMeasure["picture"]> {
  const { width, height } = codecpar;
  if (width * height > MAX_PIXELS) throw new MediumProblem("too_large_a_picture");
  const framesPerSecond = avgFrameRate.den > 0 ? avgFrameRate.num / avgFrameRate.den : 0;
  return {
    width,
    height,
    framesPerSecond,
    durationSeconds,
    codec: Codec.findDecoder(codecpar.codecId)?.name ?? "",
  };
}
