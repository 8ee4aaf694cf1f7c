import {
  FittingFailure,
  PICTURE_FORMATS,
  type PictureFormat,
  type WantedSize,
} from "../media/fitted-media.ts";
import type { LocalText } from "../errors.ts";
import type { Json } from "../workflow/values.ts";
import { ComposeFailure, type ComposeFile } from "./composer.ts";

/** The size that parameters ask for. */
export function wantedSize({ width, height }: Record<string, Json>, fit: WantedSize["fit"]): WantedSize {
  return {
    width: typeof width === "number" ? width : null,
    height: typeof height === "number" ? height : null,
    fit,
  };
}

/** The format that is asked for; null: that of the picture itself. */
export function wantedFormat({ format }: Record<string, Json>): PictureFormat | null {
  return PICTURE_FORMATS.find((known) => known === format) ?? null;
}

/** How the name of a picture ends. */
export function pictureExtension(format: PictureFormat): string {
  return format === "jpeg" ? "jpg" : format;
}

/** The suggested name of one of several files: numbered where there are more than one. */
export function numberedName(stem: string, index: number, files: readonly ComposeFile[]): string {
  return files.length > 1 ? `${stem}-${String(index + 1).padStart(2, "0")}` : stem;
}

const PROBLEMS: Record<FittingFailure["problem"], LocalText> = {
  unreadable: {
    fr: "n’est pas une vidéo que Relais sait lire, ou il est tronqué. Donnez une vidéo MP4, MOV ou WebM complète",
    en: "is no video that Relais can read, or it is cut off. Give it a whole MP4, MOV or WebM video",
  },
  damaged: {
    fr: "est endommagé ou tronqué. Relancez l’étape qui le produit, ou donnez un autre fichier",
    en: "is damaged or cut off. Run the step that makes it again, or give another file",
  },
  no_picture: {
    fr: "ne contient pas d’image. Donnez une image PNG, JPEG, WebP, GIF, AVIF, TIFF ou SVG, ou une vidéo",
    en: "holds no picture. Give it a PNG, JPEG, WebP, GIF, AVIF, TIFF or SVG picture, or a video",
  },
  too_many_pixels: {
    fr: "est plus grand que ce que Relais décode (100 millions de pixels pour une image, 36 pour une vidéo). Donnez-en un plus petit",
    en: "is larger than what Relais decodes (100 million pixels for a picture, 36 for a video). Give a smaller one",
  },
  too_much: {
    fr: "a demandé plus de temps ou de mémoire que permis. Donnez un fichier plus petit ou plus court",
    en: "took more time or memory than it may. Give a smaller or shorter file",
  },
};

/** Runs the work on one file, and says which one was at fault. @throws ComposeFailure */
export async function onFile(index: number, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof FittingFailure)) throw error;
    const { fr, en } = PROBLEMS[error.problem];
    throw new ComposeFailure(
      { fr: `Le fichier n° ${index + 1} ${fr}.`, en: `File no. ${index + 1} ${en}.` },
      { cause: error },
    );
  }
}
