import { AV_LOG_FATAL, Decoder, Demuxer, FilterAPI, Log } from "node-av";
import { z } from "zod";
import { serveWorker } from "./child-worker.ts";

const SAMPLE_RATE = 16_000;
/** A hundredth of a second. */
const STEP = SAMPLE_RATE / 100;

/** The loudness of a recording as it is played, a value for each hundredth of a second. */
serveWorker(z.object({ path: z.string() }), async ({ path }) => {
  Log.setLevel(AV_LOG_FATAL);
  const demuxer = await Demuxer.open(path);
  const audio = demuxer.audio();
  if (!audio) throw new Error("no sound");
  const decoder = await Decoder.create(audio);
  const mono = FilterAPI.create(`aresample=${SAMPLE_RATE},aformat=sample_fmts=flt:channel_layouts=mono`);
  const samples: number[] = [];
  for await (const frame of mono.frames(decoder.frames(demuxer.packets(audio.index)))) {
    if (frame === null) break;
    const bytes = frame.toBuffer();
    for (let at = 0; at + 4 <= bytes.length; at += 4) samples.push(bytes.readFloatLE(at));
  }
  const loudness: number[] = [];
  for (let from = 0; from < samples.length; from += STEP) {
    const step = samples.slice(from, from + STEP);
    loudness.push(Math.sqrt(step.reduce((sum, sample) => sum + sample * sample, 0) / step.length));
  }
  return loudness;
});
