import type { FilmRequest } from "../media/film-request.ts";
import { wordTimes } from "../media/word-times.ts";
import type { HeardText } from "../workflow/ports.ts";
import type { Json } from "../workflow/values.ts";
import { ComposeFailure, type ComposeContext, type ComposeFile, type Composer } from "./composer.ts";
import { composeFilm, filmPictures, filmSize } from "./film-files.ts";
import { heardIn } from "./heard-texts.ts";
import { spokenText } from "./spoken-text.ts";

/** Pictures or clips, voices and music as one film: vertical, square or wide. */
export const composeShort: Composer = async ({ prompt, parameters }, context) => {
  const texts = sceneTexts(parameters["scenes"]);
  const [pictures, voices, music, results] = await Promise.all([
    scenePictures(parameters["images"], texts.length, context),
    context.files(parameters["speech"]),
    context.files(parameters["music"]),
    context.results(),
  ]);
  const heard = heardIn(parameters["transcript"], results);
  const request: Omit<FilmRequest, "path" | "folder"> = {
    ...filmSize(parameters["format"]),
    title: textOf(parameters["title"]),
    captions: captionsOf(parameters["captions"]),
    texts,
    pictures: await filmPictures(pictures),
    speeches: spokenScenes(
      voices.map((voice, index) => timedVoice(voice, { heard: heard[voice.item ?? index] ?? null, texts })),
      texts.length,
    ),
    music: music[0]?.path ?? null,
    musicVolume: Number(parameters["music_volume"] ?? 0.4),
    seconds: null,
  };
  return await composeFilm(request, { name: prompt, context });
};

/**
 * The pictures. Where one of a list with an entry for each scene is missing because its item failed, its scene shows the
 * one before it, so that the others stay with theirs.
 */
export async function scenePictures(
  given: Json | undefined,
  sceneCount: number,
  { files }: Pick<ComposeContext, "files">,
): Promise<ComposeFile[]> {
  const entries = Array.isArray(given) ? given.flat() : [];
  if (entries.length !== sceneCount || !entries.includes(null)) return await files(given);
  const found: (ComposeFile | undefined)[] = [];
  for (const entry of entries) found.push((await files(entry))[0]);
  return found.flatMap((_, scene) => {
    const picture = found.slice(0, scene + 1).findLast((file) => file !== undefined);
    return picture ?? found.find((file) => file !== undefined) ?? [];
  });
}

/** A voice that does not time its own words has those of a transcript, if somebody has listened to it. */
function timedVoice(
  voice: ComposeFile,
  { heard, texts }: { heard: HeardText | null; texts: readonly string[] },
): ComposeFile {
  const { durationSeconds } = voice;
  if (voice.words || !heard || durationSeconds === undefined) return voice;
  const written = voice.item === undefined ? texts.join(" ") : (texts[voice.item] ?? "");
  const known = voice.spokenText ?? (written === "" ? undefined : written);
  const timed = wordTimes({ transcriptWords: heard.words, spokenText: known, durationSeconds });
  return timed.origin === "transcript" ? { ...voice, words: timed.words } : voice;
}

/** One entry for each scene. A voice of a list goes to the scene of its item, so that one that failed moves no other. */
function spokenScenes(voices: readonly ComposeFile[], sceneCount: number): FilmRequest["speeches"] {
  const spoken = voices.map(({ path, words, spokenText: text, item }) => ({
    item,
    speech: { path, words: words ?? null, text: text ?? "" },
  }));
  const last = Math.max(-1, ...spoken.map(({ item }) => item ?? -1));
  const isByItem =
    spoken.length > 0 && spoken.every(({ item }) => item !== undefined) && last < Math.max(sceneCount, 1);
  if (!isByItem || (spoken.length === 1 && sceneCount < 2)) return spoken.map(({ speech }) => speech);
  return Array.from(
    { length: Math.max(sceneCount, last + 1) },
    (_, scene) => spoken.find(({ item }) => item === scene)?.speech ?? null,
  );
}

function captionsOf(value: Json | undefined): FilmRequest["captions"] {
  return value === "sentence" || value === "none" ? value : "word";
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? spokenText(value) : "";
}

/** Under which names models put what is said in a scene, best first. */
const TEXT_KEYS = ["text", "narration", "voice_over", "spoken_text", "caption", "line"];

/**
 * The texts of scenes: of a list of texts or of objects that hold one, of an object that holds such a list, or the paragraphs of
 * a text.
 * @throws ComposeFailure where it is something else.
 */
function sceneTexts(value: Json | undefined): string[] {
  if (value === undefined || value === null || value === "") return [];
  if (typeof value === "string")
    return value
      .split(/\n\s*\n/)
      .map(spokenText)
      .filter((text) => text !== "");
  if (Array.isArray(value)) return value.map(sceneText);
  const list = typeof value === "object" ? Object.values(value).find(Array.isArray) : undefined;
  if (Array.isArray(list)) return list.map(sceneText);
  throw new ComposeFailure({
    fr: "Les scènes doivent être une liste : de textes, ou d’objets dont « text » est ce qui se dit. Donnez par exemple {step1_output.scenes}.",
    en: "Scenes have to be a list: of texts, or of objects whose “text” is what is said. Give for example {step1_output.scenes}.",
  });
}

function sceneText(scene: Json): string {
  if (typeof scene === "string") return spokenText(scene);
  if (scene === null || typeof scene !== "object" || Array.isArray(scene)) return "";
  const written = TEXT_KEYS.map((key) => scene[key]).find((text) => typeof text === "string");
  return typeof written === "string" ? spokenText(written) : "";
}
