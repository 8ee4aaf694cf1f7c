import loadEngine from "@echogarden/espeak-ng-emscripten";
import { z } from "zod";
import { serveWorker } from "../../media/child-worker.ts";
import { writeMp3 } from "../../media/codec.ts";
import { type WordEvent, wordTimings } from "./spoken-words.ts";

/** Speaks a text with eSpeak NG (GPL, hence only here) into an MP3. */
const requestSchema = z.object({
  path: z.string(),
  text: z.string(),
  voice: z.string(),
  /** Words a minute. */
  rate: z.number(),
  pitch: z.number(),
});

const PAUSE_SECONDS = 0.32;
/** Of the work, how much is speaking; the rest is encoding. */
const SPEAKING_SHARE = 0.7;

serveWorker(requestSchema, async ({ path, text, voice, rate, pitch }, onProgress) => {
  const { eSpeakNGWorker: Engine } = await loadEngine({ print() {}, printErr() {} });
  const engine = new Engine();
  if (engine.set_voice(voice) !== 0) throw new Error(`unknown voice ${voice}`);
  engine.set_rate(rate);
  engine.set_pitch(pitch);
  const sampleRate = engine.get_samplerate();
  const pieces: Int16Array[] = [];
  const events: WordEvent[] = [];
  let sampleCount = 0;
  let position = 0;
  // A paragraph at a time: long texts stay within the engine's buffers, and a pause parts paragraphs.
  for (const paragraph of text.split("\n")) {
    const startSample = sampleCount;
    if (/[\p{L}\p{N}]/u.test(paragraph)) {
      engine.synthesize(paragraph, (samples, heard) => {
        for (const event of heard) {
          if (event.type !== "word") continue;
          const start = startSample / sampleRate + event.audio_position / 1_000;
          events.push({ position: position + event.text_position - 1, start });
        }
        if (samples !== null && samples.length > 0) {
          pieces.push(samples.slice());
          sampleCount += samples.length;
        }
        return 0;
      });
      pieces.push(new Int16Array(Math.round(PAUSE_SECONDS * sampleRate)));
      sampleCount += pieces.at(-1)?.length ?? 0;
    }
    position += Array.from(paragraph).length + 1;
    onProgress((position / text.length) * SPEAKING_SHARE);
  }
  const durationSeconds = sampleCount / sampleRate;
  await writeMp3(path, { sampleRate, channels: [joined(pieces, sampleCount)] });
  return { durationSeconds, words: wordTimings(text, events, durationSeconds) };
});

function joined(pieces: Int16Array[], sampleCount: number): Float32Array {
  const all = new Float32Array(sampleCount);
  let at = 0;
  for (const piece of pieces) {
    for (const sample of piece) {
      all[at] = sample / 32_768;
      at += 1;
    }
  }
  return all;
}
