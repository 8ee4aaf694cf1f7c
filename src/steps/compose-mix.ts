import path from "node:path";
import { mixedProgramme, type Track } from "../media/mixed-programme.ts";
import type { Programme } from "../media/programme.ts";
import { renderFilm } from "../media/render-film.ts";
import type { ComposeContext, Composed, ComposeRequest } from "./composer.ts";
import { firstLine, numberOf, textOf } from "./given-text.ts";
import { type MeasuredFile, measuredFiles } from "./measured-files.ts";
import { evenFormat, filmOutput } from "./written-film.ts";
import { writtenSound } from "./written-sound.ts";

const SOUND_RATE = 44_100;
const FILM_SOUND_RATE = 48_000;
const MEASURING_SHARE = 0.3;
const TRUE_PEAK = -1;

/** Tracks laid over each other become an MP3 with its tags and cover, or the sound of a film whose picture stays as it is. */
export async function composeMix(request: ComposeRequest, context: ComposeContext): Promise<Composed> {
  const { parameters, prompt } = request;
  const { signal } = context;
  const files = await context.files(parameters["tracks"]);
  const films = await context.files(parameters["video"]);
  const sampleRate = films.length > 0 ? FILM_SOUND_RATE : SOUND_RATE;
  const measuring = (part: number) => ({
    signal,
    onProgress: (fraction: number): void => context.onProgress(((part + fraction) / 2) * MEASURING_SHARE),
  });
  const tracks = await measuredFiles(
    files,
    {
      sampleRate,
      needs: "sound",
      names: (index) => ({ fr: `La piste ${index + 1}`, en: `Track ${index + 1}` }),
    },
    measuring(0),
  );
  const [film] = await measuredFiles(
    films,
    { sampleRate, needs: "film", names: () => ({ fr: "La vidéo", en: "The video" }) },
    measuring(1),
  );
  const options = {
    sampleRate,
    bedVolumeDb: numberOf(parameters["bed_volume"], -6),
    duckingDb: numberOf(parameters["ducking"], 0),
    loops: parameters["loop"] !== false,
  };
  const level = parameters["loudness"];
  const loudness = typeof level === "number" ? { lufs: level, truePeak: TRUE_PEAK } : null;
  const title = firstLine(prompt) || firstLine(request.topic);
  const onProgress = (fraction: number): void =>
    context.onProgress(MEASURING_SHARE + fraction * (1 - MEASURING_SHARE));
  if (film !== undefined) {
    // The sound of the film itself is one more track, below the others.
    const own: Track[] = parameters["video_sound"] === "mix" && film.hasSound ? [film] : [];
    const programme = mixedProgramme([...tracks, ...own], {
      ...options,
      lengthSeconds: film.picture?.durationSeconds ?? film.durationSeconds,
    });
    return soundUnderFilm(film, { programme, loudness, title }, { ...context, onProgress });
  }
  return taggedMix(
    request,
    { programme: mixedProgramme(tracks, options), title, loudness },
    {
      ...context,
      onProgress,
    },
  );
}

async function taggedMix(
  { parameters }: ComposeRequest,
  sound: MixedSound,
  context: ComposeContext,
): Promise<Composed> {
  const [cover] = await context.files(parameters["cover"]);
  const tags = {
    artist: firstLine(textOf(parameters["artist"])),
    album: firstLine(textOf(parameters["album"])),
    genre: firstLine(textOf(parameters["genre"])),
  };
  return writtenSound({ ...sound, name: "mix", tags, coverPath: cover?.path ?? null }, context);
}

interface MixedSound {
  programme: Programme;
  loudness: { lufs: number; truePeak: number } | null;
  title: string;
}

async function soundUnderFilm(
  { path: source, picture }: MeasuredFile,
  sound: MixedSound,
  context: ComposeContext,
): Promise<Composed> {
  const { signal, folder } = context;
  if (picture === null) throw new Error("a film has no picture");
  const { programme, loudness, title } = sound;
  const { durationSeconds } = programme;
  const format = evenFormat(picture);
  const frameCount = Math.max(1, Math.round((durationSeconds * format.rate.num) / format.rate.den));
  const mp4 = path.join(folder, "mix.mp4");
  await renderFilm(
    {
      path: mp4,
      picture: picture.fitsMp4
        ? { kind: "copy", path: source }
        : { kind: "joined", ...format, fadeFrames: 0, parts: [{ path: source, fromSeconds: 0, frameCount }] },
      durationSeconds,
      sound: { ...programme, channelCount: 2 },
      loudness,
      title,
    },
    { signal, onProgress: (fraction) => context.onProgress(fraction) },
  );
  return filmOutput(mp4, title, "mix");
}
