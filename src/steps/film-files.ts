import { titleForFile } from "../workflow/result-names.ts";
import { open } from "node:fs/promises";
import path from "node:path";
import type { LocalText } from "../errors.ts";
import type { FilmAnswer, FilmRequest, UnusableInput } from "../media/film-request.ts";
import { makeFilm } from "../media/make-film.ts";
import { isMarkedCard } from "../providers/local/card-mark.ts";
import type { Json } from "../workflow/values.ts";
import { ComposeFailure, type ComposeContext, type Composed, type ComposeFile } from "./composer.ts";

// What the steps that make films have in common: what goes into a film, and what is said where it cannot be made.

/** Pixels of a film, by its shape. */
const FILM_SIZES: Readonly<Record<string, { width: number; height: number }>> = {
  "9:16": { width: 1_080, height: 1_920 },
  "1:1": { width: 1_080, height: 1_080 },
  "16:9": { width: 1_920, height: 1_080 },
};

export function filmSize(format: Json | undefined): { width: number; height: number } {
  const size = typeof format === "string" ? FILM_SIZES[format] : undefined;
  return size ?? { width: 1_080, height: 1_920 };
}

/** Where a card says that it is one. */
const HEAD_BYTES = 1_024;

export async function filmPictures(files: readonly ComposeFile[]): Promise<FilmRequest["pictures"]> {
  return await Promise.all(
    files.map(async ({ path: place, medium }) => ({
      path: place,
      kind: medium === "video" ? ("video" as const) : ("image" as const),
      hasWordsAtFoot: medium === "image" && isMarkedCard(await headOf(place)),
    })),
  );
}

async function headOf(place: string): Promise<Uint8Array> {
  await using file = await open(place);
  const { buffer, bytesRead } = await file.read(new Uint8Array(HEAD_BYTES), 0, HEAD_BYTES, 0);
  return buffer.subarray(0, bytesRead);
}

/** Makes the film in the folder of the step. */
export async function composeFilm(
  request: Omit<FilmRequest, "path" | "folder">,
  { name, context }: { name: string; context: ComposeContext },
): Promise<Composed> {
  const place = path.join(context.folder, "film.mp4");
  const answer = await makeFilm({ ...request, path: place, folder: context.folder }, context);
  const made = madeFilm(answer);
  const text = missingText(made.missing);
  return {
    medium: "video",
    files: [{ path: place, name: `${fileName(name)}.mp4`, mediaType: "video/mp4" }],
    words: made.words,
    ...(text !== null && { text }),
  };
}

function madeFilm(answer: FilmAnswer) {
  if ("unusable" in answer) throw new ComposeFailure(unusableText(answer.unusable));
  if ("tooLong" in answer) {
    const minutes = Math.ceil(answer.tooLong / 60);
    throw new ComposeFailure({
      fr: `Le film durerait ${minutes} minutes, et une heure est la limite. Donnez-lui moins de scènes ou des sons plus courts.`,
      en: `The film would last ${minutes} minutes, and an hour is the limit. Give it fewer scenes or shorter sounds.`,
    });
  }
  return answer;
}

const WHAT: Record<UnusableInput["what"], LocalText> = {
  picture: { fr: "L’image", en: "Picture" },
  clip: { fr: "La vidéo", en: "Video" },
  speech: { fr: "Le son", en: "Sound" },
  music: { fr: "La musique", en: "Music" },
};
const WHY: Record<UnusableInput["why"], LocalText> = {
  unreadable: {
    fr: "ne peut pas être lue jusqu’au bout : le fichier est abîmé, incomplet ou d’un autre type que son nom le dit",
    en: "cannot be read to its end: the file is damaged, incomplete or of another kind than its name says",
  },
  silent: { fr: "ne contient aucun son", en: "holds no sound" },
  too_large: {
    fr: "a plus de 50 millions de pixels, la limite pour une image de film",
    en: "has more than 50 million pixels, the limit for a picture of a film",
  },
};

function unusableText({ what, number, why }: UnusableInput): LocalText {
  // « Le son » est le seul masculin.
  const because = what === "speech" ? WHY[why].fr.replace("lue", "lu") : WHY[why].fr;
  return {
    fr: `${WHAT[what].fr} n° ${number} ${because}. Relancez l’étape qui fait ce fichier, ou donnez-en un autre.`,
    en: `${WHAT[what].en} ${number} ${WHY[why].en}. Run the step that makes this file again, or give another one.`,
  };
}

/** What is said beside a film whose words could not all be drawn. */
function missingText(missing: readonly string[]): string | null {
  if (missing.length === 0) return null;
  const shown = missing.slice(0, 20).join(" ");
  return `Aucune police pour ces caractères, absents des sous-titres · No font for these characters, absent from the captions: ${shown}`;
}

/** The first line of a prompt, as a name that every file system takes. */
function fileName(text: string): string {
  return titleForFile(text.trim().split(/[\r\n]/, 1)[0] ?? "") || "film";
}
