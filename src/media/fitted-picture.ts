import { open, stat } from "node:fs/promises";
import sharp, { type Sharp } from "sharp";
import { FittingFailure, type PictureOrder, type WantedSize } from "./fitted-media.ts";
import { inspectFile } from "./inspect.ts";

// This file decodes pictures of others, so only workers that `runInChild` starts may import it.

/** Decoded, a picture of so many takes 400 MB at the most. */
const MAX_PIXELS = 100_000_000;
const MAX_FILE_BYTES = 256 * 1024 * 1024;
const SVG_HEAD_BYTES = 4_096;
const DECODED = /^image\/(?:png|jpeg|webp|gif|avif|tiff)$/;
const QUALITY = { jpeg: 86, webp: 84 };

sharp.cache(false);
// An SVG that is opened by its path may name other files beside it; from memory it can name none.
sharp.block({ operation: ["VipsForeignLoadSvgFile"] });

/**
 * Opens a picture of others by its content, whatever its name: of at most 100 million pixels, which is asked before any is
 * decoded, and upright. A moving one gives its first picture.
 * @throws FittingFailure where it is none, or too large.
 */
export async function openPicture(path: string): Promise<Sharp> {
  const { size } = await stat(path);
  if (size > MAX_FILE_BYTES) throw new FittingFailure("too_many_pixels");
  const { mediaType } = await inspectFile({ path });
  const isDrawing = !DECODED.test(mediaType) && (await isSvg(path));
  if (!DECODED.test(mediaType) && !isDrawing) throw new FittingFailure("no_picture");
  const file = await open(path);
  const bytes = await file.readFile().finally(() => file.close());
  // The bound of the library itself is put off for a moment, so that what is too large is told from what is damaged.
  const { width, height } = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch((error: unknown) => {
      throw new FittingFailure("damaged", { cause: error });
    });
  if (width * height > MAX_PIXELS) throw new FittingFailure("too_many_pixels");
  return sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: "error", pages: 1 }).autoOrient();
}

/** Whether a file is a drawing in text: no bytes give that away, and nobody is believed. */
async function isSvg(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(SVG_HEAD_BYTES), 0, SVG_HEAD_BYTES, 0);
    return /^\uFEFF?\s*<(?:\?xml|!--|!doctype svg|svg)/i.test(buffer.toString("utf8", 0, bytesRead));
  } finally {
    await file.close();
  }
}

/** Writes a picture in the size and format that is wanted. @throws FittingFailure where it is damaged. */
export async function writePicture(
  picture: Sharp,
  { target, format, ...wanted }: Omit<PictureOrder, "source">,
): Promise<void> {
  const sized = resized(picture, wanted, format === "jpeg" ? "white" : { r: 0, g: 0, b: 0, alpha: 0 });
  const options = format === "png" ? { compressionLevel: 9 } : { quality: QUALITY[format] };
  const flat = format === "jpeg" ? sized.flatten({ background: "white" }) : sized;
  try {
    await flat.toFormat(format, options).toFile(target);
  } catch (error) {
    throw new FittingFailure("damaged", { cause: error });
  }
}

function resized(
  picture: Sharp,
  { width, height, fit }: WantedSize,
  background: "white" | { r: number; g: number; b: number; alpha: number },
): Sharp {
  if (width === null && height === null) return picture;
  return picture.resize({
    ...(width !== null && { width }),
    ...(height !== null && { height }),
    fit,
    background,
    withoutEnlargement: fit === "inside",
  });
}
