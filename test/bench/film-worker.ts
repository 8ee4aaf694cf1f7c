import { closeSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { AV_LOG_FATAL, AV_PIX_FMT_YUV420P, Frame, Log } from "node-av";
import { z } from "zod";
import { serveWorker } from "../../src/media/child-worker.ts";
import { createVideoEncoder } from "../../src/media/codec.ts";
import { filmRequestSchema } from "../../src/media/film-request.ts";
import { prepareFilm } from "../../src/media/prepare-film.ts";
import { yuvBytes } from "../../src/media/yuv.ts";

const requestSchema = z.object({ request: filmRequestSchema, frames: z.string() });

/** Draws the frames of a film into a file, then measures the bare encoder, fed these frames and nothing else. */
serveWorker(requestSchema, async ({ request, frames }) => {
  Log.setLevel(AV_LOG_FATAL);
  const { film } = await prepareFilm(request);
  const drawn = openSync(frames, "w");
  for (let index = 0; index < film.frameCount; index += 1) writeSync(drawn, await film.drawFrame(index));
  closeSync(drawn);
  const file = openSync(frames, "r");
  const start = performance.now();
  const encoder = await createVideoEncoder(film.framesPerSecond);
  async function* read(): AsyncGenerator<Frame | null> {
    for (let index = 0; index < film.frameCount; index += 1) {
      const planes = Buffer.allocUnsafe(yuvBytes(film));
      readSync(file, planes);
      const { width, height } = film;
      const timeBase = { num: 1, den: film.framesPerSecond };
      yield Frame.fromVideoBuffer(planes, {
        width,
        height,
        format: AV_PIX_FMT_YUV420P,
        timeBase,
        pts: BigInt(index),
      });
    }
    yield null;
  }
  for await (const packet of encoder.packets(read())) packet?.free();
  const milliseconds = performance.now() - start;
  closeSync(file);
  rmSync(frames);
  return milliseconds;
});
