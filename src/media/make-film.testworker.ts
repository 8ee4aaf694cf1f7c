import {
  AV_PIX_FMT_YUV420P,
  Codec,
  CodecContext,
  FF_ENCODER_AAC,
  FF_ENCODER_LIBX264,
  Frame,
  Rational,
} from "node-av";
import { z } from "zod";
import { serveWorker } from "./child-worker.ts";
import { OutputFile } from "./output-file.ts";
import { SoundTrack } from "./sound-file.ts";

const requestSchema = z.object({
  path: z.string(),
  width: z.int(),
  height: z.int(),
  /** When each frame is shown, in thousandths of a second; its brightness says its number. */
  times: z.array(z.int()),
  /** Of a tone as long as the film; 0 for a film without sound. */
  toneHertz: z.number(),
});

const SAMPLE_RATE = 48_000;

/** Makes a small film for tests. */
serveWorker(requestSchema, ({ path, width, height, times, toneHertz }) => {
  const file = new OutputFile(path, { format: "mp4", tags: null, cover: null, options: {} });
  const encoder = new CodecContext();
  encoder.allocContext3(Codec.findEncoderByName(FF_ENCODER_LIBX264));
  encoder.width = width;
  encoder.height = height;
  encoder.pixelFormat = AV_PIX_FMT_YUV420P;
  encoder.timeBase = new Rational(1, 1_000);
  encoder.framerate = new Rational(25, 1);
  encoder.threadCount = 1;
  const track = file.addEncoder(encoder, { preset: "ultrafast", crf: "10" });
  const seconds = ((times.at(-1) ?? 0) + 40) / 1_000;
  const sound =
    toneHertz === 0
      ? null
      : new SoundTrack(file, {
          sampleRate: SAMPLE_RATE,
          channelCount: 1,
          encoder: FF_ENCODER_AAC,
          bitRate: 64_000n,
        });
  for (const [index, time] of times.entries()) {
    const pixels = Buffer.alloc((width * height * 3) / 2, 128);
    pixels.fill(20 + index * 4, 0, width * height);
    using frame = Frame.fromVideoBuffer(pixels, {
      width,
      height,
      format: AV_PIX_FMT_YUV420P,
      timeBase: { num: 1, den: 1_000 },
      pts: BigInt(time),
    });
    file.encode(track, frame);
  }
  file.encode(track, null);
  const samples = new Float32Array(Math.round(seconds * SAMPLE_RATE));
  for (let index = 0; index < samples.length; index += 1) {
    samples[index] = 0.3 * Math.sin((2 * Math.PI * toneHertz * index) / SAMPLE_RATE);
  }
  sound?.add([samples]);
  sound?.end();
  file.finish();
  return null;
});
