import { z } from "zod";
import { COMPOSING_LIMITS, runInChild } from "./child-process.ts";
import { programmeSchema } from "./programme.ts";

/** A programme and the files that are made of it. */
export const renderSoundSchema = z.object({
  programme: programmeSchema,
  /** Integrated loudness (LUFS) and the true peak (dBTP) that is not passed; null leaves the sound as loud as it is. */
  loudness: z.object({ lufs: z.number(), truePeak: z.number() }).nullable(),
  files: z.array(z.object({ path: z.string(), format: z.enum(["mp3", "m4b"]) })).min(1),
  tags: z.object({
    title: z.string(),
    artist: z.string(),
    album: z.string(),
    genre: z.string(),
    language: z.string(),
    comment: z.string(),
  }),
  coverPath: z.string().nullable(),
  chapters: z.array(z.object({ title: z.string(), start: z.number(), end: z.number() })),
});
export type RenderSoundRequest = z.output<typeof renderSoundSchema>;

const renderedSchema = z.object({
  /** Why no file was written: there was nothing to hear, or the cover is no picture. Null where all is well. */
  problem: z.enum(["silent", "cover"]).nullable(),
  lufs: z.number().nullable(),
  /** In dBTP. */
  truePeak: z.number(),
  durationSeconds: z.number(),
});
export type RenderedSound = z.output<typeof renderedSchema>;

/** Renders in a child process. @throws ChildFailure; the signal's reason where it was aborted. */
export function renderSound(
  request: RenderSoundRequest,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (fraction: number) => void },
): Promise<RenderedSound> {
  return runInChild({
    worker: new URL("./render-sound-worker.ts", import.meta.url),
    request,
    result: renderedSchema,
    signal,
    onProgress,
    limits: COMPOSING_LIMITS,
  });
}
