import { rm } from "node:fs/promises";
import { z } from "zod";
import { ChildFailure, ChildOverLimit, runInChild, type ChildLimits } from "./child-process.ts";

/** Fills the size and is cut, stands whole in it, or is made so small that it fits into it, never larger than it was. */
export const FITS = ["cover", "contain", "inside"] as const;
type Fit = (typeof FITS)[number];
export const PICTURE_FORMATS = ["jpeg", "png", "webp"] as const;
export type PictureFormat = (typeof PICTURE_FORMATS)[number];

/** Pixels; a side that is null follows from the other, and where both are the size stays. */
export interface WantedSize {
  width: number | null;
  height: number | null;
  fit: Fit;
}

/** Paths of a file of others, and of one that is not there yet. */
interface FromTo {
  source: string;
  target: string;
}

export interface PictureOrder extends FromTo, WantedSize {
  format: PictureFormat;
}

export interface FrameOrder extends PictureOrder {
  /** Of the film; null: the frame that looks best. */
  second: number | null;
}

export interface FilmOrder extends FromTo, WantedSize {}

/** Why nothing could be made of a file. */
export const FITTING_PROBLEMS = [
  "unreadable",
  "damaged",
  "no_picture",
  "too_many_pixels",
  "too_much",
] as const;
export type FittingProblem = (typeof FITTING_PROBLEMS)[number];

/** A file from outside of which no picture or film could be made; nothing is left of the attempt. */
export class FittingFailure extends Error {
  override readonly name = "FittingFailure";
  readonly problem: FittingProblem;

  constructor(problem: FittingProblem, options?: ErrorOptions) {
    super(`the file is ${problem}`, options);
    this.problem = problem;
  }
}

export interface FittingContext {
  signal: AbortSignal;
  /** Between 0 and 1. */
  onProgress?: (fraction: number) => void;
}

const PICTURE_LIMITS: ChildLimits = { seconds: 60, memoryMib: 1_024 };
const FILM_LIMITS: ChildLimits = { seconds: 3_600, memoryMib: 1_024 };
const PICTURE_WORKER = new URL("./fitted-picture-worker.ts", import.meta.url);
const FILM_WORKER = new URL("./fitted-film-worker.ts", import.meta.url);

/** Makes a picture of another size or format, upright, without what its metadata said. @throws FittingFailure */
export async function fitPicture(order: PictureOrder, context: FittingContext): Promise<void> {
  await fit({ worker: PICTURE_WORKER, request: order, limits: PICTURE_LIMITS }, order, context);
}

/** Makes a picture of one frame of a film. @throws FittingFailure */
export async function pictureOfFilm(order: FrameOrder, context: FittingContext): Promise<void> {
  await fit(
    { worker: FILM_WORKER, request: { act: "frame", ...order }, limits: PICTURE_LIMITS },
    order,
    context,
  );
}

/** Makes an MP4 (H.264, AAC) of another size, with its sound, at its own pace. @throws FittingFailure */
export async function fitFilm(order: FilmOrder, context: FittingContext): Promise<void> {
  await fit({ worker: FILM_WORKER, request: { act: "film", ...order }, limits: FILM_LIMITS }, order, context);
}

/** What both workers answer. */
const answerSchema = z.object({ problem: z.enum(FITTING_PROBLEMS).nullable() });

async function fit(
  job: { worker: URL; request: object; limits: ChildLimits },
  { target }: FromTo,
  { signal, onProgress = () => undefined }: FittingContext,
): Promise<void> {
  try {
    const { problem } = await runInChild({ ...job, result: answerSchema, signal, onProgress });
    if (problem) throw new FittingFailure(problem);
  } catch (error) {
    await rm(target, { force: true });
    if (error instanceof ChildOverLimit) throw new FittingFailure("too_much", { cause: error });
    // A decoder that crashed did so over what it was given.
    if (error instanceof ChildFailure && !signal.aborted)
      throw new FittingFailure("damaged", { cause: error });
    throw error;
  }
}
