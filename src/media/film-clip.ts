import {
  AV_PKT_DATA_DISPLAYMATRIX,
  AVCOL_TRC_ARIB_STD_B67,
  AVCOL_TRC_SMPTE2084,
  Decoder,
  Demuxer,
  FilterAPI,
  type Frame,
  type Packet,
  type Stream,
} from "node-av";
import { fittedPlace, type FrameSize } from "./ken-burns.ts";
import { UNTRUSTED_INPUT } from "./untrusted-input.ts";
import { yuvBytes } from "./yuv.ts";

// This file loads FFmpeg (a GPL build), so only workers that `runInChild` starts may import it.

/** What is decoded at most: a frame of 8K. */
const MAX_CLIP_PIXELS = 36_000_000;

/** The frames of a clip, one after the other, as the film shows them. */
export interface ClipReader {
  /** The next frame at the film's pace; the last one again where the clip is over. */
  next(): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** How long a clip is, in seconds. @throws where it cannot be read, holds no pictures or is too large. */
export async function clipSeconds(path: string): Promise<number> {
  await using demuxer = await Demuxer.open(path, { options: UNTRUSTED_INPUT });
  videoOf(demuxer);
  const { duration } = demuxer;
  if (!Number.isFinite(duration) || duration <= 0) throw new Error("the clip has no length");
  return duration;
}

function videoOf(demuxer: Demuxer): Stream {
  const stream = demuxer.video();
  if (stream === undefined) throw new Error("the clip has no pictures");
  const { width, height } = stream.codecpar;
  if (width < 1 || height < 1) throw new Error("the clip has no size");
  if (width * height > MAX_CLIP_PIXELS) throw new Error("the clip has too many pixels");
  return stream;
}

/**
 * Opens a clip of any size, frame rate (also a changing one), rotation and range of light, and reads it in the size and at
 * the pace of a film.
 */
export async function openClip(path: string, frame: FrameSize, framesPerSecond: number): Promise<ClipReader> {
  const demuxer = await Demuxer.open(path, { options: UNTRUSTED_INPUT });
  const stream = videoOf(demuxer);
  // A frame that is damaged is left out.
  const decoder = await Decoder.create(stream, { exitOnError: false });
  const filter = FilterAPI.create(filterOf(stream, frame, framesPerSecond));
  const frames = filter.frames(decoder.frames(untilBroken(demuxer.packets(stream.index))));
  const planes = new Uint8Array(yuvBytes(frame));
  let isOver = false;
  let hasShown = false;
  return {
    async next() {
      const read = isOver ? null : await nextFrame(frames);
      if (read === null) isOver = true;
      else {
        planes.set(read.toBuffer().subarray(0, planes.length));
        read.free();
        hasShown = true;
      }
      if (!hasShown) throw new Error("no frame of the clip can be decoded");
      return planes;
    },
    async close() {
      filter.close();
      decoder.close();
      await demuxer.close();
    },
  };
}

/** A clip that breaks off ends there: what was read of it is still decoded. */
async function* untilBroken(packets: AsyncGenerator<Packet | null>): AsyncGenerator<Packet | null> {
  for (;;) {
    const { done, value } = await packets.next().catch(() => ({ done: true, value: null }));
    if (done === true || value === null || value === undefined) break;
    yield value;
  }
  yield null;
}

/** Null where there is none left. */
async function nextFrame(frames: AsyncGenerator<Frame | null>): Promise<Frame | null> {
  for (;;) {
    const { done, value } = await frames.next().catch(() => ({ done: true, value: undefined }));
    if (done === true) return null;
    if (value) return value;
  }
}

function filterOf(stream: Stream, frame: FrameSize, framesPerSecond: number): string {
  const { codecpar } = stream;
  const turns = turnsOf(codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX));
  const isHdr = codecpar.colorTrc === AVCOL_TRC_SMPTE2084 || codecpar.colorTrc === AVCOL_TRC_ARIB_STD_B67;
  const isTurned = turns.startsWith("transpose");
  const seen = isTurned
    ? { width: codecpar.height, height: codecpar.width }
    : { width: codecpar.width, height: codecpar.height };
  return [
    "setpts=PTS-STARTPTS",
    `fps=${framesPerSecond}`,
    isHdr
      ? "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv,format=yuv420p"
      : "",
    turns,
    "scale=w=trunc(iw*max(sar\\,1)/2)*2:h=trunc(ih/min(max(sar\\,0.01)\\,1)/2)*2,setsar=1",
    fitting(seen, frame),
    "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,setsar=1",
  ]
    .filter((part) => part !== "")
    .join(",");
}

function covering(width: number, height: number): string {
  return `scale=${width}:${height}:force_original_aspect_ratio=increase,crop=${width}:${height}`;
}

/** Fills the frame, or stands whole before a blur of itself where its shape is far from that of the frame. */
function fitting(seen: FrameSize, { width, height }: FrameSize): string {
  if (!fittedPlace(seen, { width, height }, "drift").isBackdropSeen) return covering(width, height);
  const [smallWidth, smallHeight] = [Math.ceil(width / 32) * 2, Math.ceil(height / 32) * 2];
  const backdrop = `${covering(smallWidth, smallHeight)},gblur=sigma=3,eq=brightness=-0.12,scale=${width}:${height}:flags=bicubic,setsar=1`;
  const whole = `scale=${width}:${height}:force_original_aspect_ratio=decrease:force_divisible_by=2,setsar=1`;
  return `split[clip][behind];[behind]${backdrop}[backdrop];[clip]${whole}[whole];[backdrop][whole]overlay=(W-w)/2:(H-h)/2`;
}

/** The filter that puts a film upright that was taken with a turned camera (matrix of ISO/IEC 14496-12, 8.3.2). */
function turnsOf(matrix: Buffer | null): string {
  if (matrix === null || matrix.length < 36) return "";
  const degrees = (Math.atan2(matrix.readInt32LE(4), matrix.readInt32LE(0)) * 180) / Math.PI;
  const turn = (Math.round(degrees / 90) * 90 + 360) % 360;
  return { 90: "transpose=clock", 180: "hflip,vflip", 270: "transpose=cclock" }[turn] ?? "";
}
