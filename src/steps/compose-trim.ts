import path from "node:path";
import { clipOf } from "../media/programme.ts";
import { renderFilm } from "../media/render-film.ts";
import { ComposeFailure, type ComposeContext, type Composed, type ComposeRequest } from "./composer.ts";
import { firstLine, numberOf } from "./given-text.ts";
import { type MeasuredFile, measuredFiles } from "./measured-files.ts";
import { evenFormat, filmOutput } from "./written-film.ts";
import { writtenSound } from "./written-sound.ts";

const SOUND_RATE = 44_100;
const FILM_SOUND_RATE = 48_000;
const MEASURING_SHARE = 0.2;

/** What lies between two moments of a sound or a film is cut out: exact to a sample, or to a frame. */
export async function composeTrim(request: ComposeRequest, context: ComposeContext): Promise<Composed> {
  const { parameters, prompt } = request;
  const files = await context.files(parameters["media"]);
  const isFilm = files.some(({ medium }) => medium === "video");
  const [measured] = await measuredFiles(
    files,
    {
      sampleRate: isFilm ? FILM_SOUND_RATE : SOUND_RATE,
      needs: isFilm ? "film" : "sound",
      names: () => ({ fr: "Le fichier", en: "The file" }),
    },
    {
      signal: context.signal,
      onProgress: (fraction) => context.onProgress(fraction * MEASURING_SHARE),
    },
  );
  if (measured === undefined) throw new Error("there is no file to cut");
  const duration = measured.picture?.durationSeconds ?? measured.durationSeconds;
  const start = numberOf(parameters["start"], 0);
  const end = Math.min(duration, numberOf(parameters["end"], duration));
  if (start >= end) throw nothingLeft({ start, end, duration });
  const title = firstLine(prompt) || firstLine(request.topic);
  const onProgress = (fraction: number): void =>
    context.onProgress(MEASURING_SHARE + fraction * (1 - MEASURING_SHARE));
  const cut = { title, start, lengthSeconds: end - start };
  if (measured.picture !== null && isFilm) return cutFilm(measured, cut, { ...context, onProgress });
  const clip = clipOf(measured.path, { fromSeconds: start, lengthSeconds: end - start });
  const programme = {
    sampleRate: SOUND_RATE,
    channelCount: measured.channelCount > 1 ? (2 as const) : (1 as const),
    durationSeconds: end - start,
    clips: [clip],
    duckingDb: 0,
  };
  return writtenSound({ programme, title, name: "trim" }, { ...context, onProgress });
}

async function cutFilm(
  { path: source, picture, hasSound }: MeasuredFile,
  { title, start, lengthSeconds }: { title: string; start: number; lengthSeconds: number },
  context: ComposeContext,
): Promise<Composed> {
  const { signal, folder } = context;
  if (picture === null) throw new Error("a film has no picture");
  const format = evenFormat(picture);
  const frameSeconds = format.rate.den / format.rate.num;
  const fromSeconds = Math.round(start / frameSeconds) * frameSeconds;
  const frameCount = Math.max(1, Math.round(lengthSeconds / frameSeconds));
  const durationSeconds = frameCount * frameSeconds;
  const mp4 = path.join(folder, "trim.mp4");
  await renderFilm(
    {
      path: mp4,
      picture: {
        kind: "joined",
        ...format,
        fadeFrames: 0,
        parts: [{ path: source, fromSeconds, frameCount }],
      },
      durationSeconds,
      sound: hasSound
        ? {
            sampleRate: FILM_SOUND_RATE,
            channelCount: 2,
            durationSeconds,
            clips: [clipOf(source, { fromSeconds, lengthSeconds: durationSeconds })],
            duckingDb: 0,
          }
        : null,
      loudness: null,
      title,
    },
    { signal, onProgress: (fraction) => context.onProgress(fraction) },
  );
  return filmOutput(mp4, title, "trim");
}

function nothingLeft({
  start,
  end,
  duration,
}: {
  start: number;
  end: number;
  duration: number;
}): ComposeFailure {
  const [from, to, all] = [start, end, duration].map((seconds) => seconds.toFixed(2));
  return new ComposeFailure({
    fr: `Il n’y a rien de ${withComma(from)} s à ${withComma(to)} s : le fichier dure ${withComma(all)} s. Choisissez un début et une fin dans cette durée.`,
    en: `There is nothing from ${from} s to ${to} s: the file lasts ${all} s. Choose a start and an end within that time.`,
  });
}

function withComma(text = ""): string {
  return text.replace(".", ",");
}
