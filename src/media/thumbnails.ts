import { z } from "zod";
import { ChildFailure, runInChild, type ChildLimits } from "./child-process.ts";
import { FITTING_PROBLEMS, type FittingProblem } from "./fitted-media.ts";

/** A small WebP of a picture, or of the frame of a film at a second; as large as fits into a square, never enlarged. */
export interface ThumbnailOrder {
  source: string;
  target: string;
  side: number;
  /** Of a film; null for a picture. */
  second: number | null;
}

const LIMITS: ChildLimits = { seconds: 60, memoryMib: 1_024 };
const WORKER = new URL("./thumbnails-worker.ts", import.meta.url);

const answerSchema = z.array(z.enum(FITTING_PROBLEMS).nullable());

/**
 * Makes thumbnails of files of others, in one child process for all of them, since starting it takes longer than most
 * pictures do; in their order, what is wrong with each file of which none could be made. A file that the child dies of, or
 * spends too long on, takes no other with it: each is then tried by itself.
 */
export async function makeThumbnails(
  orders: readonly ThumbnailOrder[],
  signal: AbortSignal,
): Promise<(FittingProblem | null)[]> {
  try {
    const request = { orders };
    return await runInChild({
      worker: WORKER,
      request,
      result: answerSchema,
      signal,
      limits: LIMITS,
      lane: "glance",
    });
  } catch (error) {
    if (!(error instanceof ChildFailure) || signal.aborted) throw error;
    if (orders.length === 1) return ["damaged"];
  }
  const problems: (FittingProblem | null)[] = [];
  for (const order of orders) problems.push(...(await makeThumbnails([order], signal)));
  return problems;
}
