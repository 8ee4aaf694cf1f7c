import type { Cover } from "./mp3-tag.ts";

/** Players show covers at most this large (pixels a side); a picture of hundreds of megapixels is not unpacked. */
const MAX_SIDE = 1_400;
const MAX_INPUT_PIXELS = 100_000_000;
const QUALITY = 85;

/**
 * A picture as a cover: JPEG, upright, at most 1,400 pixels a side. For children only: pictures come from outside.
 * @throws Error where it is no picture, or too large a one.
 */
export async function readCover(path: string): Promise<Cover> {
  const { default: sharp } = await import("sharp");
  const { data, info } = await sharp(path, { limitInputPixels: MAX_INPUT_PIXELS, failOn: "error" })
    .rotate()
    .resize({ width: MAX_SIDE, height: MAX_SIDE, fit: "inside", withoutEnlargement: true })
    .flatten({ background: "#ffffff" })
    .jpeg({ quality: QUALITY })
    .toBuffer({ resolveWithObject: true });
  return { bytes: data, width: info.width, height: info.height };
}
