import { AV_LOG_ERROR, Decoder, Demuxer, Log } from "node-av";
import { z } from "zod";
import { serveWorker } from "./child-worker.ts";

/** Decodes every frame of a file, as a player would, and says what came out. */
serveWorker(z.object({ path: z.string() }), async ({ path }) => {
  Log.setLevel(AV_LOG_ERROR);
  const demuxer = await Demuxer.open(path);
  const video = demuxer.video();
  const audio = demuxer.audio();
  const stream = video ?? audio;
  if (stream === undefined) throw new Error("neither sound nor pictures");
  const decoder = await Decoder.create(stream);
  let frames = 0;
  for await (const frame of decoder.frames(demuxer.packets(stream.index))) if (frame !== null) frames += 1;
  return {
    frames,
    /** FFmpeg's number of the pixel format; 0 is yuv420p. */
    pixelFormat: video?.codecpar.format ?? null,
    sampleRate: audio?.codecpar.sampleRate ?? null,
    channels: audio?.codecpar.channels ?? null,
  };
});
