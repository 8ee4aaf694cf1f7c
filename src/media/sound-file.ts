import {
  AV_CHANNEL_LAYOUT_MONO,
  AV_CHANNEL_LAYOUT_STEREO,
  AV_SAMPLE_FMT_FLTP,
  Codec,
  CodecContext,
  FF_ENCODER_AAC,
  FF_ENCODER_LIBMP3LAME,
  Rational,
} from "node-av";
import { type Chapter, type Cover, mp3Tag, plainLine, type Tags } from "./mp3-tag.ts";
import { OutputFile } from "./output-file.ts";
import { frameOf, type SampleBlock, type SoundFormat } from "./read-sound.ts";

// This file loads FFmpeg (a GPL build), so only workers that `runInChild` starts may import it.

export interface SoundFileOptions extends SoundFormat {
  format: "mp3" | "m4b";
  tags: Tags;
  cover: Cover | null;
  /** In an M4B they are marked afterwards, by `markChapters`. */
  chapters: Chapter[];
}

/** Bits a second of one channel and of two. */
const BIT_RATES = { mp3: [96_000n, 160_000n], m4b: [80_000n, 128_000n] } as const;
const ENCODERS = { mp3: FF_ENCODER_LIBMP3LAME, m4b: FF_ENCODER_AAC };

/** Takes sound block by block into an MP3 or an M4B; no sample is lost or added. */
export class SoundFile {
  readonly #file: OutputFile;
  readonly #track: SoundTrack;

  constructor(path: string, { format, tags, cover, chapters, ...sound }: SoundFileOptions) {
    const plain = plainTags(tags);
    this.#file =
      format === "mp3"
        ? new OutputFile(path, {
            format: "mp3",
            lead: mp3Tag(plain, { cover, chapters }),
            tags: null,
            cover: null,
            options: { id3v2_version: "0" },
          })
        : new OutputFile(path, { format: "ipod", tags: plain, cover, options: {} });
    const [one, two] = BIT_RATES[format];
    const bitRate = sound.channelCount === 1 ? one : two;
    this.#track = new SoundTrack(this.#file, { ...sound, encoder: ENCODERS[format], bitRate });
  }

  add(block: SampleBlock): void {
    this.#track.add(block);
  }

  finish(): void {
    this.#track.end();
    this.#file.finish();
  }

  close(): void {
    this.#file.close();
  }
}

interface SoundTrackOptions extends SoundFormat {
  encoder: typeof FF_ENCODER_AAC | typeof FF_ENCODER_LIBMP3LAME;
  bitRate: bigint;
}

/** The sound of a file that is written: gathers blocks of any length into frames of the codec's. */
export class SoundTrack {
  readonly #file: OutputFile;
  readonly #encoder: CodecContext;
  readonly #format: SoundFormat;
  readonly #number: number;
  #waiting: SampleBlock;
  #position = 0;

  constructor(file: OutputFile, { encoder, bitRate, ...format }: SoundTrackOptions) {
    const codec = Codec.findEncoderByName(encoder);
    if (codec === null) throw new Error(`no encoder ${encoder}`);
    this.#file = file;
    this.#format = format;
    this.#encoder = new CodecContext();
    this.#encoder.allocContext3(codec);
    this.#encoder.sampleRate = format.sampleRate;
    this.#encoder.channelLayout =
      format.channelCount === 1 ? AV_CHANNEL_LAYOUT_MONO : AV_CHANNEL_LAYOUT_STEREO;
    this.#encoder.sampleFormat = AV_SAMPLE_FMT_FLTP;
    this.#encoder.bitRate = bitRate;
    this.#encoder.timeBase = new Rational(1, format.sampleRate);
    this.#number = file.addEncoder(this.#encoder);
    this.#waiting = this.#nothing();
  }

  /** Seconds of sound that have been taken. */
  get seconds(): number {
    return (this.#position + lengthOf(this.#waiting)) / this.#format.sampleRate;
  }

  add(block: SampleBlock): void {
    const all = this.#waiting.map((samples, channel) => joined(samples, block[channel]));
    const size = this.#encoder.frameSize;
    let at = 0;
    for (; at + size <= lengthOf(all); at += size) this.#encode(part(all, at, at + size));
    this.#waiting = part(all, at, lengthOf(all));
  }

  /** Encodes what is left: the last frame may be shorter. */
  end(): void {
    if (lengthOf(this.#waiting) > 0) this.#encode(this.#waiting);
    this.#waiting = this.#nothing();
    this.#file.encode(this.#number, null);
  }

  #encode(block: SampleBlock): void {
    using frame = frameOf(block, this.#format.sampleRate, this.#position);
    this.#position += lengthOf(block);
    this.#file.encode(this.#number, frame);
  }

  #nothing(): SampleBlock {
    return Array.from({ length: this.#format.channelCount }, () => new Float32Array());
  }
}

function lengthOf(block: SampleBlock): number {
  return block[0]?.length ?? 0;
}

function part(block: SampleBlock, from: number, to: number): SampleBlock {
  return block.map((channel) => channel.subarray(from, to));
}

function joined(first: Float32Array, second: Float32Array = new Float32Array()): Float32Array {
  const both = new Float32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function plainTags(tags: Tags): Tags {
  const { title, artist, album, genre, language, comment } = tags;
  return {
    title: plainLine(title),
    artist: plainLine(artist),
    album: plainLine(album),
    genre: plainLine(genre),
    language,
    comment: plainLine(comment),
  };
}
