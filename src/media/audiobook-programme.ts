import type { MediaMeasure } from "./measure-media.ts";
import type { Chapter } from "./mp3-tag.ts";
import { clipOf, type Programme } from "./programme.ts";

/** Before the first word, between chapters, and after the last word. */
const LEAD_IN_SECONDS = 0.6;
const BETWEEN_SECONDS = 1.8;
const LEAD_OUT_SECONDS = 2;
/** Silence that a voice leaves around what it says is cut to this. */
const AROUND_SECONDS = 0.08;
/** Each chapter is brought here; the whole book is measured and corrected afterwards. */
const CHAPTER_LUFS = -18;
const MAX_GAIN_DB = 30;

/** A file of one chapter. */
export type SpokenFile = Pick<
  MediaMeasure,
  "durationSeconds" | "lufs" | "heardFromSeconds" | "heardToSeconds"
> & {
  path: string;
};

/** The gain that brings a file to a loudness; 0 for what is too short to be measured. */
export function gainTo(lufs: number, { lufs: measured }: Pick<MediaMeasure, "lufs">): number {
  return measured === null ? 0 : Math.max(-MAX_GAIN_DB, Math.min(MAX_GAIN_DB, lufs - measured));
}

/** What of a file is heard: without the silence around it. */
export function heardPart(file: SpokenFile): { fromSeconds: number; lengthSeconds: number } {
  if (file.heardToSeconds <= file.heardFromSeconds) {
    return { fromSeconds: 0, lengthSeconds: file.durationSeconds };
  }
  const fromSeconds = Math.max(0, file.heardFromSeconds - AROUND_SECONDS);
  const to = Math.min(file.durationSeconds, file.heardToSeconds + AROUND_SECONDS);
  return { fromSeconds, lengthSeconds: to - fromSeconds };
}

/** Chapters one after the other at one loudness, with a pause between them; a mark stands where each begins. */
export function audiobookProgramme(
  files: { spoken: SpokenFile; title: string }[],
  format: Pick<Programme, "sampleRate" | "channelCount">,
): { programme: Programme; chapters: Chapter[] } {
  let at = LEAD_IN_SECONDS;
  const starts: number[] = [];
  const clips = files.map(({ spoken }) => {
    const part = heardPart(spoken);
    const clip = clipOf(spoken.path, { ...part, startSeconds: at, gainDb: gainTo(CHAPTER_LUFS, spoken) });
    starts.push(starts.length === 0 ? 0 : at - BETWEEN_SECONDS / 2);
    at += part.lengthSeconds + BETWEEN_SECONDS;
    return clip;
  });
  const durationSeconds = at - BETWEEN_SECONDS + LEAD_OUT_SECONDS;
  const chapters = files.map(({ title }, index) => ({
    title,
    start: starts[index] ?? 0,
    end: starts[index + 1] ?? durationSeconds,
  }));
  return { programme: { ...format, clips, durationSeconds, duckingDb: 0 }, chapters };
}
