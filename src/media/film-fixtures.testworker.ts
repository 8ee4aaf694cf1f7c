import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  AV_LOG_FATAL,
  AV_PIX_FMT_YUV420P,
  AVCOL_PRI_BT2020,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_BT2020_NCL,
  AVCOL_TRC_SMPTE2084,
  Encoder,
  FF_ENCODER_LIBX264,
  Frame,
  Log,
  Muxer,
  Rational,
} from "node-av";
import sharp from "sharp";
import { z } from "zod";
import { serveWorker } from "./child-worker.ts";
import { writeMp4 } from "./codec.ts";
import {
  MUSIC_HERTZ,
  NARRATION_SECONDS,
  WORD_HERTZ,
  WORD_SECONDS,
  WORD_STARTS,
} from "./film-fixtures.testdata.ts";

const RATE = 48_000;
const CLIP = { width: 128, height: 72 };

/** Writes the sounds, pictures and clips that tests of films use into a folder. */
serveWorker(z.object({ folder: z.string() }), async ({ folder }) => {
  Log.setLevel(AV_LOG_FATAL);
  const at = (name: string): string => join(folder, name);
  writeFileSync(at("narration.wav"), wav(NARRATION_SECONDS, 1, narration));
  writeFileSync(
    at("second.wav"),
    wav(1, 1, (time) => tone(WORD_HERTZ, time) * 0.05),
  );
  writeFileSync(
    at("music.wav"),
    wav(1.5, 2, (time) => tone(MUSIC_HERTZ, time) * 0.3),
  );
  writeFileSync(
    at("six.wav"),
    wav(1, 6, (time) => tone(WORD_HERTZ, time) * 0.2),
  );
  writeFileSync(
    at("empty.wav"),
    wav(0, 1, () => 0),
  );
  writeFileSync(at("playlist.mp3"), `#EXTM3U\n#EXTINF:1,\n${at("second.wav")}\n`);
  writeFileSync(at("parts.mp3"), `ffconcat version 1.0\nfile second.wav\n`);
  await writePictures(at);
  await writeClips(at);
});

function tone(hertz: number, time: number): number {
  return Math.sin(2 * Math.PI * hertz * time);
}

function narration(time: number): number {
  const isSpeaking = WORD_STARTS.some((start) => time >= start && time < start + WORD_SECONDS);
  return isSpeaking ? tone(WORD_HERTZ, time) * 0.2 : 0;
}

function wav(seconds: number, channels: number, sampleAt: (time: number) => number): Buffer {
  const count = Math.round(seconds * RATE);
  const bytes = Buffer.alloc(44 + count * channels * 2);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(channels, 22);
  bytes.writeUInt32LE(RATE, 24);
  bytes.writeUInt32LE(RATE * channels * 2, 28);
  bytes.writeUInt16LE(channels * 2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write("data", 36);
  bytes.writeUInt32LE(count * channels * 2, 40);
  for (let index = 0; index < count * channels; index += 1) {
    const value = sampleAt(Math.floor(index / channels) / RATE);
    bytes.writeInt16LE(Math.round(value * 32_767), 44 + index * 2);
  }
  return bytes;
}

function plain(background: string) {
  return sharp({ create: { width: 360, height: 640, channels: 3, background } });
}

async function writePictures(at: (name: string) => string): Promise<void> {
  await plain("#203040").png().toFile(at("plain.png"));
  await plain("#a03020").jpeg().toFile(at("red.jpg"));
  // A soft dot, so that its middle can be told to a fraction of a pixel.
  const dot = `<svg width="360" height="640"><defs><radialGradient id="g"><stop offset="0" stop-color="#fff"/><stop offset="1" stop-color="#000"/></radialGradient></defs><rect width="360" height="640"/><circle cx="240" cy="200" r="40" fill="url(#g)"/></svg>`;
  await sharp(Buffer.from(dot)).png().toFile(at("dot.png"));
  const png = readFileSync(at("dot.png"));
  writeFileSync(at("cut.png"), png.subarray(0, png.length / 2));
  const vast = Buffer.from(png);
  vast.writeUInt32BE(20_000, 16);
  vast.writeUInt32BE(20_000, 20);
  writeFileSync(at("vast.png"), vast);
  writeFileSync(at("drawing.svg"), dot);
  writeFileSync(at("no-picture.png"), "not a picture");
}

async function writeClips(at: (name: string) => string): Promise<void> {
  const size = { ...CLIP, framesPerSecond: 30 };
  const planes = new Uint8Array((CLIP.width * CLIP.height * 3) / 2);
  const drawFrame = (index: number): Uint8Array => {
    planes.fill(40 + index * 4, 0, CLIP.width * CLIP.height).fill(128, CLIP.width * CLIP.height);
    return planes;
  };
  await writeMp4(
    at("silent.mp4"),
    { ...size, frameCount: 30, drawFrame, sound: [new Float32Array(RATE * 2)] },
    () => undefined,
  );
  const whole = readFileSync(at("silent.mp4"));
  writeFileSync(at("headless.mp4"), whole.subarray(0, 60));
  const content = whole.indexOf("mdat");
  writeFileSync(
    at("broken-off.mp4"),
    whole.subarray(0, content + Math.floor((whole.length - content) * 0.85)),
  );
  await writeMarked(
    at("marked.mp4"),
    Array.from({ length: 30 }, (_, index) => Math.round((index * 1_000) / 30)),
  );
  await writeMarked(at("changing-rate.mp4"), [0, 20, 40, 60, 400, 420, 440, 900, 950, 1_000]);
  await writeMarked(at("bright.mp4"), [0, 500, 1_000], true);
  writeFileSync(at("turned.mp4"), turned(readFileSync(at("marked.mp4"))));
}

/** White in the upper half, black below; for `isBright` with the marks of HDR. @param times of frames, in milliseconds. */
async function writeMarked(path: string, times: number[], isBright = false): Promise<void> {
  const muxer = await Muxer.open(path, { format: "mp4" });
  const encoder = await Encoder.create(FF_ENCODER_LIBX264, {
    options: { preset: "ultrafast" },
    context: { framerate: new Rational(30, 1), maxBFrames: 0 },
  });
  const stream = muxer.addStream(encoder);
  async function* frames(): AsyncGenerator<Frame | null> {
    for (const time of times) {
      const planes = Buffer.alloc((CLIP.width * CLIP.height * 3) / 2, 128);
      planes
        .fill(235, 0, (CLIP.width * CLIP.height) / 2)
        .fill(16, (CLIP.width * CLIP.height) / 2, CLIP.width * CLIP.height);
      const frame = Frame.fromVideoBuffer(planes, {
        ...CLIP,
        format: AV_PIX_FMT_YUV420P,
        timeBase: { num: 1, den: 1_000 },
        pts: BigInt(time),
      });
      if (isBright) {
        frame.colorTrc = AVCOL_TRC_SMPTE2084;
        frame.colorPrimaries = AVCOL_PRI_BT2020;
        frame.colorSpace = AVCOL_SPC_BT2020_NCL;
        frame.colorRange = AVCOL_RANGE_MPEG;
      }
      yield frame;
    }
    yield null;
  }
  for await (const packet of encoder.packets(frames())) {
    await muxer.writePacket(packet, stream);
    packet?.free();
  }
  await muxer.close();
}

/** The same film as taken with a camera turned a quarter clockwise (ISO/IEC 14496-12, 8.3.2). */
function turned(film: Buffer): Buffer {
  const bytes = Buffer.from(film);
  const matrix = bytes.indexOf("tkhd") + 4 + 40;
  for (const [index, value] of [0, 0x10000, 0, -0x10000, 0, 0, CLIP.height << 16, 0, 0x40000000].entries())
    bytes.writeInt32BE(value, matrix + index * 4);
  return bytes;
}
