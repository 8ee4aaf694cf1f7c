import {
  AV_CHANNEL_LAYOUT_MONO,
  AV_CHANNEL_LAYOUT_STEREO,
  AV_CODEC_FLAG_BITEXACT,
  AV_LOG_ERROR,
  AV_PIX_FMT_YUV420P,
  AV_SAMPLE_FMT_FLT,
  AVCOL_PRI_BT709,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_BT709,
  AVCOL_TRC_BT709,
  Encoder,
  EOF,
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
import { OutputFile } from "./output-file.ts";
import { interleaved, type PcmAudio } from "./pcm-audio.ts";
import { samplesOf } from "./read-sound.ts";
import { SoundTrack } from "./sound-file.ts";
import { yuvBytes } from "./yuv.ts";

// This file loads FFmpeg (a GPL build), so only workers that `runInChild` starts may import it.

const SAMPLES_A_FRAME = 16_384;
const MP3_RATE = 44_100;

/** Frames of a film and what is heard with them. */
export interface Film {
  width: number;
  height: number;
  framesPerSecond: number;
  frameCount: number;
  /** Draws one frame, as planes of yuv420p in BT.709 at limited range. The bytes may be reused for the next one. */
  drawFrame(index: number): Uint8Array | Promise<Uint8Array>;
  /** Stereo at `SOUND_RATE`, left and right in turn, in pieces of any length. */
  sound: Iterable<Float32Array>;
}

/** Samples a second of the sound of films. */
export const SOUND_RATE = 48_000;
/**
 * No sample of twice as many goes above it (-2.4 dB), so that the true peak stays under -1 dB also after the loss of
 * encoding.
 */
const PEAK_LIMIT = 0.76;

/**
 * Writes an MP3. Mono is 96 kbit/s and stereo 128 kbit/s, at 44.1 kHz; no sample is lost at its end. The same sound gives the
 * same bytes.
 * @param path where to write; its folder exists.
 */
export async function writeMp3(path: string, audio: PcmAudio): Promise<void> {
  Log.setLevel(AV_LOG_ERROR);
  const channelCount = audio.channels.length === 1 ? 1 : 2;
  const layout = channelCount === 1 ? "mono" : "stereo";
  const file = new OutputFile(path, {
    format: "mp3",
    tags: null,
    cover: null,
    options: { id3v2_version: "3" },
  });
  try {
    const track = new SoundTrack(file, {
      encoder: FF_ENCODER_LIBMP3LAME,
      bitRate: channelCount === 1 ? 96_000n : 128_000n,
      sampleRate: MP3_RATE,
      channelCount,
    });
    const resampler = FilterAPI.create(
      `aresample=${MP3_RATE},aformat=sample_fmts=fltp:sample_rates=${MP3_RATE}:channel_layouts=${layout}`,
    );
    for await (const frame of resampler.frames(audioFrames(audio))) {
      if (frame === null) continue;
      track.add(samplesOf(frame, channelCount));
      frame.free();
    }
    track.end();
    file.finish();
  } finally {
    file.close();
  }
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
  const videoEncoder = await createVideoEncoder(film.framesPerSecond);
  const audioEncoder = await Encoder.create(FF_ENCODER_AAC, {
    // At this many bits it sounds better than the default, says who wrote both, and takes a third of its time:
    // https://ffmpeg.org/pipermail/ffmpeg-cvslog/2018-January/112166.html
    options: { aac_coder: "fast" },
    context: { bitRate: 160_000n },
  });
  audioEncoder.setCodecFlags(AV_CODEC_FLAG_BITEXACT);
  const limiter = FilterAPI.create(
    `aresample=${SOUND_RATE * 2},alimiter=limit=${PEAK_LIMIT}:level=false:latency=true,aresample=${SOUND_RATE},aformat=sample_fmts=fltp:sample_rates=${SOUND_RATE}:channel_layouts=stereo`,
  );
  const videoStream = muxer.addStream(videoEncoder);
  const audioStream = muxer.addStream(audioEncoder);
  await writeInOrder(muxer, [
    {
      encoder: videoEncoder,
      stream: videoStream,
      packets: ahead(videoPackets(videoEncoder, film, onProgress)),
    },
    {
      encoder: audioEncoder,
      stream: audioStream,
      packets: ahead(audioEncoder.packets(inTurn(limiter.framesSync(soundFrames(film.sound))))),
    },
  ]);
  await muxer.close();
}

/** The encoder of all films; it is also what their making is measured against. */
export async function createVideoEncoder(framesPerSecond: number): Promise<Encoder> {
  return await Encoder.create(FF_ENCODER_LIBX264, {
    options: { preset: "veryfast", crf: 20, profile: "high" },
    context: {
      gopSize: framesPerSecond * 2,
      framerate: new Rational(framesPerSecond, 1),
      threadCount: 2,
    },
  });
}

interface PacketSource {
  encoder: Encoder;
  stream: number;
  packets: AsyncGenerator<Packet | null>;
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

/** So many packets of a stream are made before they are written, so that neither stream waits for the other. */
const PACKETS_AHEAD = 48;

/**
 * What takes too little time to be waited for, for an encoder that works beside: opened by `packetsSync`, an encoder with options
 * brings the process down once it is collected (node-av 6.1).
 */
async function* inTurn<Item>(items: Iterable<Item>): AsyncGenerator<Item> {
  yield* items;
}

/** The same packets, of which some are asked for before their turn. */
async function* ahead<Item>(items: AsyncGenerator<Item>): AsyncGenerator<Item> {
  const ask = (): Promise<IteratorResult<Item>> => {
    const next = items.next();
    // It is awaited when its turn comes; until then a failure is nobody's.
    next.catch(() => undefined);
    return next;
  };
  const asked = Array.from({ length: PACKETS_AHEAD }, ask);
  for (let next = await asked.shift(); next?.done === false; next = await asked.shift()) {
    asked.push(ask());
    yield next.value;
  }
}

/** Draws each frame while the encoder still works on the one before, whose bytes it therefore must not touch. */
async function* videoPackets(
  encoder: Encoder,
  film: Film,
  onProgress: (fraction: number) => void,
): AsyncGenerator<Packet | null> {
  const bytes = yuvBytes(film);
  const buffers = [Buffer.alloc(bytes), Buffer.alloc(bytes)] as const;
  const drawn = async (index: number): Promise<Frame> => {
    const buffer = buffers[index % 2 === 0 ? 0 : 1];
    buffer.set(await film.drawFrame(index));
    return videoFrame(film, index, buffer);
  };
  let frame: Frame | null = film.frameCount > 0 ? await drawn(0) : null;
  for (let index = 0; frame !== null; index += 1) {
    const encoding = encoder.encode(frame);
    const next: Frame | null = index + 1 < film.frameCount ? await drawn(index + 1) : null;
    await encoding;
    frame.free();
    frame = next;
    yield* readyPackets(encoder);
    onProgress((index + 1) / film.frameCount);
  }
  await encoder.flush();
  yield* readyPackets(encoder);
}

async function* readyPackets(encoder: Encoder): AsyncGenerator<Packet> {
  for (;;) {
    const packet = await encoder.receive();
    if (packet === null || packet === EOF) return;
    yield packet;
  }
}

/** The frame does not copy the bytes. */
function videoFrame(film: Film, index: number, planes: Buffer): Frame {
  const frame = Frame.fromVideoBuffer(planes, {
    width: film.width,
    height: film.height,
    format: AV_PIX_FMT_YUV420P,
    timeBase: { num: 1, den: film.framesPerSecond },
    pts: BigInt(index),
  });
  frame.colorSpace = AVCOL_SPC_BT709;
  frame.colorPrimaries = AVCOL_PRI_BT709;
  frame.colorTrc = AVCOL_TRC_BT709;
  frame.colorRange = AVCOL_RANGE_MPEG;
  return frame;
}

// Both generators of sound end with null: without it an encoder keeps the last samples it has not yet handed out.

/** The samples as frames; null at the end, without which codecs keep the last ones. */
export function* soundFrames(sound: Film["sound"]): Generator<Frame | null> {
  let from = 0;
  for (const samples of sound) {
    const count = samples.length / 2;
    if (count === 0) continue;
    yield Frame.fromAudioBuffer(Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength), {
      nbSamples: count,
      format: AV_SAMPLE_FMT_FLT,
      sampleRate: SOUND_RATE,
      channelLayout: AV_CHANNEL_LAYOUT_STEREO,
      timeBase: { num: 1, den: SOUND_RATE },
      pts: BigInt(from),
    });
    from += count;
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
