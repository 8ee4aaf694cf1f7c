import type { LocalText } from "../errors.ts";
import { type MeasureRequest, measureMedia, type MediaMeasure } from "../media/measure-media.ts";
import type { MediumProblemCode } from "../media/medium-problem.ts";
import { ComposeFailure, type ComposeContext, type ComposeFile } from "./composer.ts";

/** A file whose sound or film was decoded from start to end and found to be whole. */
export interface MeasuredFile extends MediaMeasure {
  path: string;
}

/**
 * Decodes files and measures what is in them, in their order; each only once, however often it is named.
 * @param names what a person calls the file at a place, such as “chapter 3”.
 * @throws ComposeFailure which names the first file that is of no use, and why.
 */
export async function measuredFiles(
  files: readonly ComposeFile[],
  options: Pick<MeasureRequest, "sampleRate" | "needs"> & { names: (index: number) => LocalText },
  { signal, onProgress }: Pick<ComposeContext, "signal" | "onProgress">,
): Promise<MeasuredFile[]> {
  const { sampleRate, needs, names } = options;
  const paths = [...new Set(files.map(({ path }) => path))];
  const measured = await measureMedia(
    { paths, sampleRate, needs },
    { signal, onProgress: (fraction) => onProgress(fraction) },
  );
  return files.map(({ path }, index) => {
    const one = measured[paths.indexOf(path)];
    if (one === undefined) throw new Error("a file was not measured");
    if ("problem" in one) throw new ComposeFailure(sentence(names(index), one.problem));
    return { ...one, path };
  });
}

const WHY: Record<MediumProblemCode, LocalText> = {
  unreadable: {
    fr: "n’est ni un son ni une vidéo que Relais sait lire",
    en: "is neither a sound nor a video that Relais can read",
  },
  no_sound: { fr: "ne contient aucun son", en: "holds no sound" },
  no_picture: { fr: "ne contient aucune image animée", en: "holds no moving picture" },
  empty: { fr: "dure zéro seconde", en: "lasts zero seconds" },
  truncated: {
    fr: "s’interrompt avant sa fin : le fichier est incomplet",
    en: "breaks off before its end: the file is incomplete",
  },
  too_long: { fr: "dure plus de 24 heures", en: "lasts more than 24 hours" },
  too_many_channels: { fr: "a plus de 8 canaux", en: "has more than 8 channels" },
  too_large_a_picture: {
    fr: "a une image de plus de 8192 × 4320 pixels",
    en: "has a picture of more than 8192 × 4320 pixels",
  },
};

function sentence(name: LocalText, problem: MediumProblemCode): LocalText {
  return {
    fr: `${name.fr} ${WHY[problem].fr}. Relancez l’étape qui le produit, ou donnez un autre fichier.`,
    en: `${name.en} ${WHY[problem].en}. Run the step that makes it again, or give another file.`,
  };
}
