import { z } from "zod";
import { ducked } from "./ducking.ts";

/** A stretch of a file that is heard in a programme. */
const clipSchema = z.object({
  path: z.string(),
  /** In the programme. */
  startSeconds: z.number().min(0),
  /** In the file. */
  fromSeconds: z.number().min(0),
  lengthSeconds: z.number().min(0),
  gainDb: z.number(),
  fadeInSeconds: z.number().min(0),
  fadeOutSeconds: z.number().min(0),
  /** Begins again when the file is over, until its length is full. */
  loops: z.boolean(),
  /** Lies under the others, and is lowered while they are heard. */
  isBed: z.boolean(),
});
export type Clip = z.output<typeof clipSchema>;

/** Sound that is put together from files. */
export const programmeSchema = z.object({
  sampleRate: z.int(),
  channelCount: z.union([z.literal(1), z.literal(2)]),
  durationSeconds: z.number().positive(),
  clips: z.array(clipSchema).min(1),
  /** How far beds are lowered while something else is heard, in dB; 0 leaves them. */
  duckingDb: z.number().min(0),
});
export type Programme = z.output<typeof programmeSchema>;

/** One array a channel, all of the same length. */
export type Samples = Float32Array[];
export type Source = Iterator<Samples, unknown>;

/** Blocks are tenths of a second. */
const BLOCKS_A_SECOND = 10;

export function clipOf(path: string, more: Partial<Clip> & { lengthSeconds: number }): Clip {
  return {
    path,
    startSeconds: 0,
    fromSeconds: 0,
    gainDb: 0,
    fadeInSeconds: 0,
    fadeOutSeconds: 0,
    loops: false,
    isBed: false,
    ...more,
  };
}

/**
 * Mixes a programme, exact to a sample, a tenth of a second at a time. Files are opened when they are first heard and
 * closed when they are over, so that hours take no more memory than seconds.
 * @param open reads a file from its start, in the programme's rate and channels.
 */
export function* mixProgramme(programme: Programme, open: (path: string) => Source): Generator<Samples> {
  const { sampleRate, channelCount, clips, durationSeconds, duckingDb } = programme;
  const players = clips.map((clip) => new Player(clip, { sampleRate, channelCount, open }));
  const total = Math.round(durationSeconds * sampleRate);
  const size = Math.round(sampleRate / BLOCKS_A_SECOND);
  function* buses(): Generator<{ lead: Samples; bed: Samples }> {
    for (let at = 0; at < total; at += size) {
      const length = Math.min(size, total - at);
      const lead = silence(channelCount, length);
      const bed = silence(channelCount, length);
      for (const player of players) player.addTo(player.isBed ? bed : lead, at);
      yield { lead, bed };
    }
  }
  try {
    yield* ducked(buses(), { sampleRate, duckingDb });
  } finally {
    for (const player of players) player.close();
  }
}

function silence(channelCount: number, length: number): Samples {
  return Array.from({ length: channelCount }, () => new Float32Array(length));
}

interface PlayerOptions {
  sampleRate: number;
  channelCount: number;
  open(path: string): Source;
}

/** Plays one clip into the blocks of a programme. */
class Player {
  readonly isBed: boolean;
  readonly #clip: Clip;
  readonly #options: PlayerOptions;
  readonly #start: number;
  readonly #length: number;
  #source: Source | null = null;
  #rest: Samples = [];
  #isOver = false;

  constructor(clip: Clip, options: PlayerOptions) {
    this.isBed = clip.isBed;
    this.#clip = clip;
    this.#options = options;
    this.#start = Math.round(clip.startSeconds * options.sampleRate);
    this.#length = Math.round(clip.lengthSeconds * options.sampleRate);
  }

  /** Adds what of this clip is heard in a block. @param at position of the block, in samples. */
  addTo(block: Samples, at: number): void {
    const size = block[0]?.length ?? 0;
    const from = Math.max(at, this.#start);
    const to = Math.min(at + size, this.#start + this.#length);
    if (from >= to) {
      if (at >= this.#start + this.#length) this.close();
      return;
    }
    let position = from;
    while (position < to) {
      const piece = this.#take(to - position);
      if (piece === null) return;
      this.#add(piece, block, { at, position });
      position += piece[0]?.length ?? 0;
    }
  }

  close(): void {
    this.#source?.return?.();
    this.#source = null;
    this.#rest = [];
    this.#isOver = true;
  }

  #add(piece: Samples, block: Samples, { at, position }: { at: number; position: number }): void {
    const { sampleRate } = this.#options;
    const { gainDb, fadeInSeconds, fadeOutSeconds } = this.#clip;
    const gain = 10 ** (gainDb / 20);
    const fadeIn = fadeInSeconds * sampleRate;
    const fadeOut = fadeOutSeconds * sampleRate;
    const length = piece[0]?.length ?? 0;
    for (let index = 0; index < length; index += 1) {
      const into = position + index - this.#start;
      const factor = gain * rise(into, fadeIn) * rise(this.#length - into, fadeOut);
      for (const [channel, target] of block.entries()) {
        const place = position + index - at;
        target[place] = (target[place] ?? 0) + (piece[channel]?.[index] ?? 0) * factor;
      }
    }
  }

  /** At most `count` samples of the file; null at its end. */
  #take(count: number): Samples | null {
    if (this.#isOver) return null;
    if (this.#source === null) this.#startReading();
    let isAgain = false;
    while ((this.#rest[0]?.length ?? 0) === 0) {
      const next = this.#source?.next();
      if (next !== undefined && next.done !== true) {
        this.#rest = next.value;
      } else if (this.#clip.loops && !isAgain) {
        this.#source = this.#options.open(this.#clip.path);
        isAgain = true;
      } else {
        this.close();
        return null;
      }
    }
    const piece = this.#rest.map((channel) => channel.subarray(0, count));
    this.#rest = this.#rest.map((channel) => channel.subarray(count));
    return piece;
  }

  #startReading(): void {
    this.#source = this.#options.open(this.#clip.path);
    let skip = Math.round(this.#clip.fromSeconds * this.#options.sampleRate);
    while (skip > 0) {
      const next = this.#source.next();
      if (next.done === true) return;
      const length = next.value[0]?.length ?? 0;
      if (length > skip) this.#rest = next.value.map((channel) => channel.subarray(skip));
      skip -= length;
    }
  }
}

/** A fade of equal power, so that two that cross are as loud as either. */
function rise(into: number, length: number): number {
  return into >= length ? 1 : Math.sin((Math.PI / 2) * Math.max(0, into / length));
}
