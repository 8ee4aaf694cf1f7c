import {
  AV_CHANNEL_LAYOUT_MONO,
  AV_LOG_FATAL,
  AV_PIX_FMT_RGBA,
  AV_SAMPLE_FMT_FLT,
  Decoder,
  Demuxer,
  Encoder,
  FF_ENCODER_AAC,
  FF_ENCODER_LIBX264,
  FilterAPI,
  Frame,
  Log,
  Muxer,
} from "node-av";
import { z } from "zod";
import { serveWorker } from "./child-worker.ts";

const requestSchema = z.object({ act: z.enum(["film", "look"]), path: z.string() });

const SIZE = { width: 320, height: 180 };
const SECONDS = 2;
const GRAY = 90;
const FRAMES_PER_SECOND = 10;
const SAMPLE_RATE = 48_000;

/** Makes a gray film with a tone, or says what is in one. */
serveWorker(requestSchema, async ({ act, path }) => (act === "film" ? makeFilm(path) : lookAt(path)));

async function makeFilm(path: string) {
  Log.setLevel(AV_LOG_FATAL);
  const muxer = await Muxer.open(path, { format: "mp4", options: { movflags: "+faststart" } });
  const pictures = await Encoder.create(FF_ENCODER_LIBX264, { options: { preset: "ultrafast" } });
  const sound = await Encoder.create(FF_ENCODER_AAC);
  const yuv = FilterAPI.create("format=yuv420p");
  const planar = FilterAPI.create("aformat=sample_fmts=fltp:channel_layouts=mono,asetnsamples=1024");
  const tracks = [muxer.addStream(pictures), muxer.addStream(sound)] as const;
  for await (const packet of pictures.packets(yuv.frames(grayFrames()))) {
    await muxer.writePacket(packet, tracks[0]);
  }
  for await (const packet of sound.packets(planar.frames(toneFrames()))) {
    await muxer.writePacket(packet, tracks[1]);
  }
  await muxer.close();
  return null;
}

async function* grayFrames(): AsyncGenerator<Frame | null> {
  const pixels = Buffer.alloc(SIZE.width * SIZE.height * 4, GRAY);
  for (let index = 0; index < SECONDS * FRAMES_PER_SECOND; index += 1) {
    const timing = { timeBase: { num: 1, den: FRAMES_PER_SECOND }, pts: BigInt(index) };
    yield Frame.fromVideoBuffer(pixels, { ...SIZE, ...timing, format: AV_PIX_FMT_RGBA });
  }
  yield null;
}

async function* toneFrames(): AsyncGenerator<Frame | null> {
  const tone = Float32Array.from({ length: SAMPLE_RATE * SECONDS }, (_, index) => 0.2 * Math.sin(index / 20));
  for (let from = 0; from < tone.length; from += 1_024) {
    const samples = tone.slice(from, from + 1_024);
    yield Frame.fromAudioBuffer(Buffer.from(samples.buffer), {
      nbSamples: samples.length,
      format: AV_SAMPLE_FMT_FLT,
      sampleRate: SAMPLE_RATE,
      channelLayout: AV_CHANNEL_LAYOUT_MONO,
      timeBase: { num: 1, den: SAMPLE_RATE },
      pts: BigInt(from),
    });
  }
  yield null;
}

/** Of each picture, the brightest and the mean light; of the sound, all of its bytes. */
async function lookAt(path: string) {
  Log.setLevel(AV_LOG_FATAL);
  const demuxer = await Demuxer.open(path);
  const video = demuxer.video();
  const audio = demuxer.audio();
  if (!video) throw new Error("no pictures");
  const decoder = await Decoder.create(video);
  const gray = FilterAPI.create("format=gray");
  const frames: { seconds: number; brightest: number; darkest: number }[] = [];
  const sound: Buffer[] = [];
  const take = async (packet: Parameters<Decoder["decodeAll"]>[0]): Promise<void> => {
    for (const decoded of await decoder.decodeAll(packet)) {
      for (const frame of await gray.processAll(decoded)) {
        const light = frame.toBuffer();
        const seconds = (Number(frame.pts) * frame.timeBase.num) / frame.timeBase.den;
        frames.push({ seconds, brightest: Math.max(...light), darkest: Math.min(...light) });
      }
    }
  };
  for await (const packet of demuxer.packets()) {
    if (packet === null) break;
    if (packet.streamIndex === video.index) await take(packet);
    else if (packet.streamIndex === audio?.index && packet.data) sound.push(Buffer.from(packet.data));
  }
  await take(null);
  return {
    frames,
    sound: Buffer.concat(sound).toString("base64"),
    soundCodec: audio?.codecpar.codecId ?? null,
  };
}
