import { z } from "zod";
import type { LocalText } from "../../errors.ts";
import { runInChild } from "../../media/child-process.ts";
import type { FrameSize } from "../../media/ken-burns.ts";
import { makeTemporaryFile } from "../../media/temporary-file.ts";
import type { ProviderContext, ProviderOutput, ProviderRequest } from "../provider.ts";
import type { LocalContext } from "./local-context.ts";
import { isMarkedCard } from "./card-mark.ts";
import { type Card, cardSvg } from "./image-card.ts";
import { drawPngs } from "./image.ts";
import { languageOf, withoutTopic } from "./language.ts";
import { moodOf } from "./music.ts";
import { clamp, frameSizeOf, numberParameter } from "./parameters.ts";

const SIZES = { fallback: { width: 1_280, height: 720 }, min: 64, max: 1_920 };
const MAX_SECONDS = 60;
const DEFAULT_SECONDS = 5;
/** Of the work, how much is drawing pictures where none are given. */
const DRAWING_SHARE = 0.15;

const VIDEO_LABEL: LocalText = {
  fr: "Vidéo composée localement, sans modèle d’IA",
  en: "Made locally, without an AI model",
};

/** What the film shows. */
interface Footage {
  pictures: { bytes: Uint8Array; hasWordsAtFoot: boolean }[];
  /** Stands still before the pictures: a title and the label. Null where the label alone is written. */
  caption: Uint8Array | null;
}

/**
 * Films the given pictures, or illustrated scenes of the topic under a title where there are none. `duration` is 1..60
 * seconds (5), the frame is `ratio`, `size` or `width` and `height` (1280x720, at most 1920 on the long side). The MP4
 * lies in a temporary file that the caller takes over.
 */
export async function makeVideo(request: ProviderRequest, context: LocalContext): Promise<ProviderOutput> {
  const size = evenSize(frameSizeOf(request.parameters, SIZES));
  const asked = numberParameter(request.parameters, "duration", "duration_seconds", "seconds");
  const seconds = clamp(asked ?? DEFAULT_SECONDS, 1, MAX_SECONDS);
  const topic = request.topic.trim();
  const label = VIDEO_LABEL[languageOf(withoutTopic(request.prompt, topic), topic)];
  const drawn = request.images.length > 0 ? 0 : DRAWING_SHARE;
  const footage =
    request.images.length > 0
      ? givenFootage(request)
      : await drawFootage({ request, size, seconds, label }, context);
  const { path } = await makeTemporaryFile({ folder: context.workFolder, extension: "mp4" }, (file) =>
    runInChild({
      worker: new URL("./video-worker.ts", import.meta.url),
      request: {
        path: file,
        ...footage,
        ...size,
        seconds,
        label,
        seed: `${topic}\n${request.prompt}`,
        mood: moodOf(request.prompt),
      },
      result: z.unknown(),
      signal: context.signal,
      onProgress: (fraction) => context.onProgress(drawn + fraction * (1 - drawn)),
    }),
  );
  return {
    files: [{ content: { path }, mediaType: "video/mp4" }],
    usage: { videoSeconds: seconds, generations: 1 },
  };
}

function givenFootage({ images }: ProviderRequest): Footage {
  const pictures = images.map(({ bytes }) => ({ bytes, hasWordsAtFoot: isMarkedCard(bytes) }));
  return { pictures, caption: null };
}

/** Larger than the frame by as much as the motion goes in, so that the closest picture is still sharp. */
const SCENE_SCALE = 1.15;

async function drawFootage(
  options: { request: ProviderRequest; size: FrameSize; seconds: number; label: string },
  context: ProviderContext,
): Promise<Footage> {
  const { request, size, seconds, label } = options;
  const words = { topic: request.topic.trim(), prompt: request.prompt, label };
  const scene = (variant: number): Card => ({
    ...words,
    width: Math.round(size.width * SCENE_SCALE),
    height: Math.round(size.height * SCENE_SCALE),
    variant,
    parts: "scene",
  });
  const caption: Card = { ...words, ...size, variant: 0, parts: "caption" };
  const scenes = (seconds < 4 ? [0, 1] : [0, 1, 2]).map(scene);
  const [captionPng, ...pngs] = await drawPngs([cardSvg(caption), ...scenes.map(cardSvg)], {
    signal: context.signal,
    onProgress: (fraction) => context.onProgress(fraction * DRAWING_SHARE),
  });
  return { pictures: pngs.map((bytes) => ({ bytes, hasWordsAtFoot: false })), caption: captionPng };
}

/** The codec halves the resolution of colours, so both sides must be even. */
function evenSize({ width, height }: FrameSize): FrameSize {
  return { width: width - (width % 2), height: height - (height % 2) };
}
