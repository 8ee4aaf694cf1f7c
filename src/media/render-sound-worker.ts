import { rm } from "node:fs/promises";
import { serveWorker } from "./child-worker.ts";
import { readCover } from "./cover.ts";
import { held } from "./loudness-control.ts";
import { type Loudness, SILENCE } from "./loudness-meter.ts";
import { FAINTEST_LUFS, type Level, levelFor, mixOf, type Wanted, Work } from "./loudness-search.ts";
import { markChapters } from "./mp4-chapters.ts";
import type { Cover } from "./mp3-tag.ts";
import { readSound } from "./read-sound.ts";
import { type RenderedSound, type RenderSoundRequest, renderSoundSchema } from "./render-sound.ts";
import { SoundFile } from "./sound-file.ts";

/** What is asked for is measured on the file and mended. */
const MAX_TRIES = 3;
const LOUDNESS_TOLERANCE = 0.3;
/** How far more than it has overshot the limiter is lowered: a codec overshoots each time by another bit. */
const OVERSHOOT_MARGIN_DB = 0.3;
/** LAME makes what it encodes quieter by about this. */
const ENCODER_GAIN_DB = { mp3: 0.4, m4b: 0 };

type File = RenderSoundRequest["files"][number];

/** Puts a programme together, brings it to the loudness asked for, and writes it as one or several files. */
serveWorker(renderSoundSchema, async (request, onProgress): Promise<RenderedSound> => {
  const { programme, loudness, files, coverPath } = request;
  const cover = coverPath === null ? null : await readCover(coverPath).catch(() => "unreadable" as const);
  if (cover === "unreadable") return { ...SILENCE, problem: "cover", durationSeconds: 0 };
  const work = new Work(onProgress, 2 + files.length * 2);
  const asMixed = await work.measure(programme, mixOf(programme));
  const { durationSeconds } = programme;
  if (asMixed.lufs === null || asMixed.lufs < FAINTEST_LUFS) {
    return { ...SILENCE, problem: "silent", durationSeconds: 0 };
  }
  const wanted = loudness ?? { lufs: asMixed.lufs, truePeak: 0 };
  const mixed = { ...asMixed, lufs: asMixed.lufs };
  const level = await levelFor(programme, wanted, { asMixed: mixed, work });
  let result: Loudness = asMixed;
  for (const file of files.toReversed()) {
    result = await writeAtLoudness({ ...request, file, cover }, wanted, { level, asMixed: mixed, work });
  }
  return { ...result, problem: null, durationSeconds };
});

type FileRequest = RenderSoundRequest & { file: File; cover: Cover | null };

/** Writes one file as often as it takes to be right, and says how loud it is. */
async function writeAtLoudness(
  request: FileRequest,
  wanted: Wanted,
  { level: found, asMixed, work }: { level: Level; asMixed: Wanted; work: Work },
): Promise<Loudness> {
  const { programme, file } = request;
  let level = found;
  let afterDb = ENCODER_GAIN_DB[file.format];
  for (let left = MAX_TRIES; ; left -= 1) {
    await writeFile(request, { ...level, afterDb }, work);
    const heard = await work.measure(programme, readSound(file.path, programme));
    const off = wanted.lufs - (heard.lufs ?? wanted.lufs);
    const over = heard.truePeak - wanted.truePeak;
    if ((Math.abs(off) <= LOUDNESS_TOLERANCE && over <= 0) || left === 1) return heard;
    afterDb += off;
    if (over <= 0) continue;
    // A lower limit makes it quieter. The gain for that stands before the limiter: behind it, it would raise the peaks again.
    const peakDb = level.peakDb - over - OVERSHOOT_MARGIN_DB;
    level = await levelFor(programme, wanted, { asMixed, work, peakDb });
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
    for (const block of held(mixOf(programme), { sampleRate, channelCount, ...level })) {
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
