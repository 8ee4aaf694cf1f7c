import { AVSEEK_FLAG_BACKWARD, Decoder, FilterAPI, type Frame } from "node-av";
import { FittingFailure } from "./fitted-media.ts";
import { openFilm } from "./upright-film.ts";

// This file loads FFmpeg (a GPL build), so only workers that `runInChild` starts may import it.

/** Looked at where no second is given, as parts of the film: the very first and last frames are often black or titles. */
const LOOKED_AT = [0.04, 0.12, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
const STEP = 4;

/** RGB, rows from the top. */
export interface FilmFrame {
  pixels: Buffer;
  width: number;
  height: number;
}

/** The frame of a film at a second; beyond its end, its last. @throws FittingFailure */
export async function frameAt(path: string, second: number): Promise<FilmFrame> {
  const film = openFilm(path);
  const { picture, upright, seconds } = film;
  await using demuxer = film.demuxer;
  const wanted = Math.min(second, Math.max(0, seconds - 0.05));
  if (wanted > 0) await demuxer.seek(wanted, -1, AVSEEK_FLAG_BACKWARD);
  using decoder = await Decoder.create(picture);
  using filter = FilterAPI.create(`${upright}format=rgb24`);
  const start = Math.max(0, demuxer.startTime || 0);
  let last: FilmFrame | null = null;
  try {
    for await (const frame of filter.frames(decoder.frames(demuxer.packets(picture.index)))) {
      if (frame === null) break;
      last = { pixels: frame.toBuffer(), width: frame.width, height: frame.height };
      const isThere = secondOf(frame) - start >= wanted - 0.001;
      frame.free();
      if (isThere) break;
    }
  } catch (error) {
    if (last === null) throw new FittingFailure("damaged", { cause: error });
  }
  if (last === null) throw new FittingFailure("damaged");
  return last;
}

function secondOf({ pts, timeBase: { num, den } }: Frame): number {
  return (Number(pts) * num) / den;
}

/** The frame that looks best of ten: neither dark nor pale, with contrast and detail. @throws FittingFailure */
export async function bestFrame(path: string): Promise<FilmFrame> {
  const film = openFilm(path);
  await film.demuxer.close();
  if (film.seconds <= 0) return await frameAt(path, 0);
  let best: { frame: FilmFrame; looks: number } | null = null;
  for (const part of LOOKED_AT) {
    const frame = await frameAt(path, part * film.seconds);
    const looks = looksOf(frame);
    if (best === null || looks > best.looks) best = { frame, looks };
  }
  if (best === null) throw new FittingFailure("damaged");
  return best.frame;
}

/** How much there is to see: spread of light plus its changes from point to point, less what is too dark or too pale. */
function looksOf({ pixels, width, height }: FilmFrame): number {
  let [count, sum, squares, changes] = [0, 0, 0, 0];
  for (let y = 0; y < height; y += STEP) {
    let before = -1;
    for (let x = 0; x < width; x += STEP) {
      const at = (y * width + x) * 3;
      const light =
        0.2126 * (pixels[at] ?? 0) + 0.7152 * (pixels[at + 1] ?? 0) + 0.0722 * (pixels[at + 2] ?? 0);
      count += 1;
      sum += light;
      squares += light * light;
      if (before >= 0) changes += Math.abs(light - before);
      before = light;
    }
  }
  const mean = sum / count;
  const spread = Math.sqrt(Math.max(0, squares / count - mean * mean));
  return spread + 2 * (changes / count) - 2 * Math.max(0, 40 - mean) - 2 * Math.max(0, mean - 215);
}
