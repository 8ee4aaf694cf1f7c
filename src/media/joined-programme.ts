import type { MediaMeasure } from "./measure-media.ts";
import { type Clip, clipOf, type Programme } from "./programme.ts";

/** A file and how long it is heard. */
export interface Part {
  path: string;
  durationSeconds: number;
  hasSound: boolean;
}

/** So short that no click is heard where two parts meet. */
const DECLICK_SECONDS = 0.005;

/**
 * Parts one after the other: with silence between them, or the end of each over the beginning of the next. No cross-fade is longer than half
 * of the shortest part. Null where none has sound.
 */
export function joinedProgramme(
  parts: Part[],
  options: Pick<Programme, "sampleRate" | "channelCount"> & { gapSeconds: number; fadeSeconds: number },
): Programme | null {
  const { sampleRate, channelCount, gapSeconds } = options;
  const fadeSeconds = longestFade(parts, options.fadeSeconds);
  let at = 0;
  const clips: Clip[] = [];
  for (const [index, part] of parts.entries()) {
    const isFirst = index === 0;
    const isLast = index === parts.length - 1;
    if (part.hasSound) {
      clips.push(
        clipOf(part.path, {
          startSeconds: at,
          lengthSeconds: part.durationSeconds,
          fadeInSeconds: isFirst ? 0 : Math.max(fadeSeconds, DECLICK_SECONDS),
          fadeOutSeconds: isLast ? 0 : Math.max(fadeSeconds, DECLICK_SECONDS),
        }),
      );
    }
    at += part.durationSeconds + (isLast ? 0 : gapSeconds - fadeSeconds);
  }
  if (clips.length === 0) return null;
  return { sampleRate, channelCount, durationSeconds: at, clips, duckingDb: 0 };
}

/** The cross-fade that is asked for, or what the shortest part leaves. */
export function longestFade(parts: Pick<Part, "durationSeconds">[], fadeSeconds: number): number {
  if (parts.length < 2) return 0;
  return Math.min(fadeSeconds, ...parts.map(({ durationSeconds }) => durationSeconds / 2));
}

/** The whole of a file as a part; a film by its picture. */
export function partOf({ path, ...measure }: MediaMeasure & { path: string }): Part {
  const { hasSound, picture, durationSeconds } = measure;
  return { path, hasSound, durationSeconds: picture?.durationSeconds ?? durationSeconds };
}
