import { AV_LOG_FATAL, Decoder, Demuxer, FilterAPI, Log } from "node-av";
import { z } from "zod";
import { serveWorker } from "./child-worker.ts";
import { writeMp3 } from "./codec.ts";

const SAMPLE_RATE = 16_000;
/** A hundredth of a second. */
const STEP = SAMPLE_RATE / 100;

const requestSchema = z.object({
  act: z.enum(["hear", "make"]).default("hear"),
  path: z.string(),
  seconds: z.number().default(0),
});

/** Says how loud a recording is, a value for each hundredth of a second as it is played, or makes one: a tone. */
serveWorker(requestSchema, async ({ act, path, seconds }) => {
  if (act === "hear") return loudnessOf(path);
  const tone = Float32Array.from(
    { length: Math.round(22_050 * seconds) },
    (_, index) => 0.3 * Math.sin(index / 9),
  );
  await writeMp3(path, { sampleRate: 22_050, channels: [tone] });
  return null;
});

async function loudnessOf(path: string): Promise<number[]> {
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
}
