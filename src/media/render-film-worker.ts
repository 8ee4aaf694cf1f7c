import {
  AV_NOPTS_VALUE,
  AV_PIX_FMT_YUV420P,
  Codec,
  CodecContext,
  FF_ENCODER_AAC,
  FF_ENCODER_LIBX264,
  Rational,
} from "node-av";
import { setImmediate as breathe } from "node:timers/promises";
import { serveWorker } from "./child-worker.ts";
import { type FilmFormat, joinedFrames } from "./film-frames.ts";
import { held } from "./loudness-control.ts";
import { FAINTEST_LUFS, levelFor, mixOf, Work } from "./loudness-search.ts";
import { MediumProblem } from "./medium-problem.ts";
import { plainLine } from "./mp3-tag.ts";
import { openMedium } from "./open-medium.ts";
import { OutputFile } from "./output-file.ts";
import type { SampleBlock } from "./read-sound.ts";
import { type RenderFilmRequest, renderFilmSchema } from "./render-film.ts";
import { SoundTrack } from "./sound-file.ts";

const SOUND_BIT_RATE = 160_000n;
/** Of the work, how much is finding the loudness. */
const LEVEL_SHARE = 0.15;
/** Peaks of a sound that keeps its loudness stay under this. */
const PEAK_DB = -0.8;
/** Sound is written so far ahead of the picture. */
const SOUND_AHEAD_SECONDS = 0.5;

/** Writes pictures and sound into an MP4 that starts before it is loaded. */
serveWorker(renderFilmSchema, async (request, onProgress) => {
  const { path, picture, title } = request;
  const level = await soundLevel(request, (fraction) => onProgress(fraction * LEVEL_SHARE));
  const file = new OutputFile(path, {
    format: "mp4",
    tags: { title: plainLine(title), artist: "", album: "", genre: "", language: "", comment: "" },
    cover: null,
    options: { movflags: "+faststart" },
  });
  const progress = (fraction: number): void => onProgress(LEVEL_SHARE + fraction * (1 - LEVEL_SHARE));
  try {
    const write = picture.kind === "copy" ? copyPicture : encodePicture;
    await write(request, file, { level, onProgress: progress });
    file.finish();
  } finally {
    file.close();
  }
  return null;
});

interface Writing {
  level: { gainDb: number; peakDb: number };
  onProgress: (fraction: number) => void;
}

async function soundLevel(
  { sound, loudness }: RenderFilmRequest,
  onProgress: (fraction: number) => void,
): Promise<Writing["level"]> {
  const unchanged = { gainDb: 0, peakDb: PEAK_DB };
  if (sound === null || loudness === null) return unchanged;
  const work = new Work(onProgress, 3);
  const { lufs, truePeak } = await work.measure(sound, mixOf(sound));
  if (lufs === null || lufs < FAINTEST_LUFS) return unchanged;
  return levelFor(sound, loudness, { asMixed: { lufs, truePeak }, work });
}

/** The sound of a film, written as far as the picture has come. */
class FilmSound {
  readonly #track: SoundTrack | null;
  readonly #blocks: Iterator<SampleBlock> | null;

  constructor(file: OutputFile, { sound }: RenderFilmRequest, level: Writing["level"]) {
    this.#track =
      sound === null
        ? null
        : new SoundTrack(file, { ...sound, encoder: FF_ENCODER_AAC, bitRate: SOUND_BIT_RATE });
    this.#blocks = sound === null ? null : held(mixOf(sound), { ...sound, ...level });
  }

  /** @param seconds `Infinity` for all that is left. */
  writeUntil(seconds: number): void {
    if (this.#track === null || this.#blocks === null) return;
    while (this.#track.seconds < seconds) {
      const next = this.#blocks.next();
      if (next.done === true) break;
      this.#track.add(next.value);
    }
    if (seconds === Infinity) this.#track.end();
  }
}

async function copyPicture(
  request: RenderFilmRequest,
  file: OutputFile,
  { level, onProgress }: Writing,
): Promise<void> {
  const { demuxer, picture, startSeconds } = openMedium(
    request.picture.kind === "copy" ? request.picture.path : "",
  );
  try {
    if (picture === null) throw new MediumProblem("no_picture");
    const track = file.addCopy(picture);
    const sound = new FilmSound(file, request, level);
    const { num, den } = picture.timeBase;
    const start = BigInt(Math.round((startSeconds * den) / num));
    let since = 0;
    for (const packet of demuxer.packetsSync(picture.index)) {
      if (packet === null) continue;
      if (packet.pts !== AV_NOPTS_VALUE) packet.pts -= start;
      if (packet.dts !== AV_NOPTS_VALUE) packet.dts -= start;
      const seconds = (Number(packet.pts) * num) / den;
      sound.writeUntil(seconds + SOUND_AHEAD_SECONDS);
      file.copy(track, packet);
      packet.free();
      since += 1;
      if (since % 60 > 0) continue;
      onProgress(Math.max(0, Math.min(0.99, seconds / request.durationSeconds)));
      await breathe();
    }
    sound.writeUntil(Infinity);
  } finally {
    demuxer.closeSync();
  }
}

async function encodePicture(
  request: RenderFilmRequest,
  file: OutputFile,
  { level, onProgress }: Writing,
): Promise<void> {
  const { picture } = request;
  if (picture.kind !== "joined") throw new Error("this picture is taken over");
  const encoder = pictureEncoder(picture);
  const track = file.addEncoder(encoder, { preset: "veryfast", crf: "20", profile: "high" });
  const sound = new FilmSound(file, request, level);
  const { num, den } = picture.rate;
  let count = 0;
  for (const frame of joinedFrames(picture.parts, picture, picture.fadeFrames)) {
    const seconds = (count * den) / num;
    sound.writeUntil(seconds + SOUND_AHEAD_SECONDS);
    file.encode(track, frame);
    frame.free();
    count += 1;
    if (count % 10 > 0) continue;
    onProgress(Math.min(0.99, seconds / request.durationSeconds));
    await breathe();
  }
  sound.writeUntil(Infinity);
  file.encode(track, null);
}

function pictureEncoder({ width, height, rate }: FilmFormat): CodecContext {
  const codec = Codec.findEncoderByName(FF_ENCODER_LIBX264);
  if (codec === null) throw new Error("no encoder for H.264");
  const encoder = new CodecContext();
  encoder.allocContext3(codec);
  encoder.width = width;
  encoder.height = height;
  encoder.pixelFormat = AV_PIX_FMT_YUV420P;
  encoder.timeBase = new Rational(rate.den, rate.num);
  encoder.framerate = new Rational(rate.num, rate.den);
  encoder.sampleAspectRatio = new Rational(1, 1);
  encoder.gopSize = Math.max(1, Math.round((rate.num / rate.den) * 2));
  // A fixed number, so that the same frames give the same bytes.
  encoder.threadCount = 2;
  return encoder;
}
