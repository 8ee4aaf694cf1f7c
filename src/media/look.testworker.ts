import { AV_LOG_INFO, Log } from "node-av";
import { z } from "zod";
import { serveWorker } from "./child-worker.ts";
import { filmFrames } from "./film-frames.ts";
import { openMedium } from "./open-medium.ts";
import { readSound } from "./read-sound.ts";

/** Says what FFmpeg finds in a file: tags, chapters, brightness of each frame, level of each tenth of a second. */
serveWorker(z.object({ path: z.string() }), async ({ path }) => {
  const { demuxer, sound, picture } = openMedium(path);
  Log.setLevel(AV_LOG_INFO);
  let description = "";
  Log.setCallback((_level, line) => {
    description += line;
  });
  demuxer.getFormatContext().dumpFormat(0, path, false);
  await new Promise((resolve) => setTimeout(resolve, 50));
  Log.setCallback(null);
  const { metadata } = demuxer;
  const { width, height } = picture?.codecpar ?? { width: 0, height: 0 };
  const rate = picture?.avgFrameRate ?? { num: 0, den: 1 };
  const durationSeconds = demuxer.duration;
  demuxer.closeSync();
  return {
    metadata,
    description,
    width,
    height,
    durationSeconds,
    levels: sound === null ? [] : levelsOf(path),
    brightness: picture === null ? [] : brightnessOf(path, { width, height, rate, durationSeconds }),
  };
});

/** In dB (RMS), one a tenth of a second. */
function levelsOf(path: string): number[] {
  const samples = Array.from(readSound(path, { sampleRate: 10_000, channelCount: 1 })).flatMap(([block]) =>
    Array.from(block ?? []),
  );
  return Array.from({ length: Math.floor(samples.length / 1_000) }, (_, index) => {
    const part = samples.slice(index * 1_000, (index + 1) * 1_000);
    const power = part.reduce((sum, sample) => sum + sample ** 2, 0) / part.length;
    return 10 * Math.log10(power + 1e-12);
  });
}

function brightnessOf(
  path: string,
  film: { width: number; height: number; rate: { num: number; den: number }; durationSeconds: number },
): number[] {
  const frameCount = Math.round((film.durationSeconds * film.rate.num) / film.rate.den);
  return Array.from(filmFrames({ path, fromSeconds: 0, frameCount }, film), (frame) => {
    const middle = frame.toBuffer()[Math.floor(film.height / 2) * film.width + Math.floor(film.width / 2)];
    frame.free();
    return middle ?? 0;
  });
}
