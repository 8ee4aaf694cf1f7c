import { z } from "zod";
import { serveWorker } from "./child-worker.ts";
import { SOUND_RATE, writeMp3, writeMp4 } from "./codec.ts";

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
  if (kind === "mp3") {
    await writeMp3(path, { sampleRate: SAMPLE_RATE, channels: [tone(seconds, SAMPLE_RATE)] });
    return path;
  }
  const frameCount = FRAMES_PER_SECOND * seconds;
  // Planes of yuv420p at limited range: one of brightness, then two of no color, each a quarter as large.
  const drawFrame = (index: number): Uint8Array =>
    new Uint8Array(SIDE * SIDE * 1.5)
      .fill(16 + Math.round((index / (frameCount - 1)) * 219), 0, SIDE * SIDE)
      .fill(128, SIDE * SIDE);
  const sound = [inStereo(tone(seconds, SOUND_RATE))];
  const film = {
    width: SIDE,
    height: SIDE,
    framesPerSecond: FRAMES_PER_SECOND,
    frameCount,
    drawFrame,
    sound,
  };
  await writeMp4(path, film, () => undefined);
  return path;
});

function tone(seconds: number, sampleRate: number): Float32Array {
  return Float32Array.from(
    { length: sampleRate * seconds },
    (_, index) => 0.2 * Math.sin((index / sampleRate) * 440 * 2 * Math.PI),
  );
}

/** Left and right in turn. */
function inStereo(mono: Float32Array): Float32Array {
  return Float32Array.from({ length: 2 * mono.length }, (_, index) => mono[index >> 1] ?? 0);
}
