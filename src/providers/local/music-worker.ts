import { z } from "zod";
import { serveWorker } from "../../media/child-worker.ts";
import { writeMp3 } from "../../media/codec.ts";
import { MOODS, playPiece } from "./synthesiser.ts";

const requestSchema = z.object({
  path: z.string(),
  seed: z.string(),
  mood: z.enum(MOODS),
  seconds: z.number(),
});

/** Plays a piece of music into an MP3. */
serveWorker(requestSchema, async ({ path, seed, mood, seconds }, onProgress) => {
  const audio = playPiece({ seed, mood, seconds, sampleRate: 44_100 });
  onProgress(0.6);
  await writeMp3(path, audio);
});
