import type { WordTiming } from "../workflow/ports.ts";
import type { Span } from "./decode-sound.ts";
import { spreadWords, wordTimes } from "./word-times.ts";

/** Pure: when each scene of a film begins, what it shows, and when each word is heard. */

/** A voice, measured. */
export interface PlannedSpeech {
  seconds: number;
  heard: Span[];
  /** When each word is heard, from the start of the sound; null where only the text is known. */
  words: WordTiming[] | null;
  /** What is said; "" where that is not known. */
  text: string;
}

export interface FilmInput {
  /** What is said or shown in each scene; "" where nothing is. */
  texts: string[];
  /** One for each scene (null for a scene without), or a single one for all of them. */
  speeches: (PlannedSpeech | null)[];
  /** Of each picture: how long the clip is, or null for an image. */
  pictures: { seconds: number | null }[];
  /** How long the film is where no voice says so; null where scenes say it themselves. */
  seconds: number | null;
}

/** What is seen from `start` to the next one. */
interface Shot {
  /** Index of the picture. */
  picture: number;
  start: number;
}

export interface FilmPlan {
  seconds: number;
  shots: Shot[];
  /** When each of the speeches begins that are not null. */
  speechStarts: { speech: number; start: number }[];
  /** The words of each scene, from the start of the film. */
  words: WordTiming[][];
}

/** Between one scene's voice and the next. */
const BREATH_SECONDS = 0.25;
/** A silent scene stays as long as reading it takes. */
const READ_WORDS_A_SECOND = 2.6;
const MIN_SILENT_SECONDS = 2.5;
const PICTURE_SECONDS = 3;

export function planFilm(input: FilmInput): FilmPlan {
  const [only] = input.speeches;
  const count = Math.max(input.texts.length, input.speeches.length, 1);
  const isNarrated = input.speeches.length === 1 && only !== null && only !== undefined;
  if (isNarrated) return narratedFilm(input, only);
  const scenes = Math.max(
    count,
    input.texts.length > 0 || input.speeches.length > 0 ? 1 : input.pictures.length,
  );
  const durations = Array.from({ length: scenes }, (_, scene) => sceneSeconds(input, scene, scenes));
  const own = durations.reduce((sum, seconds) => sum + seconds, 0);
  const scale = input.seconds === null || input.speeches.length > 0 ? 1 : input.seconds / own;
  const starts = startsOf(durations.map((seconds) => seconds * scale));
  const seconds = own * scale;
  const speechStarts = input.speeches.flatMap((speech, index) =>
    speech === null ? [] : [{ speech: index, start: starts[index] ?? 0 }],
  );
  const words = starts.map((start, scene) => {
    const speech = input.speeches[scene] ?? null;
    const length = (starts[scene + 1] ?? seconds) - start;
    const silent = { seconds: length, heard: [], words: null, text: input.texts[scene] ?? "" };
    return wordsOf(speech ?? silent, input.texts[scene] ?? "").map((word) => shifted(word, start));
  });
  return { seconds, shots: shotsOf(input, starts, seconds), speechStarts, words };
}

/** One voice for all scenes: each begins with its first word. */
function narratedFilm(input: FilmInput, speech: PlannedSpeech): FilmPlan {
  const { seconds } = speech;
  const words = wordsOf(speech, input.texts.join(" "));
  const scenes = Math.max(1, input.texts.length);
  const lengths = input.texts.map((text) => Math.max(1, tokensOf(text).length));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const firsts = startsOf(lengths).map((before) => Math.round((before / total) * words.length));
  const starts =
    scenes === 1 ? [0] : firsts.map((first, scene) => (scene === 0 ? 0 : (words[first]?.start ?? seconds)));
  return {
    seconds,
    shots: shotsOf(input, starts, seconds),
    speechStarts: [{ speech: 0, start: 0 }],
    words: starts.map((_, scene) => words.slice(firsts[scene] ?? 0, firsts[scene + 1] ?? words.length)),
  };
}

function sceneSeconds({ texts, speeches, pictures }: FilmInput, scene: number, scenes: number): number {
  const speech = speeches[scene];
  if (speech) return speech.seconds + BREATH_SECONDS;
  const clips = picturesOf(pictures.length, scene, scenes).map((index) => pictures[index]?.seconds ?? null);
  const shown = clips.reduce<number>((sum, seconds) => sum + (seconds ?? PICTURE_SECONDS), 0);
  const text = texts[scene] ?? "";
  if (text === "" || clips.some((seconds) => seconds !== null)) return Math.max(1, shown);
  return Math.max(MIN_SILENT_SECONDS, tokensOf(text).length / READ_WORDS_A_SECOND);
}

/** Which pictures a scene shows: its share of them; where there are fewer than scenes, one stays for several. */
function picturesOf(pictures: number, scene: number, scenes: number): number[] {
  if (pictures === 0) return [];
  const first = Math.floor((scene * pictures) / scenes);
  const next = Math.floor(((scene + 1) * pictures) / scenes);
  return Array.from({ length: Math.max(1, next - first) }, (_, index) => first + index);
}

function shotsOf({ pictures }: FilmInput, starts: number[], seconds: number): Shot[] {
  const shots: Shot[] = [];
  for (const [scene, start] of starts.entries()) {
    const shown = picturesOf(pictures.length, scene, starts.length);
    const end = starts[scene + 1] ?? seconds;
    for (const [index, picture] of shown.entries()) {
      if (shots.at(-1)?.picture === picture) continue;
      shots.push({ picture, start: start + ((end - start) * index) / shown.length });
    }
  }
  return shots;
}

function startsOf(lengths: number[]): number[] {
  let end = 0;
  return lengths.map((length) => {
    const start = end;
    end += length;
    return start;
  });
}

function shifted({ word, start, end }: WordTiming, by: number): WordTiming {
  return { word, start: start + by, end: end + by };
}

/** As its author wrote them, at the times of the voice where these are known, otherwise spread over what is heard of it. */
function wordsOf(speech: PlannedSpeech, sceneText: string): WordTiming[] {
  const { seconds, words, text, heard } = speech;
  if (words !== null && words.length > 0) {
    const timed = wordTimes({ words, spokenText: text, durationSeconds: seconds });
    return timed.origin === "voice" ? timed.words : words;
  }
  const from = heard[0]?.start ?? 0;
  const to = heard.at(-1)?.end ?? seconds;
  return spreadWords(text === "" ? sceneText : text, to - from).map((word) => shifted(word, from));
}

/** Written words. No-break spaces do not part them. */
function tokensOf(text: string): string[] {
  return text.split(/[ \t\n\r]+/).filter((token) => token !== "");
}
