import {
  AV_PICTURE_TYPE_NONE,
  AV_PIX_FMT_YUV420P,
  AV_PKT_DATA_DISPLAYMATRIX,
  AVCOL_TRC_ARIB_STD_B67,
  AVCOL_TRC_SMPTE2084,
  AVSEEK_FLAG_BACKWARD,
  Decoder,
  FilterAPI,
  Frame,
  Rational,
  type Stream,
} from "node-av";
import { MediumProblem } from "./medium-problem.ts";
import { openMedium } from "./open-medium.ts";

// This file loads FFmpeg (a GPL build), so only workers that `runInChild` starts may import it.

/** What all parts of a film are brought to. */
export interface FilmFormat {
  width: number;
  height: number;
  /** Frames a second, as a fraction. */
  rate: { num: number; den: number };
}

/** A stretch of a film. */
export interface FilmPart {
  path: string;
  fromSeconds: number;
  frameCount: number;
}

/** Decoding begins so much before the first frame that is wanted, at a frame that stands alone. */
const SEEK_BACK_SECONDS = 1;
/** Light beyond what a usual screen shows is brought within it. */
const FROM_HDR =
  "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv,";

/**
 * Decodes a stretch of a film as frames of one size and rate, in `yuv420p`: of a film whose frames come irregularly each is repeated or
 * left out as its time says, and the last one stands where the film is over too soon. The caller frees them.
 */
export function* filmFrames(part: FilmPart, format: FilmFormat): Generator<Frame> {
  const { demuxer, picture, startSeconds } = openMedium(part.path);
  try {
    if (picture === null) throw new MediumProblem("no_picture");
    if (part.fromSeconds > SEEK_BACK_SECONDS) {
      const at = part.fromSeconds + startSeconds - SEEK_BACK_SECONDS;
      demuxer.seekSync(at, -1, AVSEEK_FLAG_BACKWARD);
    }
    const decoder = Decoder.createSync(picture, { exitOnError: false, threadCount: 2 });
    const filter = FilterAPI.create(chain(picture, { startSeconds, part, format }));
    let count = 0;
    let last: Frame | null = null;
    try {
      for (const frame of filter.framesSync(decoder.framesSync(demuxer.packetsSync(picture.index)))) {
        if (frame === null) continue;
        last?.free();
        last = frame.clone();
        yield frame;
        count += 1;
        if (count === part.frameCount) return;
      }
      if (last === null) throw new MediumProblem("empty");
      for (; count < part.frameCount; count += 1) {
        const again: Frame | null = last.clone();
        if (again !== null) yield again;
      }
    } finally {
      last?.free();
      filter.close();
      decoder.close();
    }
  } finally {
    demuxer.closeSync();
  }
}

function chain(
  picture: Stream,
  { startSeconds, part, format }: { startSeconds: number; part: FilmPart; format: FilmFormat },
): string {
  const { width, height, rate } = format;
  const { colorTrc } = picture.codecpar;
  const isHdr = colorTrc === AVCOL_TRC_SMPTE2084 || colorTrc === AVCOL_TRC_ARIB_STD_B67;
  return [
    `setpts=PTS-${startSeconds}/TB`,
    `fps=${rate.num}/${rate.den}:start_time=${part.fromSeconds.toFixed(6)}`,
    ...turning(picture),
    "scale=trunc(iw*sar/2)*2:trunc(ih/2)*2,setsar=1",
    `${isHdr ? FROM_HDR : ""}scale=${width}:${height}:force_original_aspect_ratio=decrease:force_divisible_by=2:flags=bicubic`,
    `pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2:color=black`,
    "setsar=1,format=yuv420p",
  ].join(",");
}

/** Films of telephones lie on their side and say how they are to be turned. */
function turning(picture: Stream): string[] {
  switch (quarterTurns(picture)) {
    case 1:
      return ["transpose=clock"];
    case 2:
      return ["hflip,vflip"];
    case 3:
      return ["transpose=cclock"];
    default:
      return [];
  }
}

/** Clockwise, by the matrix of the film: fixed point, 16 bits behind the point. */
export function quarterTurns({ codecpar }: Stream): number {
  const matrix = codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX);
  if (matrix === null || matrix.length < 8) return 0;
  const degrees = (Math.atan2(matrix.readInt32LE(4), matrix.readInt32LE(0)) * 180) / Math.PI;
  return (Math.round(degrees / 90) + 4) % 4;
}

/** The parts one after the other; `fadeFrames` of each go over into the next. The caller frees them. */
export function* joinedFrames(parts: FilmPart[], format: FilmFormat, fadeFrames: number): Generator<Frame> {
  let position = 0;
  let current = parts[0] && filmFrames(parts[0], format);
  let skipped = 0;
  for (const [index, part] of parts.entries()) {
    const next = parts[index + 1];
    const following = next && filmFrames(next, format);
    const alone = part.frameCount - skipped - (next === undefined ? 0 : fadeFrames);
    if (current === undefined) return;
    for (let count = 0; count < alone; count += 1) yield stamped(nextOf(current), position++, format);
    if (following !== undefined) {
      for (let count = 0; count < fadeFrames; count += 1) {
        using before = nextOf(current);
        using after = nextOf(following);
        yield stamped(blended(before, after, (count + 1) / (fadeFrames + 1)), position++, format);
      }
    }
    current.return(undefined);
    current = following;
    skipped = fadeFrames;
  }
}

function nextOf(frames: Generator<Frame>): Frame {
  const next = frames.next();
  if (next.done === true) throw new MediumProblem("truncated");
  return next.value;
}

function stamped(frame: Frame, position: number, { rate }: FilmFormat): Frame {
  frame.pts = BigInt(position);
  frame.timeBase = new Rational(rate.den, rate.num);
  frame.duration = 1n;
  // What a frame was in its own film is nothing to the encoder.
  frame.pictType = AV_PICTURE_TYPE_NONE;
  return frame;
}

/** @param share of the latter, from 0 to 1. */
function blended(before: Frame, after: Frame, share: number): Frame {
  const bytes = before.toBuffer();
  const others = after.toBuffer();
  const weight = Math.round(share * 256);
  for (let index = 0; index < bytes.length; index += 1) {
    bytes[index] = ((bytes[index] ?? 0) * (256 - weight) + (others[index] ?? 0) * weight) >> 8;
  }
  return Frame.fromVideoBuffer(bytes, {
    width: before.width,
    height: before.height,
    format: AV_PIX_FMT_YUV420P,
    timeBase: { num: 1, den: 1 },
    sampleAspectRatio: { num: 1, den: 1 },
  });
}
