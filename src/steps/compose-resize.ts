import path from "node:path";
import { FITS, fitFilm, fitPicture, PICTURE_FORMATS, type PictureFormat } from "../media/fitted-media.ts";
import { ComposeFailure, type Composed, type Composer } from "./composer.ts";
import { nameSlug } from "./file-names.ts";
import { numberedName, onFile, pictureExtension, wantedFormat, wantedSize } from "./fitting.ts";

/** Makes pictures and videos of another size; pictures of another format too. */
export const composeResize: Composer = async ({ prompt, parameters }, context) => {
  const { width, height, fit } = parameters;
  const format = wantedFormat(parameters);
  if (width === undefined && height === undefined && format === null) throw nothingAsked();
  const media = await context.files(parameters["media"]);
  const size = wantedSize(parameters, FITS.find((known) => known === fit) ?? "inside");
  const files: Composed["files"] = [];
  for (const [index, { path: source, medium, mediaType }] of media.entries()) {
    const isFilm = medium === "video";
    const made = format ?? ownFormat(mediaType);
    const extension = isFilm ? "mp4" : pictureExtension(made);
    const target = path.join(context.folder, `made-${index + 1}.${extension}`);
    const onProgress = (fraction: number): void => context.onProgress((index + fraction) / media.length);
    await onFile(index, () =>
      isFilm
        ? fitFilm({ source, target, ...size }, { signal: context.signal, onProgress })
        : fitPicture({ source, target, format: made, ...size }, { signal: context.signal }),
    );
    const name = `${numberedName(nameSlug(prompt) || "resized", index, media)}.${extension}`;
    files.push({ path: target, name });
    onProgress(1);
  }
  return { medium: media[0]?.medium === "video" ? "video" : "image", files };
};

/** A picture keeps its format where that can be written; else it becomes a PNG, which loses nothing. */
function ownFormat(mediaType: string): PictureFormat {
  return PICTURE_FORMATS.find((format) => mediaType === `image/${format}`) ?? "png";
}

function nothingAsked(): ComposeFailure {
  return new ComposeFailure({
    fr: "Il n’est demandé ni largeur, ni hauteur, ni format. Donnez au moins l’un des trois à cette étape.",
    en: "Neither a width, nor a height, nor a format is asked for. Give this step at least one of the three.",
  });
}
