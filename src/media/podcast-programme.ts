import { gainTo, heardPart, type SpokenFile } from "./audiobook-programme.ts";
import { type Clip, clipOf, type Programme } from "./programme.ts";

/** What everything is brought to before it is mixed; the whole is measured and corrected afterwards. */
const VOICE_LUFS = -17;
const JINGLE_LUFS = -18;
/** A jingle is heard so long alone, and goes on fading under the first words. */
const INTRO_SECONDS = 5;
const INTRO_FADE_SECONDS = 2.5;
const INTRO_OVERLAP_SECONDS = 1.5;
/** At the end it rises under the last words. */
const OUTRO_SECONDS = 7;
const OUTRO_RISE_SECONDS = 1.2;
const OUTRO_FADE_SECONDS = 3.5;
/** Without a jingle. */
const SILENCE_SECONDS = 0.4;
/** Shorter lines cannot be measured well: they take the gain of the same voice. */
const MIN_MEASURED_SECONDS = 1.5;

/** A line that somebody says. */
export interface PodcastLine {
  spoken: SpokenFile;
  speaker: string;
}

/** When a line is heard, in seconds. */
export interface LineTime {
  start: number;
  end: number;
}

/**
 * Lines one after the other with a pause between them, each voice at one loudness, the jingle before and after. Whoever
 * goes on speaking pauses half as long as who is answered.
 */
export function podcastProgramme(
  { lines, jingle, pauseSeconds }: { lines: PodcastLine[]; jingle: SpokenFile | null; pauseSeconds: number },
  format: Pick<Programme, "sampleRate" | "channelCount">,
): { programme: Programme; times: LineTime[] } {
  const gains = gainsOf(lines);
  const intro = jingle === null ? [] : [introOf(jingle)];
  let at = introSeconds(jingle);
  const times: LineTime[] = [];
  const clips = lines.map(({ spoken, speaker }, index) => {
    const before = lines[index - 1];
    if (before !== undefined) at += before.speaker === speaker ? pauseSeconds / 2 : pauseSeconds;
    const part = heardPart(spoken);
    const clip = clipOf(spoken.path, { ...part, startSeconds: at, gainDb: gains[index] ?? 0 });
    times.push({ start: at, end: at + part.lengthSeconds });
    at += part.lengthSeconds;
    return clip;
  });
  const outro = jingle === null ? null : outroOf(jingle, at);
  const durationSeconds = outro === null ? at + SILENCE_SECONDS : outro.startSeconds + outro.lengthSeconds;
  return {
    programme: {
      ...format,
      clips: [...intro, ...clips, ...(outro === null ? [] : [outro])],
      durationSeconds,
      duckingDb: 14,
    },
    times,
  };
}

/** Every line of a voice gets the same gain, by the median of what could be measured, so that quiet words stay quiet. */
function gainsOf(lines: PodcastLine[]): number[] {
  const bySpeaker = new Map<string, number[]>();
  for (const { spoken, speaker } of lines) {
    if (spoken.lufs === null || spoken.durationSeconds < MIN_MEASURED_SECONDS) continue;
    bySpeaker.set(speaker, [...(bySpeaker.get(speaker) ?? []), spoken.lufs]);
  }
  return lines.map(({ spoken, speaker }) => {
    const measured = (bySpeaker.get(speaker) ?? []).toSorted((one, other) => one - other);
    const median = measured[Math.floor(measured.length / 2)];
    return gainTo(VOICE_LUFS, { lufs: median ?? spoken.lufs });
  });
}

function introSeconds(jingle: SpokenFile | null): number {
  if (jingle === null) return SILENCE_SECONDS;
  const { lengthSeconds } = introOf(jingle);
  return Math.max(SILENCE_SECONDS, lengthSeconds - INTRO_OVERLAP_SECONDS);
}

function introOf(jingle: SpokenFile): Clip {
  const part = heardPart(jingle);
  return clipOf(jingle.path, {
    fromSeconds: part.fromSeconds,
    lengthSeconds: Math.min(part.lengthSeconds, INTRO_SECONDS + INTRO_OVERLAP_SECONDS),
    gainDb: gainTo(JINGLE_LUFS, jingle),
    fadeOutSeconds: INTRO_FADE_SECONDS,
    isBed: true,
  });
}

function outroOf(jingle: SpokenFile, after: number): Clip {
  const part = heardPart(jingle);
  return clipOf(jingle.path, {
    fromSeconds: part.fromSeconds,
    startSeconds: Math.max(0, after - OUTRO_RISE_SECONDS),
    lengthSeconds: Math.min(part.lengthSeconds, OUTRO_SECONDS),
    gainDb: gainTo(JINGLE_LUFS, jingle),
    fadeInSeconds: OUTRO_RISE_SECONDS,
    fadeOutSeconds: OUTRO_FADE_SECONDS,
    isBed: true,
  });
}
