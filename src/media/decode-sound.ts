import { closeSync, openSync, writeSync } from "node:fs";
import { Decoder, Demuxer, FilterAPI, type Frame, type Stream } from "node-av";
import { SOUND_RATE } from "./codec.ts";
import { UNTRUSTED_INPUT } from "./untrusted-input.ts";

// This file loads FFmpeg (a GPL build), so only workers that `runInChild` starts may import it.

/** A file is cut off here: longer ones are no narration and no music. */
const MAX_SOUND_SECONDS = 2 * 3_600;
/** The filter says -70 where nothing is heard. */
const SILENT_LOUDNESS = -69;
const BYTES_A_SAMPLE = 8;
const WINDOW_SAMPLES = SOUND_RATE / 50;

/** A sound as raw samples on disk (32-bit floats, stereo, `SOUND_RATE`), and what was measured on the way. */
export interface DecodedSound {
  path: string;
  seconds: number;
  /** Integrated loudness in LUFS (ITU-R BS.1770); null where it is silent or too short to tell. */
  loudness: number | null;
  /** When something is heard. */
  heard: Span[];
}

/** Seconds. */
export interface Span {
  start: number;
  end: number;
}

/**
 * Decodes a sound, or the sound of a film, to raw samples in a file, so that memory does not grow with its length.
 * @param maxSeconds of which more is left away.
 * @returns null where there is no sound in it.
 * @throws where it cannot be read.
 */
export function decodeSound(
  source: string,
  target: string,
  maxSeconds = MAX_SOUND_SECONDS,
): DecodedSound | null {
  const demuxer = Demuxer.openSync(source, { options: UNTRUSTED_INPUT });
  try {
    const stream = demuxer.audio();
    return stream === undefined ? null : decodeStream(demuxer, stream, { target, maxSeconds });
  } finally {
    demuxer.closeSync();
  }
}

function decodeStream(
  demuxer: Demuxer,
  stream: Stream,
  { target, maxSeconds }: { target: string; maxSeconds: number },
): DecodedSound | null {
  using decoder = Decoder.createSync(stream);
  const file = openSync(target, "w");
  const levels: number[] = [];
  let sampleCount = 0;
  const keep = (samples: Float32Array): boolean => {
    const kept = samples.subarray(0, Math.max(0, maxSeconds * SOUND_RATE - sampleCount) * 2);
    writeSync(file, new Uint8Array(kept.buffer, kept.byteOffset, kept.byteLength));
    sampleCount += kept.length / 2;
    for (let from = 0; from < kept.length; from += WINDOW_SAMPLES * 2)
      levels.push(levelOf(kept.subarray(from, from + WINDOW_SAMPLES * 2)));
    return kept.length === samples.length;
  };
  try {
    const loudness = measure(decoder.framesSync(demuxer.packetsSync(stream.index)), keep);
    if (sampleCount === 0) return null;
    return { path: target, seconds: sampleCount / SOUND_RATE, loudness, heard: heardSpans(levels) };
  } finally {
    closeSync(file);
  }
}

/**
 * Hands on samples, in stereo at `SOUND_RATE`, in pieces of a tenth of a second.
 * @param keep false where no more is wanted.
 * @returns the integrated loudness.
 */
function measure(frames: Iterable<Frame | null>, keep: (samples: Float32Array) => boolean): number | null {
  using filter = FilterAPI.create(
    `aresample=${SOUND_RATE},aformat=sample_fmts=flt:channel_layouts=stereo,ebur128=metadata=1:framelog=quiet,aformat=sample_fmts=flt`,
  );
  let loudness: number | null = null;
  for (const frame of filter.framesSync(frames)) {
    if (frame === null) continue;
    const bytes = frame.toBuffer().subarray(0, frame.nbSamples * BYTES_A_SAMPLE);
    // The last frame is shorter, and says nothing.
    const value = frame.getMetadata().get("lavfi.r128.I");
    if (value !== null) loudness = Number(value) > SILENT_LOUDNESS ? Number(value) : null;
    frame.free();
    if (!keep(new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4))) break;
  }
  return loudness;
}

/** The integrated loudness of samples, in LUFS; null where they are silent. */
export function loudnessOf(frames: Iterable<Frame | null>): number | null {
  return measure(frames, () => true);
}

function levelOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / Math.max(1, samples.length));
}

/** Quieter than the loud moments by more than this (26 dB) is a pause. */
const PAUSE_SHARE = 0.05;
const WINDOW_SECONDS = 0.02;
/** What is shorter is part of speaking. */
const MIN_PAUSE_SECONDS = 0.7;

function heardSpans(levels: number[]): Span[] {
  const loud = levels.toSorted((a, b) => a - b)[Math.floor(levels.length * 0.9)] ?? 0;
  const spans: Span[] = [];
  for (const [index, level] of levels.entries()) {
    if (level <= loud * PAUSE_SHARE || level < 1e-4) continue;
    const start = index * WINDOW_SECONDS;
    const last = spans.at(-1);
    if (last !== undefined && start - last.end < MIN_PAUSE_SECONDS) last.end = start + WINDOW_SECONDS;
    else spans.push({ start, end: start + WINDOW_SECONDS });
  }
  return spans;
}
