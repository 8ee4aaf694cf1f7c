import { z } from "zod";
import { COMPOSING_LIMITS, runInChild } from "./child-process.ts";
import { MEDIUM_PROBLEMS } from "./medium-problem.ts";

/** What can be heard in a file, in its samples and not by what it claims. */
const measureSchema = z.object({
  /** Of its sound; in a film without sound, of the film. */
  durationSeconds: z.number(),
  hasSound: z.boolean(),
  channelCount: z.int(),
  sampleRate: z.int(),
  /** Integrated, in LUFS; null where it is too short or too quiet. */
  lufs: z.number().nullable(),
  /** In dBTP. */
  truePeak: z.number(),
  /** Where the first and the last sound is; both 0 for silence. */
  heardFromSeconds: z.number(),
  heardToSeconds: z.number(),
  picture: z
    .object({
      /** Pixels, as shown: a turned film counts turned. */
      width: z.int(),
      height: z.int(),
      /** Frames a second, as a fraction; of an irregular film the average. */
      rate: z.object({ num: z.int(), den: z.int() }),
      durationSeconds: z.number(),
      /** Whether it can stand in an MP4 as it is. */
      fitsMp4: z.boolean(),
    })
    .nullable(),
});
export type MediaMeasure = z.output<typeof measureSchema>;

const measuredSchema = z.array(z.union([measureSchema, z.object({ problem: z.enum(MEDIUM_PROBLEMS) })]));
export type Measured = z.output<typeof measuredSchema>[number];

/** `film`: a film may be without sound, and its picture is needed. */
export const measureRequestSchema = z.object({
  paths: z.array(z.string()),
  sampleRate: z.int(),
  needs: z.enum(["sound", "film"]),
});
export type MeasureRequest = z.output<typeof measureRequestSchema>;

/** Decodes files in a child process and measures them, in their order. @throws ChildFailure; the signal's reason. */
export function measureMedia(
  request: MeasureRequest,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (fraction: number) => void },
): Promise<Measured[]> {
  return runInChild({
    worker: new URL("./measure-media-worker.ts", import.meta.url),
    request,
    result: measuredSchema,
    signal,
    onProgress,
    limits: COMPOSING_LIMITS,
  });
}
