import {
  AV_DISPOSITION_ATTACHED_PIC,
  AV_LOG_FATAL,
  AV_PKT_DATA_DISPLAYMATRIX,
  AVCOL_TRC_ARIB_STD_B67,
  AVCOL_TRC_SMPTE2084,
  AVMEDIA_TYPE_VIDEO,
  Demuxer,
  Log,
  type Stream,
} from "node-av";
import { FittingFailure, type WantedSize } from "./fitted-media.ts";
import { UNTRUSTED_INPUT } from "./untrusted-input.ts";

// This file loads FFmpeg (a GPL build), so only workers that `runInChild` starts may import it.

/** A frame of 8K. */
const MAX_PIXELS = 36_000_000;
/** Light beyond what screens show, brought into their range. */
const TO_STANDARD_RANGE =
  "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv,format=yuv420p";

export interface OpenFilm {
  demuxer: Demuxer;
  picture: Stream;
  /** What puts it upright with square pixels in the usual range of light, each with a comma behind it. */
  upright: string;
  /** Pixels, so put. */
  width: number;
  height: number;
  /** 0 where the file says nothing. */
  seconds: number;
}

/**
 * Opens a film of others by its content, whatever its name; reads that file alone. Close `demuxer` after use.
 * @throws FittingFailure where it is none, or too large.
 */
export function openFilm(path: string): OpenFilm {
  Log.setLevel(AV_LOG_FATAL);
  const demuxer = opened(path);
  const picture = demuxer.streams.find(
    (stream) =>
      stream.codecpar.codecType === AVMEDIA_TYPE_VIDEO && !stream.hasDisposition(AV_DISPOSITION_ATTACHED_PIC),
  );
  if (!picture) throw new FittingFailure("no_picture");
  const { codecpar } = picture;
  if (codecpar.width * codecpar.height > MAX_PIXELS) throw new FittingFailure("too_many_pixels");
  if (codecpar.width < 2 || codecpar.height < 2) throw new FittingFailure("damaged");
  const isBright = codecpar.colorTrc === AVCOL_TRC_SMPTE2084 || codecpar.colorTrc === AVCOL_TRC_ARIB_STD_B67;
  const turn = turnOf(codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX));
  const { num, den } = codecpar.sampleAspectRatio;
  const stretched = {
    width: Math.max(2, Math.round((codecpar.width * (num || 1)) / (den || 1))),
    height: codecpar.height,
  };
  const isOnItsSide = turn.startsWith("transpose");
  return {
    demuxer,
    picture,
    upright: [
      ...(isBright ? [TO_STANDARD_RANGE] : []),
      ...(stretched.width === codecpar.width ? [] : [`scale=${stretched.width}:${stretched.height}`]),
      "setsar=1",
      ...(turn === "" ? [] : [turn]),
    ]
      .map((filter) => `${filter},`)
      .join(""),
    width: isOnItsSide ? stretched.height : stretched.width,
    height: isOnItsSide ? stretched.width : stretched.height,
    seconds: demuxer.duration > 0 ? demuxer.duration : 0,
  };
}

function opened(path: string): Demuxer {
  try {
    return Demuxer.openSync(path, { options: UNTRUSTED_INPUT });
  } catch (error) {
    throw new FittingFailure("unreadable", { cause: error });
  }
}

/** The filter that turns a film upright which was taken with a turned camera (matrix of ISO/IEC 14496-12, 8.3.2). */
function turnOf(matrix: Buffer | null): string {
  if (matrix === null || matrix.length < 36) return "";
  const degrees = (Math.atan2(matrix.readInt32LE(4), matrix.readInt32LE(0)) * 180) / Math.PI;
  const turn = (Math.round(degrees / 90) * 90 + 360) % 360;
  return { 90: "transpose=clock", 180: "hflip,vflip", 270: "transpose=cclock" }[turn] ?? "";
}

/** The filter that brings a film to the size that is wanted; codecs take even sides only. */
export function fittingFilter(film: Pick<OpenFilm, "width" | "height">, wanted: WantedSize): string {
  const { width, height, fit } = completeSize(film, wanted);
  if (fit === "cover") {
    return `scale=${width}:${height}:force_original_aspect_ratio=increase:flags=lanczos,crop=${width}:${height}`;
  }
  const whole = `scale=${width}:${height}:force_original_aspect_ratio=decrease:force_divisible_by=2:flags=lanczos`;
  return fit === "inside" ? whole : `${whole},pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2`;
}

function completeSize(film: Pick<OpenFilm, "width" | "height">, wanted: WantedSize) {
  const ratio = film.width / film.height;
  const { fit } = wanted;
  const width = wanted.width ?? (wanted.height === null ? film.width : wanted.height * ratio);
  const height = wanted.height ?? width / ratio;
  const isLarger = fit === "inside" && width >= film.width && height >= film.height;
  return isLarger
    ? { width: even(film.width), height: even(film.height), fit }
    : { width: even(width), height: even(height), fit };
}

function even(side: number): number {
  return Math.max(2, Math.round(side / 2) * 2);
}
