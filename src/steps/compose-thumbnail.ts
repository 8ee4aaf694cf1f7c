import path from "node:path";
import { fitPicture, pictureOfFilm } from "../media/fitted-media.ts";
import type { Composed, Composer } from "./composer.ts";
import { nameSlug } from "./file-names.ts";
import { numberedName, onFile, pictureExtension, wantedFormat, wantedSize } from "./fitting.ts";

/** Makes a picture of each video, at a second or where it looks best, and a smaller one of each picture. */
export const composeThumbnail: Composer = async ({ prompt, parameters }, context) => {
  const media = await context.files(parameters["media"]);
  const format = wantedFormat(parameters) ?? "jpeg";
  const size = wantedSize(parameters, parameters["height"] === undefined ? "inside" : "cover");
  const { second } = parameters;
  const files: Composed["files"] = [];
  for (const [index, { path: source, medium }] of media.entries()) {
    const name = `${numberedName(nameSlug(prompt) || "thumbnail", index, media)}.${pictureExtension(format)}`;
    const target = path.join(context.folder, `made-${index + 1}.${pictureExtension(format)}`);
    const order = { source, target, format, ...size };
    await onFile(index, () =>
      medium === "video"
        ? pictureOfFilm(
            { ...order, second: typeof second === "number" ? second : null },
            { signal: context.signal },
          )
        : fitPicture(order, { signal: context.signal }),
    );
    files.push({ path: target, name });
    context.onProgress((index + 1) / media.length);
  }
  return { medium: "image", files };
};
