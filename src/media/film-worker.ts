import { AV_LOG_FATAL, Log } from "node-av";
import { serveWorker } from "./child-worker.ts";
import { writeMp4 } from "./codec.ts";
import { type FilmAnswer, filmRequestSchema, Unusable } from "./film-request.ts";
import { MAX_FILM_SECONDS, prepareFilm } from "./prepare-film.ts";

/** Of the work, how much is listening to what is said. */
const LISTENING_SHARE = 0.05;

/** Makes a film of pictures, clips, voices and music: MP4 out. */
serveWorker(filmRequestSchema, async (request, onProgress): Promise<FilmAnswer> => {
  Log.setLevel(AV_LOG_FATAL);
  try {
    const prepared = await prepareFilm(request);
    const { film, answer } = prepared;
    const seconds = film.frameCount / film.framesPerSecond;
    if (seconds > MAX_FILM_SECONDS) return { tooLong: seconds };
    onProgress(LISTENING_SHARE);
    await writeMp4(request.path, film, (fraction) =>
      onProgress(LISTENING_SHARE + fraction * (1 - LISTENING_SHARE)),
    );
    await prepared.close();
    return answer;
  } catch (error) {
    if (error instanceof Unusable) return { unusable: error.input };
    throw error;
  }
});
