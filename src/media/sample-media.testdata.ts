import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import sharp from "sharp";
import { z } from "zod";
import { runInChild } from "./child-process.ts";

/** A new folder of a test's own. */
export async function sampleFolder(): Promise<string> {
  return await mkdtemp(path.join(tmpdir(), "relais-sample-"));
}

/** A small picture, dark on the left and light on the right. */
export async function samplePicture(
  format: "png" | "jpeg" | "webp",
  { width = 32, height = 24, alpha = 1 } = {},
): Promise<Buffer> {
  const left = {
    create: {
      width: Math.ceil(width / 2),
      height,
      channels: 4 as const,
      background: { r: 20, g: 40, b: 160, alpha: 1 },
    },
  };
  const whole = {
    create: { width, height, channels: 4 as const, background: { r: 240, g: 230, b: 60, alpha } },
  };
  const piece = await sharp(left).png().toBuffer();
  return await sharp(whole)
    .composite([{ input: piece, left: 0, top: 0 }])
    .toFormat(format)
    .toBuffer();
}

/** Writes a sound or a film of a few seconds: `tone.mp3`, `film.mp4`. */
export async function writeSample(folder: string, kind: "mp3" | "mp4", seconds = 1): Promise<string> {
  const file = path.join(folder, kind === "mp3" ? "tone.mp3" : "film.mp4");
  return await runInChild({
    worker: new URL("./sample-media.testworker.ts", import.meta.url),
    request: { path: file, kind, seconds },
    result: z.string(),
    signal: AbortSignal.timeout(30_000),
  });
}

/** Frames and form of a sound or film, by decoding all of it. */
export async function decoded(file: string) {
  return await runInChild({
    worker: new URL("./decode.testworker.ts", import.meta.url),
    request: { path: file },
    result: z.object({ frames: z.number(), pixelFormat: z.number().nullable() }).loose(),
    signal: AbortSignal.timeout(30_000),
  });
}

/** A WAV of so many samples of silence: 16 bits, one channel, 8 kHz. */
export function sampleWav(samples: number): Buffer {
  const wav = Buffer.alloc(44 + samples * 2);
  wav.write("RIFF", 0, "latin1");
  wav.writeUInt32LE(36 + samples * 2, 4);
  wav.write("WAVEfmt ", 8, "latin1");
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(8_000, 24);
  wav.writeUInt32LE(16_000, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write("data", 36, "latin1");
  wav.writeUInt32LE(samples * 2, 40);
  return wav;
}

/** A PDF of one empty page. */
export function samplePdf(): Buffer {
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
  ];
  let text = "%PDF-1.7\n";
  const places: number[] = [];
  for (const [index, object] of objects.entries()) {
    places.push(text.length);
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
  }
  const table = text.length;
  const lines = places.map((place) => `${String(place).padStart(10, "0")} 00000 n \n`).join("");
  text += `xref\n0 4\n0000000000 65535 f \n${lines}trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`;
  return Buffer.from(text, "latin1");
}
