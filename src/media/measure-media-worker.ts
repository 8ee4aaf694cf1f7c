import { setImmediate as breathe } from "node:timers/promises";
import {
  AV_CODEC_ID_AV1,
  AV_CODEC_ID_H264,
  AV_CODEC_ID_HEVC,
  AV_CODEC_ID_VP9,
  AV_NOPTS_VALUE,
  type Stream,
} from "node-av";
import { quarterTurns } from "./film-frames.ts";
import { serveWorker } from "./child-worker.ts";
import { type Loudness, metered, SILENCE as SILENT } from "./loudness-meter.ts";
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
/** Frames a second. */
const MAX_RATE = 120;

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
      ...SILENT,
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
  let loudness: Loudness = SILENT;
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

function factsOf(
  medium: OpenMedium,
): Pick<MediaMeasure, "hasSound" | "channelCount" | "sampleRate" | "picture"> {
  const { sound } = medium;
  return {
    hasSound: sound !== null,
    channelCount: sound?.codecpar.channels ?? 0,
    sampleRate: sound?.codecpar.sampleRate ?? 0,
    picture: pictureFacts(medium),
  };
}

const IN_MP4 = new Set<number>([AV_CODEC_ID_H264, AV_CODEC_ID_HEVC, AV_CODEC_ID_AV1, AV_CODEC_ID_VP9]);

function pictureFacts(medium: OpenMedium): MediaMeasure["picture"] {
  const { picture, claimedSeconds } = medium;
  if (picture === null) return null;
  const { width, height, codecId } = picture.codecpar;
  if (width * height > MAX_PIXELS) throw new MediumProblem("too_large_a_picture");
  const { durationSeconds, frameCount } = framesOf(medium, picture);
  if (frameCount === 0 || width * height === 0) throw new MediumProblem("empty");
  if (claimedSeconds !== null && claimedSeconds - durationSeconds > Math.max(1, claimedSeconds * 0.1)) {
    throw new MediumProblem("truncated");
  }
  const isTurned = quarterTurns(picture) % 2 === 1;
  return {
    width: isTurned ? height : width,
    height: isTurned ? width : height,
    rate: rateOf(picture, frameCount / durationSeconds),
    durationSeconds,
    fitsMp4: IN_MP4.has(codecId),
  };
}

/** By its packets, whatever the file claims. */
function framesOf(
  { demuxer, startSeconds }: OpenMedium,
  picture: Stream,
): { durationSeconds: number; frameCount: number } {
  const { num, den } = picture.timeBase;
  let frameCount = 0;
  let durationSeconds = 0;
  for (const packet of demuxer.packetsSync(picture.index)) {
    if (packet === null) continue;
    frameCount += 1;
    const { pts, duration } = packet;
    if (pts !== AV_NOPTS_VALUE) {
      const end = (Number(pts + duration) * num) / den - startSeconds;
      durationSeconds = Math.max(durationSeconds, end);
    }
    packet.free();
  }
  return { durationSeconds: durationSeconds > 0 ? durationSeconds : demuxer.duration, frameCount };
}

/** As the file says it, where that agrees with its frames; else as they come, in thousandths. */
function rateOf({ avgFrameRate }: Stream, measured: number): { num: number; den: number } {
  const { num, den } = avgFrameRate;
  const isPlausible = den > 0 && num / den >= 1 && num / den <= MAX_RATE;
  if (isPlausible && Math.abs(num / den / measured - 1) < 0.1) return { num, den };
  return { num: Math.round(Math.min(MAX_RATE, Math.max(1, measured)) * 1_000), den: 1_000 };
}
