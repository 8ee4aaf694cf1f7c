import { createCanvas, GlobalFonts, loadImage, type Canvas } from "@napi-rs/canvas";
import { z } from "zod";
import { serveWorker } from "../../media/child-worker.ts";
import { SOUND_RATE, writeMp4 } from "../../media/codec.ts";
import { makeStill, stillSize } from "../../media/film-still.ts";
import { createFramePainter } from "../../media/frame-painter.ts";
import { evenStarts, type FrameSize, type Motion, placeOf, scenesAt } from "../../media/ken-burns.ts";
import { type PcmAudio, stereoPieces } from "../../media/pcm-audio.ts";
import { layerOf } from "../../media/yuv.ts";
import { LABEL_FONT_FILE } from "./fonts.ts";
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

/** Films pictures: slow motion over each, a cross-fade from one to the next, music below, MP4 out. */
serveWorker(requestSchema, async (request, onProgress) => {
  const { width, height, seconds } = request;
  const frame = { width, height };
  const stills = await Promise.all(
    request.pictures.map(async ({ bytes, hasWordsAtFoot }) => {
      const motion: Motion = hasWordsAtFoot ? "card" : "drift";
      return { motion, picture: await makeStill(bytes, frame, motion) };
    }),
  );
  const painter = createFramePainter(frame, stillSize(frame, "drift"));
  painter.keepLayer(0, layerOf({ ...frame, bytes: (await frontOf(request)).data() }, { x: 0, y: 0 }));
  const starts = evenStarts(stills.length, seconds);
  const kept: (number | null)[] = [null, null];
  const drawFrame = (index: number): Uint8Array => {
    for (const { picture, progress, opacity } of scenesAt(index / FRAMES_PER_SECOND, starts, seconds)) {
      const still = stills[picture];
      if (still === undefined) continue;
      const slot = picture % 2;
      if (kept[slot] !== picture) painter.keepPicture(slot, still.picture);
      kept[slot] = picture;
      painter.drawPicture(slot, placeOf({ frame, motion: still.motion, picture, progress }), opacity);
    }
    painter.drawLayer(0);
    return painter.frame;
  };
  const audio = quieter(
    playPiece({ seed: request.seed, mood: request.mood, seconds, sampleRate: SOUND_RATE }),
  );
  const frameCount = Math.max(1, Math.round(seconds * FRAMES_PER_SECOND));
  await writeMp4(
    request.path,
    { ...frame, framesPerSecond: FRAMES_PER_SECOND, frameCount, drawFrame, sound: stereoPieces(audio) },
    onProgress,
  );
});

/** What stands still before the pictures: the caption, or the label alone. */
async function frontOf(request: z.output<typeof requestSchema>): Promise<Canvas> {
  GlobalFonts.registerFromPath(LABEL_FONT_FILE, "Label");
  // The words stand at the foot of a card, so the label goes to the top.
  const isLabelOnTop = request.pictures.some(({ hasWordsAtFoot }) => hasWordsAtFoot);
  if (request.caption === null) return labelLayer(request.label, request, isLabelOnTop);
  const layer = createCanvas(request.width, request.height);
  layer.getContext("2d").drawImage(await loadImage(Buffer.from(request.caption)), 0, 0);
  return layer;
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
