import { rm } from "node:fs/promises";
import { setImmediate as breathe } from "node:timers/promises";
import { serveWorker } from "./child-worker.ts";
import { readCover } from "./cover.ts";
import { held } from "./loudness-control.ts";
import { type Loudness, metered } from "./loudness-meter.ts";
import { markChapters } from "./mp4-chapters.ts";
import type { Cover } from "./mp3-tag.ts";
import { mixProgramme, type Programme } from "./programme.ts";
import { readSound, type SampleBlock } from "./read-sound.ts";
import { type RenderedSound, type RenderSoundRequest, renderSoundSchema } from "./render-sound.ts";
import { SoundFile } from "./sound-file.ts";

/** What is asked for is measured and mended, before a file is written and on the file. */
const MAX_TRIES = 3;
const LOUDNESS_TOLERANCE = 0.3;
/** How far below the peak that is asked for the limiter works at first; codecs overshoot. */
const CODEC_MARGIN_DB = 0.8;
/** LAME makes what it encodes quieter by about this. */
const ENCODER_GAIN_DB = { mp3: 0.4, m4b: 0 };
/** A sound below this is taken for silence, which no gain makes louder. */
const FAINTEST_LUFS = -60;
/** Where the limiter works, a dB of gain is less than a dB of loudness; it is never taken for less than this. */
const LEAST_YIELD = 0.3;

type File = RenderSoundRequest["files"][number];

/** How loud a programme is, or is to be. */
interface Wanted {
  lufs: number;
  /** In dBTP. */
  truePeak: number;
}

/** Where the limiter stands, and the gain before it. */
interface Level {
  gainDb: number;
  peakDb: number;
}

/** Puts a programme together, brings it to the loudness asked for, and writes it as one or several files. */
serveWorker(renderSoundSchema, async (request, onProgress): Promise<RenderedSound> => {
  const { programme, loudness, files, coverPath } = request;
  const cover = coverPath === null ? null : await readCover(coverPath);
  const work = new Work(onProgress, 2 + files.length * 2);
  const asMixed = await work.measure(programme, mix(programme));
  const { durationSeconds } = programme;
  if (asMixed.lufs === null || asMixed.lufs < FAINTEST_LUFS) {
    return { lufs: null, truePeak: asMixed.truePeak, durationSeconds: 0 };
  }
  const wanted = loudness ?? { lufs: asMixed.lufs, truePeak: 0 };
  const level = await levelFor(programme, wanted, { asMixed: { ...asMixed, lufs: asMixed.lufs }, work });
  let result: Loudness = asMixed;
  for (const file of files.toReversed()) {
    result = await writeAtLoudness({ ...request, file, cover }, wanted, { level, work });
  }
  return { ...result, durationSeconds };
});

/** The gain that makes a programme as loud as it is wanted, by trying where the limiter has to work. */
async function levelFor(
  programme: Programme,
  wanted: Wanted,
  { asMixed, work }: { asMixed: Wanted; work: Work },
): Promise<Level> {
  const peakDb = wanted.truePeak - CODEC_MARGIN_DB;
  let gainDb = wanted.lufs - asMixed.lufs;
  if (asMixed.truePeak + gainDb <= peakDb) return { gainDb, peakDb };
  let before: { gainDb: number; lufs: number } = { gainDb: 0, lufs: asMixed.lufs };
  for (let left = MAX_TRIES; left > 0; left -= 1) {
    const { sampleRate, channelCount } = programme;
    const heard = await work.measure(
      programme,
      held(mix(programme), { sampleRate, channelCount, gainDb, peakDb }),
    );
    const lufs = heard.lufs ?? wanted.lufs;
    const off = wanted.lufs - lufs;
    if (Math.abs(off) <= LOUDNESS_TOLERANCE / 2) break;
    const yielded = Math.max(LEAST_YIELD, Math.min(1, (lufs - before.lufs) / (gainDb - before.gainDb)));
    before = { gainDb, lufs };
    gainDb += off / yielded;
  }
  return { gainDb, peakDb };
}

type FileRequest = RenderSoundRequest & { file: File; cover: Cover | null };

/** Writes one file as often as it takes to be right, and says how loud it is. */
async function writeAtLoudness(
  request: FileRequest,
  wanted: Wanted,
  { level: found, work }: { level: Level; work: Work },
): Promise<Loudness> {
  const { programme, file } = request;
  const level = { ...found, afterDb: ENCODER_GAIN_DB[file.format] };
  for (let left = MAX_TRIES; ; left -= 1) {
    await writeFile(request, level, work);
    const heard = await work.measure(programme, readSound(file.path, programme));
    const off = wanted.lufs - (heard.lufs ?? wanted.lufs);
    const over = heard.truePeak - wanted.truePeak;
    if ((Math.abs(off) <= LOUDNESS_TOLERANCE && over <= 0) || left === 1) return heard;
    level.afterDb += off;
    if (over > 0) level.peakDb -= over + 0.2;
  }
}

async function writeFile(
  { programme, file, tags, cover, chapters }: FileRequest,
  level: Level & { afterDb: number },
  work: Work,
): Promise<void> {
  const { sampleRate, channelCount } = programme;
  const { format, path } = file;
  // What is to be marked is first written beside it.
  const draft = format === "m4b" ? `${path}.draft` : path;
  const output = new SoundFile(draft, { format, sampleRate, channelCount, tags, cover, chapters });
  try {
    for (const block of held(mix(programme), { sampleRate, channelCount, ...level })) {
      output.add(block);
      await work.heard(block, programme);
    }
    output.finish();
  } finally {
    output.close();
  }
  if (draft === path) return;
  await markChapters(draft, path, chapters);
  await rm(draft);
}

function mix(programme: Programme): Generator<SampleBlock> {
  return mixProgramme(programme, (path) => readSound(path, programme));
}

/** Counts how much of the work is done, and lets the process hear that the server has gone. */
class Work {
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
    let loudness: Loudness = { lufs: null, truePeak: -Infinity };
    const read = (measured: Loudness): void => {
      loudness = measured;
    };
    for (const block of metered(blocks, programme.sampleRate, read)) await this.heard(block, programme);
    return loudness;
  }
}
