import { rm } from "node:fs/promises";
import { setImmediate as breathe } from "node:timers/promises";
import { z } from "zod";
import { serveWorker } from "./child-worker.ts";
import { readCover } from "./cover.ts";
import { held } from "./loudness-control.ts";
import { type Loudness, metered } from "./loudness-meter.ts";
import { markChapters } from "./mp4-chapters.ts";
import { mixProgramme, type Programme } from "./programme.ts";
import { readSound, type SampleBlock } from "./read-sound.ts";
import { type RenderedSound, type RenderSoundRequest, renderSoundSchema } from "./render-sound.ts";
import { SoundFile } from "./sound-file.ts";

/** Encoding moves loudness and peaks a little: what is asked for is measured on the file and mended. */
const MAX_TRIES = 3;
const LOUDNESS_TOLERANCE = 0.3;
/** How far below the peak that is asked for the limiter works at first; codecs overshoot. */
const CODEC_MARGIN_DB = 0.8;
/** A sound below this is taken for silence, which no gain makes louder. */
const FAINTEST_LUFS = -60;

/** Puts a programme together, brings it to the loudness asked for, and writes it as one or several files. */
serveWorker(renderSoundSchema, async (request, onProgress): Promise<RenderedSound> => {
  const work = new Work(onProgress, request.loudness === null ? 1 : 3);
  const asMixed = await work.measure(request.programme, mix(request.programme));
  if (request.loudness === null) {
    await write(request, { gainDb: 0, peakDb: -CODEC_MARGIN_DB }, work);
    return { ...asMixed, durationSeconds: request.programme.durationSeconds };
  }
  return writeAtLoudness(request, request.loudness, { asMixed, work });
});

async function writeAtLoudness(
  request: RenderSoundRequest,
  wanted: { lufs: number; truePeak: number },
  { asMixed, work }: { asMixed: Loudness; work: Work },
): Promise<RenderedSound> {
  const { programme } = request;
  if (asMixed.lufs === null || asMixed.lufs < FAINTEST_LUFS) {
    return { lufs: null, truePeak: asMixed.truePeak, durationSeconds: 0 };
  }
  const level = { gainDb: wanted.lufs - asMixed.lufs, peakDb: wanted.truePeak - CODEC_MARGIN_DB };
  for (let left = MAX_TRIES; ; left -= 1) {
    await write(request, level, work);
    let loudest: Loudness = { lufs: null, truePeak: -Infinity };
    for (const { path } of request.files) {
      const heard = await work.measure(programme, readSound(path, programme));
      loudest = { lufs: loudest.lufs ?? heard.lufs, truePeak: Math.max(loudest.truePeak, heard.truePeak) };
    }
    const off = wanted.lufs - (loudest.lufs ?? wanted.lufs);
    const over = loudest.truePeak - wanted.truePeak;
    if ((Math.abs(off) <= LOUDNESS_TOLERANCE && over <= 0) || left === 1) {
      return { ...loudest, durationSeconds: programme.durationSeconds };
    }
    level.gainDb += off;
    if (over > 0) level.peakDb -= over + 0.2;
  }
}

async function write(
  { programme, files, tags, coverPath, chapters }: RenderSoundRequest,
  level: { gainDb: number; peakDb: number },
  work: Work,
): Promise<void> {
  const { sampleRate, channelCount } = programme;
  const cover = coverPath === null ? null : await readCover(coverPath);
  const marked = files.map((file) => ({
    ...file,
    // What is to be marked is first written beside it.
    draft: file.format === "m4b" ? `${file.path}.draft` : file.path,
  }));
  const outputs = marked.map(
    ({ draft, format }) => new SoundFile(draft, { format, sampleRate, channelCount, tags, cover, chapters }),
  );
  try {
    for (const block of held(mix(programme), { sampleRate, channelCount, ...level })) {
      for (const output of outputs) output.add(block);
      await work.heard(block, programme);
    }
    for (const output of outputs) output.finish();
  } finally {
    for (const output of outputs) output.close();
  }
  for (const { path, draft } of marked) {
    if (draft === path) continue;
    await markChapters(draft, path, chapters);
    await rm(draft);
  }
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

