import { AV_LOG_FATAL, Decoder, Demuxer, FilterAPI, Log } from "node-av";
import { z } from "zod";
import { serveWorker } from "./child-worker.ts";

const requestSchema = z.object({
  path: z.string(),
  /** How strongly these tones are heard is measured every 20 ms. */
  hertz: z.array(z.number()),
});

const WINDOW = 960;

/** Decodes a film as a player would and measures what came out. */
serveWorker(requestSchema, async ({ path, hertz }) => {
  Log.setLevel(AV_LOG_FATAL);
  const video = await measureFrames(path);
  const sound = await measureSound(path, hertz);
  return { ...video, ...sound };
});

async function measureFrames(path: string) {
  const demuxer = await Demuxer.open(path);
  const stream = demuxer.video();
  if (stream === undefined) throw new Error("no pictures");
  const { width, height, profile, format, colorSpace } = stream.codecpar;
  const decoder = await Decoder.create(stream);
  const filter = FilterAPI.create("format=yuv444p");
  const frames = [];
  const times: number[] = [];
  for await (const frame of filter.frames(decoder.frames(demuxer.packets(stream.index)))) {
    if (frame === null) continue;
    times.push((Number(frame.pts) * frame.timeBase.num) / frame.timeBase.den);
    frames.push(measureFrame(frame.toBuffer(), width, height));
    frame.free();
  }
  return { width, height, profile, format, colorSpace, frames, times };
}

/** Above this an upper half is brighter than a lower one; a mark of captions is far into yellow (little blue). */
const BRIGHT = 60;
const YELLOW = 60;

function measureFrame(planes: Buffer, width: number, height: number) {
  const size = width * height;
  let [light, lightX, lightY, sum, upper] = [0, 0, 0, 0, 0];
  let [marked, markedX] = [0, 0];
  const box = { left: width, top: height, right: -1, bottom: -1 };
  for (let y = 0, at = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, at += 1) {
      const value = planes[at] ?? 0;
      sum += value;
      if (y < height / 2) upper += value;
      if (value > BRIGHT) {
        light += value - BRIGHT;
        lightX += x * (value - BRIGHT);
        lightY += y * (value - BRIGHT);
        box.left = Math.min(box.left, x);
        box.right = Math.max(box.right, x);
        box.top = Math.min(box.top, y);
        box.bottom = Math.max(box.bottom, y);
      }
      if ((planes[size + at] ?? 128) < YELLOW) {
        marked += 1;
        markedX += x;
      }
    }
  }
  return {
    mean: sum / size,
    upper: upper / (size / 2),
    light: { x: lightX / Math.max(1, light), y: lightY / Math.max(1, light), ...box },
    marked: marked < 30 ? null : markedX / marked,
  };
}

async function measureSound(path: string, hertz: number[]) {
  const demuxer = await Demuxer.open(path);
  const stream = demuxer.audio();
  if (stream === undefined) throw new Error("no sound");
  const { sampleRate, channels } = stream.codecpar;
  const decoder = await Decoder.create(stream);
  const filter = FilterAPI.create("ebur128=metadata=1:framelog=quiet:peak=true,aformat=sample_fmts=flt");
  const samples: number[] = [];
  let loudness = Number.NaN;
  let peak = 0;
  for await (const frame of filter.frames(decoder.frames(demuxer.packets(stream.index)))) {
    if (frame === null) continue;
    const { "lavfi.r128.I": integrated, ...facts } = frame.getMetadata().getAll();
    if (integrated !== undefined) loudness = Number(integrated);
    for (const channel of [0, 1])
      peak = Math.max(peak, Number(facts[`lavfi.r128.true_peaks_ch${channel}`] ?? 0));
    const bytes = frame.toBuffer();
    for (let index = 0; index < frame.nbSamples; index += 1)
      samples.push(bytes.readFloatLE(index * channels * 4));
    frame.free();
  }
  return {
    sampleRate,
    channels,
    seconds: samples.length / sampleRate,
    loudness,
    truePeak: 20 * Math.log10(peak),
    tones: hertz.map((frequency) => levelsOf(samples, frequency, sampleRate)),
  };
}

/** How strong a tone is in each window, in dB (Goertzel’s algorithm). */
function levelsOf(samples: number[], frequency: number, sampleRate: number): number[] {
  const levels: number[] = [];
  const factor = 2 * Math.cos((2 * Math.PI * frequency) / sampleRate);
  for (let from = 0; from + WINDOW <= samples.length; from += WINDOW) {
    let [last, before] = [0, 0];
    for (let index = from; index < from + WINDOW; index += 1)
      [last, before] = [(samples[index] ?? 0) + factor * last - before, last];
    const power = last * last + before * before - factor * last * before;
    levels.push(20 * Math.log10(Math.sqrt(Math.max(power, 1e-12)) / (WINDOW / 2)));
  }
  return levels;
}
