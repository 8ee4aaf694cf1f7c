import {
  AV_CHANNEL_LAYOUT_MONO,
  AV_CHANNEL_LAYOUT_STEREO,
  AV_CODEC_FLAG_BITEXACT,
  AV_LOG_ERROR,
  AV_PIX_FMT_RGBA,
  AV_SAMPLE_FMT_FLT,
  Encoder,
  FF_ENCODER_AAC,
  FF_ENCODER_LIBMP3LAME,
  FF_ENCODER_LIBX264,
  FilterAPI,
  Frame,
  Log,
  Muxer,
  type Packet,
  Rational,
} from "node-av";
import { interleaved, type PcmAudio } from "./pcm-audio.ts";

// This file loads FFmpeg (a GPL build), so only workers that `runInChild` starts may import it.

const SAMPLES_A_FRAME = 16_384;

/** Frames of a film: RGBA, rows from the top, `width * height * 4` bytes each. */
export interface Film {
  width: number;
  height: number;
  framesPerSecond: number;
  frameCount: number;
  /** Draws one frame. The bytes may be reused for the next one. */
  drawFrame(index: number): Uint8Array;
  audio: PcmAudio;
}

/**
 * Writes an MP3. Mono is 96 kbit/s and stereo 128 kbit/s, at 44.1 kHz. The same sound gives the same bytes.
 * @param path where to write; its folder exists.
 */
export async function writeMp3(path: string, audio: PcmAudio): Promise<void> {
  Log.setLevel(AV_LOG_ERROR);
  const layout = audio.channels.length === 1 ? "mono" : "stereo";
  const muxer = await Muxer.open(path, { format: "mp3", options: { id3v2_version: 3 } });
  const encoder = await Encoder.create(FF_ENCODER_LIBMP3LAME, {
    context: { bitRate: layout === "mono" ? 96_000n : 128_000n },
  });
  encoder.setCodecFlags(AV_CODEC_FLAG_BITEXACT);
  // In pieces as large as the encoder takes: of larger ones it loses the end of a sound of under two seconds.
  const resampler = FilterAPI.create(
    `aresample=44100,aformat=sample_fmts=fltp:sample_rates=44100:channel_layouts=${layout},asetnsamples=1152:p=0`,
  );
  const stream = muxer.addStream(encoder);
  for await (const packet of encoder.packets(resampler.frames(audioFrames(audio)))) {
    await muxer.writePacket(packet, stream);
    packet?.free();
  }
  await muxer.close();
}

/**
 * Writes an MP4 that plays everywhere and starts before it is loaded: H.264 High in yuv420p, AAC at 48 kHz, `moov` first.
 * The same film gives the same bytes: x264 works with a fixed number of threads and nothing in the file tells the time.
 * @param path where to write; its folder exists.
 */
export async function writeMp4(
  path: string,
  film: Film,
  onProgress: (fraction: number) => void,
): Promise<void> {
  Log.setLevel(AV_LOG_ERROR);
  const muxer = await Muxer.open(path, {
    format: "mp4",
    options: { movflags: "+faststart", fflags: "+bitexact" },
  });
  const videoEncoder = await Encoder.create(FF_ENCODER_LIBX264, {
    options: { preset: "veryfast", crf: 20, profile: "high" },
    context: {
      gopSize: film.framesPerSecond * 2,
      framerate: new Rational(film.framesPerSecond, 1),
      threadCount: 2,
    },
  });
  const audioEncoder = await Encoder.create(FF_ENCODER_AAC, { context: { bitRate: 128_000n } });
  audioEncoder.setCodecFlags(AV_CODEC_FLAG_BITEXACT);
  const converter = FilterAPI.create("format=yuv420p,setsar=1");
  const resampler = FilterAPI.create(
    "aresample=48000,aformat=sample_fmts=fltp:sample_rates=48000:channel_layouts=stereo",
  );
  const videoStream = muxer.addStream(videoEncoder);
  const audioStream = muxer.addStream(audioEncoder);
  await writeInOrder(muxer, [
    {
      encoder: videoEncoder,
      stream: videoStream,
      packets: videoEncoder.packets(converter.frames(videoFrames(film, onProgress))),
    },
    {
      encoder: audioEncoder,
      stream: audioStream,
      packets: audioEncoder.packets(resampler.frames(audioFrames(film.audio))),
    },
  ]);
  await muxer.close();
}

interface PacketSource {
  encoder: Encoder;
  stream: number;
  packets: ReturnType<Encoder["packets"]>;
}

/**
 * Writes the packets of several streams one at a time, by their time. Writing them side by side leaves their order in the
 * file, and what the muxer does while it writes its header, to the load of the machine.
 */
async function writeInOrder(muxer: Muxer, sources: PacketSource[]): Promise<void> {
  const waiting = await Promise.all(
    sources.map(async (source) => ({ ...source, next: await source.packets.next() })),
  );
  for (;;) {
    const open = waiting.filter(({ next }) => next.done !== true);
    const [first, ...others] = open;
    if (!first) return;
    const earliest = others.reduce((best, other) => (timeOf(other) < timeOf(best) ? other : best), first);
    const packet = earliest.next.done === true ? null : earliest.next.value;
    await muxer.writePacket(packet, earliest.stream);
    packet?.free();
    earliest.next = await earliest.packets.next();
  }
}

/** Seconds at which the next packet of a stream is decoded; the end of a stream comes after everything. */
function timeOf({ encoder, next }: PacketSource & { next: IteratorResult<Packet | null> }): number {
  const packet = next.done === true ? null : next.value;
  const timeBase = encoder.getCodecContext()?.timeBase;
  if (!packet || !timeBase) return Infinity;
  return (Number(packet.dts) * timeBase.num) / timeBase.den;
}

// Both generators end with null: without it an encoder keeps the last frames it has not yet handed out.

async function* videoFrames(
  film: Film,
  onProgress: (fraction: number) => void,
): AsyncGenerator<Frame | null> {
  for (let index = 0; index < film.frameCount; index += 1) {
    yield Frame.fromVideoBuffer(Buffer.from(film.drawFrame(index)), {
      width: film.width,
      height: film.height,
      format: AV_PIX_FMT_RGBA,
      timeBase: { num: 1, den: film.framesPerSecond },
      pts: BigInt(index),
    });
    onProgress((index + 1) / film.frameCount);
  }
  yield null;
}

async function* audioFrames(audio: PcmAudio): AsyncGenerator<Frame | null> {
  const length = audio.channels[0]?.length ?? 0;
  for (let from = 0; from < length; from += SAMPLES_A_FRAME) {
    const to = Math.min(length, from + SAMPLES_A_FRAME);
    const samples = interleaved(audio, from, to);
    yield Frame.fromAudioBuffer(Buffer.from(samples.buffer), {
      nbSamples: to - from,
      format: AV_SAMPLE_FMT_FLT,
      sampleRate: audio.sampleRate,
      channelLayout: audio.channels.length === 1 ? AV_CHANNEL_LAYOUT_MONO : AV_CHANNEL_LAYOUT_STEREO,
      timeBase: { num: 1, den: audio.sampleRate },
      pts: BigInt(from),
    });
  }
  yield null;
}
