import type { Sharp } from "sharp";

/** Larger pictures are refused: decoding one would take more memory than a book is worth. */
const MAX_PIXELS = 100_000_000;
const MAX_WIDTH = 1_000;
const MAX_HEIGHT = 1_300;
/** With one picture a chapter, a book of twenty pages stays well under 3 MB. */
const MAX_BYTES = 150_000;
/** Width in pixels and JPEG quality, the first that is small enough is taken. */
const ATTEMPTS = [
  [MAX_WIDTH, 80],
  [MAX_WIDTH, 66],
  [760, 60],
] as const;

/** Formats that pictures come in. Others (SVG, PDF) can name files, or are programs of their own, and are not opened. */
const LOADERS = [
  "VipsForeignLoadJpegFile",
  "VipsForeignLoadPngFile",
  "VipsForeignLoadWebpFile",
  "VipsForeignLoadNsgifFile",
  "VipsForeignLoadHeifFile",
  "VipsForeignLoadTiffFile",
];

export interface BookPicture {
  jpeg: Uint8Array;
  width: number;
  height: number;
}

/**
 * Opens a picture of any origin, turned as it is to be seen, on white where it is transparent.
 * @throws where the file is no picture that can be read, or too large.
 */
export async function openPicture(path: string): Promise<Sharp> {
  const { default: sharp } = await import("sharp");
  sharp.block({ operation: ["VipsForeignLoad"] });
  sharp.unblock({ operation: LOADERS });
  return sharp(path, { limitInputPixels: MAX_PIXELS, failOn: "error" })
    .autoOrient()
    .flatten({ background: "#ffffff" })
    .toColourspace("srgb");
}

/** A picture as a book holds it: a JPEG no larger than a page shows. */
export async function readPicture(path: string): Promise<BookPicture> {
  const picture = await openPicture(path);
  let made: BookPicture | null = null;
  for (const [width, quality] of ATTEMPTS) {
    const { data, info } = await picture
      .clone()
      .resize({ width, height: MAX_HEIGHT, fit: "inside", withoutEnlargement: true })
      .jpeg({ quality, mozjpeg: true })
      .toBuffer({ resolveWithObject: true });
    made = { jpeg: new Uint8Array(data), width: info.width, height: info.height };
    if (data.length <= MAX_BYTES) break;
  }
  if (made === null) throw new Error("no picture was made");
  return made;
}
