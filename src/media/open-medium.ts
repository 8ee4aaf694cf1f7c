import { closeSync, openSync, readSync } from "node:fs";
import {
  AV_DISPOSITION_ATTACHED_PIC,
  AV_LOG_FATAL,
  AVMEDIA_TYPE_VIDEO,
  Demuxer,
  Log,
  type Stream,
} from "node-av";
import { MediumProblem } from "./medium-problem.ts";
import { UNTRUSTED_INPUT } from "./untrusted-input.ts";

// This file loads FFmpeg (a GPL build), so only workers that `runInChild` starts may import it.

/** Where an MP3 says how long it is. */
const MP3_HEAD_BYTES = 64 * 1024;

/** A file that is open for reading. Close `demuxer` after use. */
export interface OpenMedium {
  demuxer: Demuxer;
  sound: Stream | null;
  /** Moving pictures; the cover of a song does not count. */
  picture: Stream | null;
  /** Seconds that the file itself claims, where it has an index that can be believed; null elsewhere. */
  claimedSeconds: number | null;
  /** Seconds on the clock of the file at which it starts. */
  startSeconds: number;
}

/**
 * Opens a sound or a film by its content, whatever its name. Reads that file alone: no other file, no network.
 * @throws MediumProblem where it is none.
 */
export function openMedium(path: string): OpenMedium {
  Log.setLevel(AV_LOG_FATAL);
  let demuxer: Demuxer;
  try {
    demuxer = Demuxer.openSync(path, { options: UNTRUSTED_INPUT });
  } catch {
    throw new MediumProblem("unreadable");
  }
  const picture = demuxer.streams.find(
    (stream) =>
      stream.codecpar.codecType === AVMEDIA_TYPE_VIDEO && !stream.hasDisposition(AV_DISPOSITION_ATTACHED_PIC),
  );
  const { duration, startTime } = demuxer;
  return {
    demuxer,
    sound: demuxer.audio() ?? null,
    picture: picture ?? null,
    claimedSeconds: duration > 0 && hasIndex(path, demuxer.formatName) ? duration : null,
    startSeconds: Number.isFinite(startTime) ? startTime : 0,
  };
}

/** Whether a file counts its length; elsewhere FFmpeg guesses it by the size of the file. */
function hasIndex(path: string, format: string): boolean {
  if (format === "mp3") return /Xing|Info|VBRI/.test(headOf(path));
  return /mov|flac|matroska/.test(format);
}

function headOf(path: string): string {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(MP3_HEAD_BYTES);
    return bytes.toString("latin1", 0, readSync(file, bytes, 0, MP3_HEAD_BYTES, 0));
  } finally {
    closeSync(file);
  }
}
