import sharp, { type Sharp } from "sharp";
import { inspectFile } from "./inspect.ts";
import { fittedPlace, type FrameSize, type Motion, REACH } from "./ken-burns.ts";
import { type YuvPicture, yuvOf } from "./yuv.ts";

// This file decodes pictures of others, so only workers that `runInChild` starts may import it.

/** What is decoded at most: a picture of 50 million pixels takes 200 MB. */
const MAX_PICTURE_PIXELS = 50_000_000;
/** How much smaller the backdrop is while it is blurred: quicker, and blurred already. */
const BACKDROP_SHRINK = 16;
/** Of the light that a backdrop keeps, so that the picture stands out. */
const BACKDROP_LIGHT = 0.6;

sharp.cache(false);
// An SVG may name files. None comes this far, unless another kind of file can be taken for one.
sharp.block({ operation: ["VipsForeignLoadSvg"] });

/** The size of a still: that of the frame where its motion comes closest, with even sides. */
export function stillSize(frame: FrameSize, motion: Motion): FrameSize {
  const even = (value: number): number => Math.ceil((value * REACH[motion]) / 2) * 2;
  return { width: even(frame.width), height: even(frame.height) };
}

/**
 * A picture as a film shows it: upright, in the shape of the frame, before a blurred backdrop of itself where it does not
 * fill the frame.
 * @throws where it cannot be decoded or is too large.
 */
export async function makeStill(
  source: string | Uint8Array,
  frame: FrameSize,
  motion: Motion,
): Promise<YuvPicture> {
  const size = stillSize(frame, motion);
  const open = () => sharp(source, { limitInputPixels: MAX_PICTURE_PIXELS, failOn: "error" }).autoOrient();
  const { autoOrient: image } = await sharp(source, { limitInputPixels: MAX_PICTURE_PIXELS }).metadata();
  const place = fittedPlace(image, size, motion);
  if (!place.isBackdropSeen) {
    // A card is cut at its top only; what is cut of other pictures goes in equal parts.
    const position = motion === "card" ? "bottom" : "centre";
    return yuvOf(await rawPixels(open().resize({ ...size, fit: "cover", position }), size));
  }
  const width = Math.max(1, Math.min(size.width, Math.round(place.width)));
  const height = Math.max(1, Math.min(size.height, Math.round(place.height)));
  const foreground = await open()
    .resize({ width, height, fit: "fill" })
    .flatten()
    .png({ compressionLevel: 0 })
    .toBuffer();
  const backdrop = await open()
    .resize({
      width: Math.ceil(size.width / BACKDROP_SHRINK),
      height: Math.ceil(size.height / BACKDROP_SHRINK),
      fit: "cover",
    })
    .flatten()
    .blur(2)
    .linear(BACKDROP_LIGHT, 0)
    .png()
    .toBuffer();
  const whole = sharp(backdrop)
    .resize({ ...size, fit: "fill", kernel: "cubic" })
    .composite([{ input: foreground, left: Math.round(place.x), top: Math.max(0, Math.round(place.y)) }]);
  return yuvOf(await rawPixels(whole, size));
}

async function rawPixels(image: Sharp, { width, height }: FrameSize) {
  const bytes = await image.flatten().toColourspace("srgb").removeAlpha().raw().toBuffer();
  if (bytes.length !== width * height * 3) throw new Error("the picture has another size than asked for");
  return { width, height, bytes };
}

/** Types whose decoders read nothing but the file itself. An SVG, for one, may name others. */
const PICTURE_TYPES = new Set(["image/png", "image/jpeg", "image/webp", "image/gif", "image/avif"]);

/** Looks at the head of a picture only; one that breaks off later fails when its turn comes. */
export async function isReadablePicture(path: string): Promise<"readable" | "unreadable" | "too_large"> {
  const { mediaType, width, height } = await inspectFile({ path });
  if (!PICTURE_TYPES.has(mediaType) || width === undefined || height === undefined) return "unreadable";
  return width * height > MAX_PICTURE_PIXELS ? "too_large" : "readable";
}
