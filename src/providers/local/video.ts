import { z } from "zod";
import type { LocalText } from "../../errors.ts";
import { runInChild } from "../../media/child-process.ts";
import { makeTemporaryFile } from "../../media/temporary-file.ts";
import type { ProviderContext, ProviderOutput, ProviderRequest } from "../provider.ts";
import { cardSvg } from "./image-card.ts";
import { drawPngs } from "./image.ts";
import { languageOf, withoutTopic } from "./language.ts";
import { moodOf } from "./music.ts";
import { clamp, type FrameSize, frameSizeOf, numberParameter } from "./parameters.ts";

const SIZES = { fallback: { width: 1_280, height: 720 }, min: 64, max: 1_920 };
const MAX_SECONDS = 60;
const DEFAULT_SECONDS = 5;
/** Of the work, how much is drawing pictures where none are given. */
const DRAWING_SHARE = 0.15;

const VIDEO_LABEL: LocalText = {
  fr: "Vidéo composée localement, sans modèle d’IA",
  en: "Made locally, without an AI model",
};

/**
 * Films the given pictures, or illustrated cards of the topic where there are none. `duration` is 1..60 seconds (5), the
 * frame is `ratio`, `size` or `width` and `height` (1280x720, at most 1920 on the long side). The MP4 lies in a temporary
 * file that the caller takes over.
 */
export async function makeVideo(request: ProviderRequest, context: ProviderContext): Promise<ProviderOutput> {
  const size = evenSize(frameSizeOf(request.parameters, SIZES));
  const asked = numberParameter(request.parameters, "duration", "duration_seconds", "seconds");
  const seconds = clamp(asked ?? DEFAULT_SECONDS, 1, MAX_SECONDS);
  const topic = request.topic.trim();
  const language = languageOf(withoutTopic(request.prompt, topic), topic);
  const given = request.images.map((image) => image.bytes);
  const drawn = given.length > 0 ? 0 : DRAWING_SHARE;
  const cards = given.length > 0 ? given : await drawCards({ request, size, seconds, language }, context);
  const { path } = await makeTemporaryFile("mp4", (file) =>
    runInChild({
      worker: new URL("./video-worker.ts", import.meta.url),
      request: {
        path: file,
        images: cards,
        ...size,
        seconds,
        label: VIDEO_LABEL[language],
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

/** Larger than the frame by as much as the motion goes in, so that the closest picture is still sharp. */
const CARD_SCALE = 1.15;

function drawCards(
  options: { request: ProviderRequest; size: FrameSize; seconds: number; language: "fr" | "en" },
  context: ProviderContext,
): Promise<Uint8Array[]> {
  const { request, size, seconds, language } = options;
  const card = (variant: number): string =>
    cardSvg({
      topic: request.topic.trim(),
      prompt: request.prompt,
      width: Math.round(size.width * CARD_SCALE),
      height: Math.round(size.height * CARD_SCALE),
      language,
      variant,
      hasText: false,
    });
  const svgs: [string, ...string[]] = seconds < 4 ? [card(0), card(1)] : [card(0), card(1), card(2)];
  return drawPngs(svgs, {
    signal: context.signal,
    onProgress: (fraction) => context.onProgress(fraction * DRAWING_SHARE),
  });
}

/** The codec halves the resolution of colours, so both sides must be even. */
function evenSize({ width, height }: FrameSize): FrameSize {
  return { width: width - (width % 2), height: height - (height % 2) };
}
