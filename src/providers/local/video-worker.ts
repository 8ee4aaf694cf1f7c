import { type Canvas, createCanvas, GlobalFonts, type Image, loadImage } from "@napi-rs/canvas";
import { z } from "zod";
import { serveWorker } from "../../media/child-worker.ts";
import { writeMp4 } from "../../media/codec.ts";
import type { PcmAudio } from "../../media/pcm-audio.ts";
import { LABEL_FONT_FILE } from "./fonts.ts";
import { cardPlaceOf, type Place, placeOf, scenesAt } from "./ken-burns.ts";
import type { FrameSize } from "./parameters.ts";
import { MOODS, playPiece } from "./synthesiser.ts";

const requestSchema = z.object({
  path: z.string(),
  pictures: z.array(z.object({ bytes: z.instanceof(Uint8Array), hasWordsAtFoot: z.boolean() })).min(1),
  caption: z.instanceof(Uint8Array).nullable(),
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

type Pen = ReturnType<Canvas["getContext"]>;

/** Films pictures: slow motion over each, a cross-fade from one to the next, music below, MP4 out. */
serveWorker(requestSchema, async (request, onProgress) => {
  const { width, height, seconds } = request;
  GlobalFonts.registerFromPath(LABEL_FONT_FILE, "Label");
  const pictures: Picture[] = [];
  for (const { bytes, hasWordsAtFoot } of request.pictures) {
    const image = await loadImage(Buffer.from(bytes));
    pictures.push({ image, backdrop: hasWordsAtFoot ? blurred(image, request) : null });
  }
  // The words stand at the foot of a card, so the label goes to the top.
  const isLabelOnTop = request.pictures.some(({ hasWordsAtFoot }) => hasWordsAtFoot);
  const front =
    request.caption === null
      ? labelLayer(request.label, request, isLabelOnTop)
      : await loadImage(Buffer.from(request.caption));
  const canvas = createCanvas(width, height);
  const pen = canvas.getContext("2d");
  pen.imageSmoothingQuality = "high";
  const drawFrame = (index: number): Uint8Array => {
    for (const moment of scenesAt(index / FRAMES_PER_SECOND, pictures.length, seconds)) {
      const picture = pictures[moment.picture];
      if (picture === undefined) continue;
      pen.globalAlpha = moment.opacity;
      drawPicture(pen, picture, { frame: request, ...moment });
    }
    pen.globalAlpha = 1;
    pen.drawImage(front, 0, 0);
    return canvas.data();
  };
  const audio = quieter(playPiece({ seed: request.seed, mood: request.mood, seconds, sampleRate: 48_000 }));
  const frameCount = Math.max(1, Math.round(seconds * FRAMES_PER_SECOND));
  await writeMp4(
    request.path,
    { width, height, framesPerSecond: FRAMES_PER_SECOND, frameCount, drawFrame, audio },
    onProgress,
  );
});

interface Picture {
  image: Image;
  /** What fills the frame behind a card; null for a picture that fills the frame itself. */
  backdrop: Canvas | null;
}

function drawPicture(
  pen: Pen,
  { image, backdrop }: Picture,
  moment: { frame: FrameSize; picture: number; progress: number },
): void {
  if (backdrop !== null) pen.drawImage(backdrop, 0, 0);
  const place: Place = (backdrop === null ? placeOf : cardPlaceOf)({ image, ...moment });
  pen.drawImage(image, place.x, place.y, place.width, place.height);
}

/** The picture, filling the frame, without any detail and darkened. */
function blurred(image: Image, frame: FrameSize): Canvas {
  const backdrop = createCanvas(frame.width, frame.height);
  const pen = backdrop.getContext("2d");
  const place = placeOf({ image, frame, picture: 0, progress: 1 });
  pen.filter = `blur(${Math.max(frame.width, frame.height) / 32}px)`;
  pen.drawImage(image, place.x, place.y, place.width, place.height);
  pen.filter = "none";
  pen.fillStyle = "rgba(8, 10, 20, 0.35)";
  pen.fillRect(0, 0, frame.width, frame.height);
  return backdrop;
}

/** The label in a dark lozenge, in a corner on the right. */
function labelLayer(label: string, { width, height }: FrameSize, isOnTop: boolean): Canvas {
  const layer = createCanvas(width, height);
  const pen = layer.getContext("2d");
  const size = Math.max(9, Math.min(width, height) * 0.024);
  pen.font = `${size}px Label`;
  const wide = Math.min(pen.measureText(label).width, width * 0.9);
  const pad = size * 0.6;
  const left = Math.max(0, width - wide - pad * 3);
  const top = isOnTop ? pad : height - size - pad * 3.4;
  pen.fillStyle = "rgba(8, 10, 20, 0.5)";
  pen.beginPath();
  pen.roundRect(left, top, wide + pad * 2, size + pad * 1.4, size * 0.5);
  pen.fill();
  pen.fillStyle = "rgba(255, 255, 255, 0.9)";
  pen.fillText(label, left + pad, top + size * 1.16, wide);
  return layer;
}

function quieter(audio: PcmAudio): PcmAudio {
  for (const channel of audio.channels) {
    for (let index = 0; index < channel.length; index += 1)
      channel[index] = (channel[index] ?? 0) * MUSIC_LOUDNESS;
  }
  return audio;
}
