import sharp, { type Sharp } from "sharp";
import { z } from "zod";
import { serveWorker } from "./child-worker.ts";
import { FittingFailure, type FittingProblem } from "./fitted-media.ts";
import { openPicture, writePicture } from "./fitted-picture.ts";
import type { ThumbnailOrder } from "./thumbnails.ts";

const requestSchema = z.object({
  orders: z.array(
    z.object({
      source: z.string(),
      target: z.string(),
      side: z.int().min(16).max(1_024),
      second: z.number().min(0).nullable(),
    }),
  ),
});

serveWorker(requestSchema, async ({ orders }): Promise<(FittingProblem | null)[]> => {
  const problems: (FittingProblem | null)[] = [];
  for (const order of orders) problems.push(await problemOf(order));
  return problems;
});

async function problemOf({ source, target, side, second }: ThumbnailOrder): Promise<FittingProblem | null> {
  try {
    const picture = second === null ? await openPicture(source) : await pictureAt(source, second);
    await writePicture(picture, { target, width: side, height: side, fit: "inside", format: "webp" });
    return null;
  } catch (error) {
    if (error instanceof FittingFailure) return error.problem;
    throw error;
  }
}

async function pictureAt(source: string, second: number): Promise<Sharp> {
  // Loaded here only: pictures do not wait for FFmpeg.
  const { frameAt } = await import("./film-frame.ts");
  const { pixels, width, height } = await frameAt(source, second);
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}
