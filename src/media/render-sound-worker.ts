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

/** Encoding moves loudness and peaks a little: what is asked for is measured on the file and mended. */
const MAX_TRIES = 3;
const LOUDNESS_TOLERANCE = 0.25;
/** How far below the peak that is asked for the limiter works at first; codecs overshoot. */
const CODEC_MARGIN_DB = 0.8;
/** LAME makes what it encodes quieter by about this. */
const ENCODER_GAIN_DB = { mp3: 0.4, m4b: 0 };
/** A sound below this is taken for silence, which no gain makes louder. */
const FAINTEST_LUFS = -60;

type File = RenderSoundRequest["files"][number];

/** Where the limiter and the gain before it stand. */
interface Level {
  gainDb: number;
  peakDb: number;
}

/** Puts a programme together, brings it to the loudness asked for, and writes it as one or several files. */
serveWorker(renderSoundSchema, async (request, onProgress): Promise<RenderedSound> => {
  const { programme, loudness, files, coverPath } = request;
  const cover = coverPath === null ? null : await readCover(coverPath);
  const work = new Work(onProgress, 1 + files.length * 2);
  const asMixed = await work.measure(programme, mix(programme));
  const { durationSeconds } = programme;
  if (asMixed.lufs === null || asMixed.lufs < FAINTEST_LUFS) {
    return { lufs: null, truePeak: asMixed.truePeak, durationSeconds: 0 };
  }
  const wanted = loudness ?? { lufs: asMixed.lufs, truePeak: 0 };
  let result: Loudness = asMixed;
  for (const file of files.toReversed()) {
    result = await writeAtLoudness({ ...request, file, cover }, wanted, { asMixed: asMixed.lufs, work });
  }
  return { ...result, durationSeconds };
});

type FileRequest = RenderSoundRequest & { file: File; cover: Cover | null };

/** Writes one file as often as it takes to be right, and says how loud it is. */
async function writeAtLoudness(
  request: FileRequest,
  wanted: { lufs: number; truePeak: number },
  { asMixed, work }: { asMixed: number; work: Work },
): Promise<Loudness> {
  const { programme, file } = request;
  const level = {
    gainDb: wanted.lufs - asMixed + ENCODER_GAIN_DB[file.format],
    peakDb: wanted.truePeak - CODEC_MARGIN_DB + ENCODER_GAIN_DB[file.format],
  };
  for (let left = MAX_TRIES; ; left -= 1) {
    await writeFile(request, level, work);
    const heard = await work.measure(programme, readSound(file.path, programme));
    const off = wanted.lufs - (heard.lufs ?? wanted.lufs);
    const over = heard.truePeak - wanted.truePeak;
    if ((Math.abs(off) <= LOUDNESS_TOLERANCE && over <= 0) || left === 1) return heard;
    level.gainDb += off;
    if (over > 0) level.peakDb -= over + 0.2;
  }
}

async function writeFile(
  { programme, file, tags, cover, chapters }: FileRequest,
  level: Level,
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
