import { setImmediate as breathe } from "node:timers/promises";
import { held } from "./loudness-control.ts";
import { type Loudness, metered, SILENCE } from "./loudness-meter.ts";
import { mixProgramme, type Programme } from "./programme.ts";
import { readSound, type SampleBlock } from "./read-sound.ts";

// This file loads FFmpeg (a GPL build), so only workers that `runInChild` starts may import it.

const MAX_TRIES = 3;
const LOUDNESS_TOLERANCE = 0.15;
/** How far below the peak that is asked for the limiter works; codecs overshoot. */
const CODEC_MARGIN_DB = 0.8;
/** A sound below this is taken for silence, which no gain makes louder. */
export const FAINTEST_LUFS = -60;
/** Where the limiter works, a dB of gain is less than a dB of loudness; it is never taken for less than this. */
const LEAST_YIELD = 0.3;

/** How loud a programme is, or is to be. */
export interface Wanted {
  lufs: number;
  /** In dBTP. */
  truePeak: number;
}

/** Where the limiter stands, and the gain before it. */
export interface Level {
  gainDb: number;
  peakDb: number;
}

/**
 * The gain that makes a programme as loud as it is wanted, by trying where the limiter has to work.
 * @param given.peakDb where the limiter stands, where a codec has overshot more than is usual.
 */
export async function levelFor(
  programme: Programme,
  wanted: Wanted,
  given: { asMixed: Wanted; work: Work; peakDb?: number },
): Promise<Level> {
  const { asMixed, work, peakDb = wanted.truePeak - CODEC_MARGIN_DB } = given;
  let gainDb = wanted.lufs - asMixed.lufs;
  if (asMixed.truePeak + gainDb <= peakDb) return { gainDb, peakDb };
  let before: { gainDb: number; lufs: number } = { gainDb: 0, lufs: asMixed.lufs };
  for (let left = MAX_TRIES; left > 0; left -= 1) {
    const { sampleRate, channelCount } = programme;
    const heard = await work.measure(
      programme,
      held(mixOf(programme), { sampleRate, channelCount, gainDb, peakDb }),
    );
    const lufs = heard.lufs ?? wanted.lufs;
    const off = wanted.lufs - lufs;
    if (Math.abs(off) <= LOUDNESS_TOLERANCE) break;
    const yielded = Math.max(LEAST_YIELD, Math.min(1, (lufs - before.lufs) / (gainDb - before.gainDb)));
    before = { gainDb, lufs };
    gainDb += off / yielded;
  }
  return { gainDb, peakDb };
}

export function mixOf(programme: Programme): Generator<SampleBlock> {
  return mixProgramme(programme, (path) => readSound(path, programme));
}

/** Counts how much of the work is done, and lets the process hear that the server has gone. */
export class Work {
  readonly #onProgress: (fraction: number) => void;
  readonly #passes: number;
  #heardSeconds = 0;
  #sinceBreath = 0;

  constructor(onProgress: (fraction: number) => void, passes: number) {
    this.#onProgress = onProgress;
    this.#passes = passes;
  }

  async heard(block: SampleBlock, { sampleRate, durationSeconds }: Programme): Promise<void> {
    const seconds = (block[0]?.length ?? 0) / sampleRate;
    this.#heardSeconds += seconds;
    this.#sinceBreath += seconds;
    if (this.#sinceBreath < 2) return;
    this.#sinceBreath = 0;
    this.#onProgress(Math.min(0.99, this.#heardSeconds / (durationSeconds * this.#passes)));
    await breathe();
  }

  async measure(programme: Programme, blocks: Iterable<SampleBlock>): Promise<Loudness> {
    let loudness: Loudness = SILENCE;
    const read = (measured: Loudness): void => {
      loudness = measured;
    };
    for (const block of metered(blocks, programme.sampleRate, read)) await this.heard(block, programme);
    return loudness;
  }
}
