import { z } from "zod";
import { COMPOSING_LIMITS, runInChild } from "./child-process.ts";

export const burnRequestSchema = z.object({
  /** The film, and where the one with captions is written. */
  from: z.string(),
  to: z.string(),
  captions: z.array(z.object({ start: z.number(), end: z.number(), lines: z.array(z.string()) })),
  /** Degrees by which the pictures are to be turned, clockwise, to be upright. */
  rotation: z.union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)]),
});
export type BurnRequest = z.output<typeof burnRequestSchema>;

/** Why captions cannot be burnt into a file. */
const BURN_PROBLEMS = ["unreadable", "no_picture", "too_large", "damaged"] as const;
export type BurnProblem = (typeof BURN_PROBLEMS)[number];

const burntSchema = z.union([
  z.object({ frameCount: z.int() }),
  z.object({ problem: z.enum(BURN_PROBLEMS) }),
]);
export type Burnt = z.output<typeof burntSchema>;

/**
 * Writes a film anew with captions in its pictures, as MP4; its sound is copied as it is where MP4 can hold it. In a child
 * process. @throws ChildFailure; the signal's reason.
 */
export async function burnCaptions(
  request: Omit<BurnRequest, "rotation">,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (fraction: number) => void },
): Promise<Burnt> {
  const rotation = await rotationOf(request.from);
  return await runInChild({
    worker: new URL("./burn-captions-worker.ts", import.meta.url),
    request: { ...request, rotation },
    result: burntSchema,
    signal,
    onProgress,
    limits: COMPOSING_LIMITS,
  });
}

/** Telephones film as they are held, and write beside the pictures how to turn them. */
async function rotationOf(path: string): Promise<BurnRequest["rotation"]> {
  const { ALL_FORMATS, FilePathSource, Input } = await import("mediabunny");
  using input = new Input({ formats: ALL_FORMATS, source: new FilePathSource(path) });
  try {
    const track = await input.getPrimaryVideoTrack();
    return (await track?.getRotation()) ?? 0;
  } catch {
    return 0;
  }
}
