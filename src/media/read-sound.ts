import {
  AV_CHANNEL_LAYOUT_MONO,
  AV_CHANNEL_LAYOUT_STEREO,
  AV_SAMPLE_FMT_FLTP,
  Decoder,
  FilterAPI,
  Frame,
} from "node-av";
import { MediumProblem } from "./medium-problem.ts";
import { type OpenMedium, openMedium } from "./open-medium.ts";

// This file loads FFmpeg (a GPL build), so only workers that `runInChild` starts may import it.

/** One array a channel, all of the same length, values between -1 and 1. */
export type SampleBlock = Float32Array[];

export interface SoundFormat {
  sampleRate: number;
  channelCount: 1 | 2;
}

const MAX_CHANNELS = 8;
/** No sound that a step takes lasts longer: a day. */
const MAX_SECONDS = 24 * 3_600;
/** Below this nothing can be heard. */
const MIN_SECONDS = 0.005;
/** How much shorter than it claims a file may be: encoders round, and count what they lead in with. */
const MISSING_SHARE = 0.03;
const MISSING_SECONDS = 0.5;

/**
 * Reads the sound of any file, a second at a time, resampled, and mixed down or doubled to the channels asked for. In a film the sound
 * starts with the film: silence stands where its track has none.
 * @throws MediumProblem where there is no sound, where it breaks off, or where it is longer than a day.
 */
export function* readSound(path: string, format: SoundFormat): Generator<SampleBlock> {
  const medium = openMedium(path);
  try {
    yield* decodedSound(medium, format);
  } finally {
    medium.demuxer.closeSync();
  }
}

function* decodedSound(
  medium: OpenMedium,
  { sampleRate, channelCount }: SoundFormat,
): Generator<SampleBlock> {
  const { demuxer, sound } = medium;
  if (sound === null) throw new MediumProblem("no_sound");
  const { channels } = sound.codecpar;
  if (channels > MAX_CHANNELS) throw new MediumProblem("too_many_channels");
  const decoder = openDecoder(medium);
  const layout = channelCount === 1 ? "mono" : "stereo";
  const filter = FilterAPI.create(
    `${inSync(medium)}aresample=${sampleRate},aformat=sample_fmts=fltp:sample_rates=${sampleRate}:channel_layouts=${layout},asetnsamples=n=${sampleRate}:p=0`,
  );
  let sampleCount = 0;
  try {
    for (const frame of filter.framesSync(decoder.framesSync(demuxer.packetsSync(sound.index)))) {
      if (frame === null) continue;
      sampleCount += frame.nbSamples;
      const block = samplesOf(frame, channelCount);
      frame.free();
      if (sampleCount > MAX_SECONDS * sampleRate) throw new MediumProblem("too_long");
      yield block;
    }
  } catch (error) {
    throw error instanceof MediumProblem ? error : new MediumProblem("unreadable");
  } finally {
    filter.close();
    decoder.close();
  }
  const seconds = sampleCount / sampleRate;
  if (seconds < MIN_SECONDS) throw new MediumProblem("empty");
  const claimed = medium.picture === null ? medium.claimedSeconds : null;
  if (claimed !== null && claimed - seconds > Math.max(MISSING_SECONDS, claimed * MISSING_SHARE)) {
    throw new MediumProblem("truncated");
  }
}

function openDecoder({ sound }: OpenMedium): Decoder {
  if (sound === null) throw new MediumProblem("no_sound");
  try {
    return Decoder.createSync(sound, { exitOnError: false, threadCount: 1 });
  } catch {
    throw new MediumProblem("unreadable");
  }
}

/** In a film, sound is held to the clock of the film, which may start before it and have holes. */
function inSync({ picture, startSeconds }: OpenMedium): string {
  return picture === null ? "" : `asetpts=PTS-${startSeconds}/TB,aresample=async=1000:first_pts=0,`;
}

/** A copy of the samples of a frame of planes of floats. */
export function samplesOf(frame: Frame, channelCount: number): SampleBlock {
  return Array.from({ length: channelCount }, (_, channel) => {
    const plane = frame.data?.[channel];
    if (plane === undefined) return new Float32Array(frame.nbSamples);
    return new Float32Array(plane.buffer.slice(plane.byteOffset, plane.byteOffset + frame.nbSamples * 4));
  });
}

/** A frame that holds these samples. @param position of its first sample, in samples. */
export function frameOf(block: SampleBlock, sampleRate: number, position: number): Frame {
  const length = block[0]?.length ?? 0;
  const planes = new Float32Array(length * block.length);
  block.forEach((channel, index) => planes.set(channel, index * length));
  return Frame.fromAudioBuffer(Buffer.from(planes.buffer), {
    nbSamples: length,
    format: AV_SAMPLE_FMT_FLTP,
    sampleRate,
    channelLayout: block.length === 1 ? AV_CHANNEL_LAYOUT_MONO : AV_CHANNEL_LAYOUT_STEREO,
    timeBase: { num: 1, den: sampleRate },
    pts: BigInt(position),
  });
}
