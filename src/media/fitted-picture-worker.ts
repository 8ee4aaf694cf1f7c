import { z } from "zod";
import { serveWorker } from "./child-worker.ts";
import { FITS, FittingFailure, PICTURE_FORMATS, type FittingProblem } from "./fitted-media.ts";
import { openPicture, writePicture } from "./fitted-picture.ts";

const side = z.int().min(1).max(8_192).nullable();

const requestSchema = z.object({
  source: z.string(),
  target: z.string(),
  width: side,
  height: side,
  fit: z.enum(FITS),
  format: z.enum(PICTURE_FORMATS),
});

/** Makes a picture of another size or format. */
serveWorker(requestSchema, async ({ source, ...order }): Promise<{ problem: FittingProblem | null }> => {
  try {
    await writePicture(await openPicture(source), order);
    return { problem: null };
  } catch (error) {
    if (error instanceof FittingFailure) return { problem: error.problem };
    throw error;
  }
});
