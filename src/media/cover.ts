import type { Cover } from "./mp3-tag.ts";

/** Players show covers at most this large (pixels a side). */
const MAX_SIDE = 1_400;
const QUALITY = 85;

/**
 * A picture as a cover: JPEG, upright, at most 1,400 pixels a side. For children only: pictures come from outside.
 * @throws Error where it is no picture, or too large a one.
 */
export async function readCover(path: string): Promise<Cover> {
  const { openPicture } = await import("./fitted-picture.ts");
  const picture = await openPicture(path);
  const { data, info } = await picture
    .resize({ width: MAX_SIDE, height: MAX_SIDE, fit: "inside", withoutEnlargement: true })
    .flatten({ background: "#ffffff" })
    .jpeg({ quality: QUALITY })
    .toBuffer({ resolveWithObject: true });
  return { bytes: data, width: info.width, height: info.height };
}
