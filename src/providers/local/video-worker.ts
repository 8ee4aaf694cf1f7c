import { createCanvas, GlobalFonts, type Image, loadImage } from "@napi-rs/canvas";
import { z } from "zod";
import { serveWorker } from "../../media/child-worker.ts";
import { writeMp4 } from "../../media/codec.ts";
import { LABEL_FONT_FILE } from "./fonts.ts";
import { placeOf, scenesAt } from "./ken-burns.ts";
import { MOODS, playPiece } from "./synthesiser.ts";

const requestSchema = z.object({
  path: z.string(),
  images: z.array(z.instanceof(Uint8Array)).min(1),
  width: z.int(),
  height: z.int(),
  seconds: z.number(),
  label: z.string(),
  seed: z.string(),
  mood: z.enum(MOODS),
});

const FRAMES_PER_SECOND = 30;
/** Music lies under pictures here, so it is quieter than on its own. */
const MUSIC_LOUDNESS = 0.55;

/** Films pictures: slow motion over each, a cross-fade from one to the next, music below, MP4 out. */
serveWorker(requestSchema, async (request, onProgress) => {
  const { width, height, seconds } = request;
  const pictures: Image[] = [];
  for (const bytes of request.images) pictures.push(await loadImage(Buffer.from(bytes)));
  GlobalFonts.registerFromPath(LABEL_FONT_FILE, "Label");
  const canvas = createCanvas(width, height);
  const pen = canvas.getContext("2d");
  pen.imageSmoothingQuality = "high";
  const audio = playPiece({ seed: request.seed, mood: request.mood, seconds, sampleRate: 48_000 });
  for (const channel of audio.channels) {
    for (let index = 0; index < channel.length; index += 1)
      channel[index] = (channel[index] ?? 0) * MUSIC_LOUDNESS;
  }
  const drawFrame = (index: number): Uint8Array => {
    for (const { picture, progress, opacity } of scenesAt(
      index / FRAMES_PER_SECOND,
      pictures.length,
      seconds,
    )) {
      const image = pictures[picture];
      if (image === undefined) continue;
      const place = placeOf({ image, frame: request, picture, progress });
      pen.globalAlpha = opacity;
      pen.drawImage(image, place.x, place.y, place.width, place.height, 0, 0, width, height);
    }
    pen.globalAlpha = 1;
    drawLabel(request.label);
    return canvas.data();
  };
  const drawLabel = (label: string): void => {
    const size = Math.max(9, Math.min(width, height) * 0.024);
    pen.font = `${size}px Label`;
    const wide = Math.min(pen.measureText(label).width, width * 0.9);
    const pad = size * 0.6;
    const left = width - wide - pad * 3;
    const top = height - size - pad * 3.4;
    pen.fillStyle = "rgba(8, 10, 20, 0.5)";
    pen.beginPath();
    pen.roundRect(left, top, wide + pad * 2, size + pad * 1.4, size * 0.5);
    pen.fill();
    pen.fillStyle = "rgba(255, 255, 255, 0.9)";
    pen.fillText(label, left + pad, top + size * 1.16, wide);
  };
  const frameCount = Math.max(1, Math.round(seconds * FRAMES_PER_SECOND));
  await writeMp4(
    request.path,
    { width, height, framesPerSecond: FRAMES_PER_SECOND, frameCount, drawFrame, audio },
    onProgress,
  );
});
