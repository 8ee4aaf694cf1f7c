import {
  AV_CODEC_FLAG_BITEXACT,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_CODEC_ID_MJPEG,
  AV_DISPOSITION_ATTACHED_PIC,
  AV_PKT_FLAG_KEY,
  AVFMT_FLAG_BITEXACT,
  AVFMT_GLOBALHEADER,
  AVIO_FLAG_WRITE,
  AVMEDIA_TYPE_VIDEO,
  type CodecContext,
  Dictionary,
  FFmpegError,
  FormatContext,
  type Frame,
  IOContext,
  Packet,
  Rational,
  type Stream,
} from "node-av";
import type { Cover, Tags } from "./mp3-tag.ts";

// This file loads FFmpeg (a GPL build), so only workers that `runInChild` starts may import it.

export interface OutputOptions {
  /** FFmpeg's name of the container. */
  format: "mp3" | "ipod" | "mp4";
  /** Bytes that stand before all that FFmpeg writes. */
  lead?: Buffer;
  tags: Tags | null;
  cover: Cover | null;
  options: Record<string, string>;
}

interface Track {
  stream: Stream;
  timeBase: { num: number; den: number };
  encoder: CodecContext | null;
}

/**
 * A file that is written packet by packet. Nothing in it tells the time or the program, so that the same packets give the same bytes.
 * Add all tracks, then write; `close` in any case.
 */
export class OutputFile {
  readonly #context = new FormatContext();
  readonly #io = new IOContext();
  readonly #options: OutputOptions;
  readonly #packet = new Packet();
  readonly #tracks: Track[] = [];
  #isStarted = false;
  #isOpen = true;

  constructor(path: string, options: OutputOptions) {
    this.#options = options;
    check(this.#context.allocOutputContext2(null, options.format, path), "begin");
    for (const [name, value] of Object.entries(options.options)) {
      check(this.#context.setOption(name, value), `set ${name} for`);
    }
    check(this.#io.open2Sync(path, AVIO_FLAG_WRITE), "open");
    if (options.lead !== undefined) this.#io.writeSync(options.lead);
    this.#context.pb = this.#io;
    this.#context.setFlags(AVFMT_FLAG_BITEXACT);
    this.#packet.alloc();
  }

  /** Opens the encoder, which has its measures but no codec yet, as this container wants it. Answers with the track's number. */
  addEncoder(encoder: CodecContext, options: Record<string, string> = {}): number {
    encoder.setFlags(AV_CODEC_FLAG_BITEXACT);
    if (this.#context.oformat?.hasFlags(AVFMT_GLOBALHEADER) === true) {
      encoder.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
    }
    for (const [name, value] of Object.entries(options)) {
      check(encoder.setOption(name, value), `set ${name} for`);
    }
    check(encoder.open2Sync(), "open the encoder of");
    const stream = this.#context.newStream(null);
    check(stream.codecpar.fromContext(encoder), "describe a track of");
    stream.timeBase = encoder.timeBase;
    if (encoder.codecType === AVMEDIA_TYPE_VIDEO) stream.avgFrameRate = encoder.framerate;
    this.#tracks.push({ stream, timeBase: encoder.timeBase, encoder });
    return this.#tracks.length - 1;
  }

  /** A track whose packets are taken over from another file as they are. */
  addCopy(source: Stream): number {
    const stream = this.#context.newStream(null);
    check(source.codecpar.copy(stream.codecpar), "describe a track of");
    // Each container has its own mark for a codec.
    stream.codecpar.codecTag = 0;
    stream.timeBase = source.timeBase;
    stream.avgFrameRate = source.avgFrameRate;
    stream.sampleAspectRatio = source.sampleAspectRatio;
    this.#tracks.push({ stream, timeBase: source.timeBase, encoder: null });
    return this.#tracks.length - 1;
  }

  /** Encodes a frame; null for the end of the track. */
  encode(trackNumber: number, frame: Frame | null): void {
    const track = this.#trackOf(trackNumber);
    if (track.encoder === null) throw new Error("a track that is taken over encodes nothing");
    check(track.encoder.sendFrameSync(frame), "encode");
    while (track.encoder.receivePacketSync(this.#packet) >= 0) this.#write(this.#packet, track);
  }

  /** Writes a packet of a track that is taken over. */
  copy(trackNumber: number, packet: Packet): void {
    this.#write(packet, this.#trackOf(trackNumber));
  }

  finish(): void {
    this.#start();
    check(this.#context.writeTrailerSync(), "finish");
    this.close();
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#context.pb = null;
    this.#io.closepSync();
    this.#context.freeContext();
    this.#packet.free();
    for (const { encoder } of this.#tracks) encoder?.freeContext();
  }

  #trackOf(trackNumber: number): Track {
    const track = this.#tracks[trackNumber];
    if (track === undefined) throw new Error(`no track ${trackNumber}`);
    return track;
  }

  #write(packet: Packet, { stream, timeBase }: Track): void {
    this.#start();
    packet.streamIndex = stream.index;
    packet.rescaleTs(timeBase, stream.timeBase);
    check(this.#context.interleavedWriteFrameSync(packet), "write");
  }

  #start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    const { tags, cover } = this.#options;
    if (tags !== null) this.#context.metadata = Dictionary.fromObject(namedTags(tags));
    const picture = cover === null ? null : this.#addPicture(cover);
    check(this.#context.writeHeaderSync(), "begin");
    if (picture === null || cover === null) return;
    using packet = new Packet();
    packet.alloc();
    packet.data = Buffer.from(cover.bytes);
    packet.pts = 0n;
    packet.dts = 0n;
    packet.isKeyframe = true;
    packet.setFlags(AV_PKT_FLAG_KEY);
    packet.streamIndex = picture.index;
    check(this.#context.interleavedWriteFrameSync(packet), "put the cover into");
  }

  #addPicture({ width, height }: Cover): Stream {
    const stream = this.#context.newStream(null);
    stream.codecpar.codecType = AVMEDIA_TYPE_VIDEO;
    stream.codecpar.codecId = AV_CODEC_ID_MJPEG;
    stream.codecpar.width = width;
    stream.codecpar.height = height;
    stream.timeBase = new Rational(1, 90_000);
    stream.setDisposition(AV_DISPOSITION_ATTACHED_PIC);
    return stream;
  }
}

function namedTags(tags: Tags): Record<string, string> {
  const { title, artist, album, genre, comment } = tags;
  const named = { title, artist, album, genre, comment };
  return Object.fromEntries(Object.entries(named).filter(([, text]) => text !== ""));
}

function check(code: number, what: string): void {
  FFmpegError.throwIfError(code, `could not ${what} the file`);
}
