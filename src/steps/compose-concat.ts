import path from "node:path";
import { joinedProgramme, longestFade, type Part, partOf } from "../media/joined-programme.ts";
import { renderFilm } from "../media/render-film.ts";
import { ComposeFailure, type ComposeContext, type Composed, type ComposeRequest } from "./composer.ts";
import { evenFormat, filmOutput } from "./written-film.ts";
import { firstLine, numberOf } from "./given-text.ts";
import { type MeasuredFile, measuredFiles } from "./measured-files.ts";
import { writtenSound } from "./written-sound.ts";

const SOUND_RATE = 44_100;
const FILM_SOUND_RATE = 48_000;
const MEASURING_SHARE = 0.2;

/** Sounds or films are joined, in order; films are brought to the size and the rate of the first. */
export async function composeConcat(request: ComposeRequest, context: ComposeContext): Promise<Composed> {
  const { parameters, prompt } = request;
  const files = await context.files(parameters["media"]);
  const areFilms = files.some(({ medium }) => medium === "video");
  if (areFilms && files.some(({ medium }) => medium !== "video")) throw mixedMedia();
  const measured = await measuredFiles(
    files,
    {
      sampleRate: areFilms ? FILM_SOUND_RATE : SOUND_RATE,
      needs: areFilms ? "film" : "sound",
      names: (index) => ({ fr: `Le morceau ${index + 1}`, en: `Part ${index + 1}` }),
    },
    {
      signal: context.signal,
      onProgress: (fraction) => context.onProgress(fraction * MEASURING_SHARE),
    },
  );
  const title = firstLine(prompt) || firstLine(request.topic);
  const gapSeconds = numberOf(parameters["gap"], 0);
  // Where parts go over into each other, nothing is between them.
  const fadeSeconds = gapSeconds > 0 ? 0 : numberOf(parameters["crossfade"], 0);
  const onProgress = (fraction: number): void =>
    context.onProgress(MEASURING_SHARE + fraction * (1 - MEASURING_SHARE));
  if (areFilms) return joinFilms(measured, { title, fadeSeconds, onProgress, context });
  const programme = joinedProgramme(measured.map(partOf), {
    sampleRate: SOUND_RATE,
    channelCount: measured.some(({ channelCount }) => channelCount > 1) ? 2 : 1,
    gapSeconds,
    fadeSeconds,
  });
  if (programme === null) throw new Error("a sound has no sound");
  return writtenSound({ programme, title, name: "concat" }, { ...context, onProgress });
}

async function joinFilms(
  films: MeasuredFile[],
  options: {
    title: string;
    fadeSeconds: number;
    onProgress: (fraction: number) => void;
    context: ComposeContext;
  },
): Promise<Composed> {
  const { title, onProgress, context } = options;
  const [first] = films;
  if (first?.picture === undefined || first.picture === null)
    throw new Error("the first film has no picture");
  const format = evenFormat(first.picture);
  const frameSeconds = format.rate.den / format.rate.num;
  const counts = films.map((film) => Math.max(2, Math.round(partOf(film).durationSeconds / frameSeconds)));
  // Sound and picture of each part end on the same frame.
  const parts = films.map((film, index): Part => ({
    ...partOf(film),
    durationSeconds: (counts[index] ?? 2) * frameSeconds,
  }));
  const fadeFrames = Math.floor(longestFade(parts, options.fadeSeconds) / frameSeconds);
  const sound = joinedProgramme(parts, {
    sampleRate: FILM_SOUND_RATE,
    channelCount: 2,
    gapSeconds: 0,
    fadeSeconds: fadeFrames * frameSeconds,
  });
  const frameCount = counts.reduce((sum, count) => sum + count, 0) - fadeFrames * (films.length - 1);
  const durationSeconds = frameCount * frameSeconds;
  const mp4 = path.join(context.folder, "concat.mp4");
  await renderFilm(
    {
      path: mp4,
      picture: {
        kind: "joined",
        ...format,
        fadeFrames,
        parts: films.map(({ path: source }, index) => ({
          path: source,
          fromSeconds: 0,
          frameCount: counts[index] ?? 2,
        })),
      },
      durationSeconds,
      sound: sound === null ? null : { ...sound, durationSeconds },
      loudness: null,
      title,
    },
    { signal: context.signal, onProgress },
  );
  return filmOutput(mp4, title, "concat");
}

function mixedMedia(): ComposeFailure {
  return new ComposeFailure({
    fr: "Des sons et des vidéos ne peuvent pas être mis bout à bout ensemble. Donnez à cette étape seulement des sons, ou seulement des vidéos.",
    en: "Sounds and videos cannot be joined with each other. Give this step sounds only, or videos only.",
  });
}
