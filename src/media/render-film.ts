import { z } from "zod";
import { COMPOSING_LIMITS, runInChild } from "./child-process.ts";
import { programmeSchema } from "./programme.ts";

const partSchema = z.object({ path: z.string(), fromSeconds: z.number().min(0), frameCount: z.int().min(1) });

/** Pictures from films and the sound that goes with them, as an MP4. */
export const renderFilmSchema = z.object({
  path: z.string(),
  picture: z.discriminatedUnion("kind", [
    /** Taken over as they are. */
    z.object({ kind: z.literal("copy"), path: z.string() }),
    /** Decoded, brought to one size and rate, and encoded anew. */
    z.object({
      kind: z.literal("joined"),
      parts: z.array(partSchema).min(1),
      width: z.int(),
      height: z.int(),
      rate: z.object({ num: z.int(), den: z.int() }),
      fadeFrames: z.int().min(0),
    }),
  ]),
  durationSeconds: z.number().positive(),
  /** Null for a silent film. */
  sound: programmeSchema.nullable(),
  loudness: z.object({ lufs: z.number(), truePeak: z.number() }).nullable(),
  title: z.string(),
});
export type RenderFilmRequest = z.output<typeof renderFilmSchema>;

/** Renders in a child process. @throws ChildFailure; the signal's reason where it was aborted. */
export async function renderFilm(
  request: RenderFilmRequest,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (fraction: number) => void },
): Promise<void> {
  await runInChild({
    worker: new URL("./render-film-worker.ts", import.meta.url),
    request,
    result: z.null(),
    signal,
    onProgress,
    limits: COMPOSING_LIMITS,
  });
}
