import { COMPOSING_LIMITS, runInChild } from "./child-process.ts";
import { type FilmAnswer, filmAnswerSchema, type FilmRequest } from "./film-request.ts";

/**
 * Makes a film in a process of its own. What it cannot be made of is part of the answer; nothing is left behind but the film.
 * @throws ChildFailure where making it breaks off; the signal's reason where it was aborted.
 */
export async function makeFilm(
  request: FilmRequest,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (fraction: number) => void },
): Promise<FilmAnswer> {
  return await runInChild({
    worker: new URL("./film-worker.ts", import.meta.url),
    request,
    result: filmAnswerSchema,
    signal,
    onProgress,
    limits: COMPOSING_LIMITS,
  });
}
