import { gainTo } from "./audiobook-programme.ts";
import type { MediaMeasure } from "./measure-media.ts";
import { clipOf, type Programme } from "./programme.ts";

/** Where nothing else says how long the other tracks fade at the end. */
const FADE_SECONDS = 1.5;
/** Tracks of unlike loudness are brought here before their volume is set. */
const TRACK_LUFS = -18;

export type Track = Pick<MediaMeasure, "durationSeconds" | "lufs" | "channelCount"> & { path: string };

/**
 * Tracks laid over each other. The first is the main one: the others are as loud as it plus `bedVolumeDb`, last as long, and are lowered
 * by `duckingDb` while it is heard. One track alone stays as it is.
 * @param lengthSeconds of the whole; left out: of the first track.
 */
export function mixedProgramme(
  tracks: Track[],
  options: {
    sampleRate: number;
    bedVolumeDb: number;
    duckingDb: number;
    loops: boolean;
    lengthSeconds?: number;
  },
): Programme {
  const [lead, ...beds] = tracks;
  if (lead === undefined) throw new Error("there is no track");
  const lengthSeconds = options.lengthSeconds ?? lead.durationSeconds;
  const first = clipOf(lead.path, {
    lengthSeconds: Math.min(lead.durationSeconds, lengthSeconds),
    gainDb: beds.length === 0 ? 0 : gainTo(TRACK_LUFS, lead),
  });
  const others = beds.map((bed) =>
    clipOf(bed.path, {
      lengthSeconds: options.loops ? lengthSeconds : Math.min(bed.durationSeconds, lengthSeconds),
      gainDb: gainTo(TRACK_LUFS + options.bedVolumeDb, bed),
      fadeOutSeconds: Math.min(FADE_SECONDS, lengthSeconds / 2),
      loops: options.loops,
      isBed: true,
    }),
  );
  return {
    sampleRate: options.sampleRate,
    channelCount: tracks.some(({ channelCount }) => channelCount > 1) ? 2 : 1,
    durationSeconds: lengthSeconds,
    clips: [first, ...others],
    duckingDb: options.duckingDb,
  };
}
