import { z } from "zod";
import { serveWorker } from "./child-worker.ts";
import { writeMp3, writeMp4 } from "./codec.ts";

const requestSchema = z.object({
  path: z.string(),
  kind: z.enum(["mp3", "mp4"]),
  seconds: z.number().default(1),
});

const SAMPLE_RATE = 44_100;
const SIDE = 64;
const FRAMES_PER_SECOND = 10;

/** Makes a small sound (a tone of 440 Hz), or a film that goes from black to white, for tests. */
serveWorker(requestSchema, async ({ path, kind, seconds }) => {
  const tone = Float32Array.from(
    { length: SAMPLE_RATE * seconds },
    (_, index) => 0.2 * Math.sin((index / SAMPLE_RATE) * 440 * 2 * Math.PI),
  );
  const audio = { sampleRate: SAMPLE_RATE, channels: [tone] };
  if (kind === "mp3") {
    await writeMp3(path, audio);
    return path;
  }
  const frameCount = FRAMES_PER_SECOND * seconds;
  const drawFrame = (index: number): Uint8Array =>
    new Uint8Array(SIDE * SIDE * 4).fill(Math.round((index / (frameCount - 1)) * 255));
  const film = {
    width: SIDE,
    height: SIDE,
    framesPerSecond: FRAMES_PER_SECOND,
    frameCount,
    drawFrame,
    audio,
  };
  await writeMp4(path, film, () => undefined);
  return path;
});
