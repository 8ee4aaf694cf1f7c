import path from "node:path";
import { mixedProgramme } from "../media/mixed-programme.ts";
import { renderSound } from "../media/render-sound.ts";
import { ComposeFailure, type ComposeContext, type Composed, type ComposeRequest } from "./composer.ts";
import { fileName, firstLine, numberOf, textOf } from "./given-text.ts";
import { measuredFiles } from "./measured-files.ts";

const SAMPLE_RATE = 44_100;
const MEASURING_SHARE = 0.3;
const TRUE_PEAK = -1;

/** Tracks laid over each other become an MP3 with its tags and cover. */
export async function composeMix(request: ComposeRequest, context: ComposeContext): Promise<Composed> {
  const { parameters, prompt } = request;
  const { signal } = context;
  const files = await context.files(parameters["tracks"]);
  const tracks = await measuredFiles(
    files,
    {
      sampleRate: SAMPLE_RATE,
      needs: "sound",
      names: (index) => ({ fr: `La piste ${index + 1}`, en: `Track ${index + 1}` }),
    },
    { signal, onProgress: (fraction) => context.onProgress(fraction * MEASURING_SHARE) },
  );
  const programme = mixedProgramme(tracks, {
    sampleRate: SAMPLE_RATE,
    bedVolumeDb: numberOf(parameters["bed_volume"], -6),
    duckingDb: numberOf(parameters["ducking"], 0),
    loops: parameters["loop"] !== false,
  });
  const [cover] = await context.files(parameters["cover"]);
  const title = firstLine(prompt) || firstLine(request.topic);
  const { loudness } = parameters;
  const mp3 = path.join(context.folder, "mix.mp3");
  const rendered = await renderSound(
    {
      programme,
      chapters: [],
      loudness: typeof loudness === "number" ? { lufs: loudness, truePeak: TRUE_PEAK } : null,
      files: [{ path: mp3, format: "mp3" }],
      tags: {
        title,
        artist: firstLine(textOf(parameters["artist"])),
        album: firstLine(textOf(parameters["album"])),
        genre: firstLine(textOf(parameters["genre"])),
        language: "",
        comment: "",
      },
      coverPath: cover?.path ?? null,
    },
    {
      signal,
      onProgress: (fraction) => context.onProgress(MEASURING_SHARE + fraction * (1 - MEASURING_SHARE)),
    },
  );
  if (rendered.lufs === null) {
    throw new ComposeFailure({
      fr: "Les pistes ne contiennent que du silence. Donnez d’autres pistes à cette étape.",
      en: "The tracks hold nothing but silence. Give this step other tracks.",
    });
  }
  return {
    medium: "audio",
    files: [{ path: mp3, name: fileName(title, "mix", "mp3"), mediaType: "audio/mpeg" }],
  };
}
