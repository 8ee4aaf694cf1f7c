import { parentPort, workerData } from "node:worker_threads";
import { ALL_FORMATS, BufferSource, FilePathSource, Input } from "mediabunny";
import { z } from "zod";

const contentSchema = z.union([
  z.object({ bytes: z.instanceof(Uint8Array) }),
  z.object({ path: z.string() }),
]);

/** Measures a sound or a film, and says what could be read of it. */
async function measure(): Promise<{ width?: number; height?: number; durationSeconds?: number }> {
  const content = contentSchema.parse(workerData);
  const source = "bytes" in content ? new BufferSource(content.bytes) : new FilePathSource(content.path);
  using input = new Input({ formats: ALL_FORMATS, source });
  const durationSeconds = await input.computeDuration();
  const video = await input.getPrimaryVideoTrack();
  if (video === null) return { durationSeconds };
  return { durationSeconds, width: await video.getDisplayWidth(), height: await video.getDisplayHeight() };
}

parentPort?.postMessage(await measure().catch(() => ({})), []);
