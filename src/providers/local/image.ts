import { z } from "zod";
import { runInChild } from "../../media/child-process.ts";
import type { LocalText } from "../../errors.ts";
import type { ProviderContext, ProviderOutput, ProviderRequest } from "../provider.ts";
import { markCard } from "./card-mark.ts";
import { cardSvg } from "./image-card.ts";
import { languageOf, withoutTopic } from "./language.ts";
import { frameSizeOf } from "./parameters.ts";

const SIZES = { fallback: { width: 1024, height: 1024 }, min: 64, max: 4_096 };
const IMAGE_LABEL: LocalText = {
  fr: "Visuel composé localement, sans modèle d’IA",
  en: "Made locally, without an AI model",
};

/** How much taller than wide a picture is that stands behind the captions of a film. */
const UPRIGHT = 1.6;
const ASKS_FOR_NO_TEXT = /\b(?:aucun texte|sans (?:aucun )?texte|no text|without (?:any )?text)\b/i;

/**
 * Draws an illustrated card with the topic as its title, at the asked size (1024x1024 by default), as PNG. An upright picture
 * that is to hold no text has its label only, and colors of its own, because it is one of several for a film.
 */
export async function makeImage(request: ProviderRequest, context: ProviderContext): Promise<ProviderOutput> {
  const { width, height } = frameSizeOf(request.parameters, SIZES);
  const topic = request.topic.trim();
  const language = languageOf(withoutTopic(request.prompt, topic), topic);
  const label = IMAGE_LABEL[language];
  const isWordless = height / width > UPRIGHT && ASKS_FOR_NO_TEXT.test(request.prompt);
  const kind = isWordless
    ? { variant: 1, parts: "labelled" as const }
    : { variant: 0, parts: "all" as const };
  const [png] = await drawPngs(
    [cardSvg({ topic, prompt: request.prompt, width, height, label, ...kind })],
    context,
  );
  return {
    files: [{ content: { bytes: isWordless ? png : markCard(png) }, mediaType: "image/png" }],
    usage: { images: 1 },
  };
}

/** Draws SVGs in a child process, since each takes up to two seconds. */
export function drawPngs(
  svgs: [string, ...string[]],
  context: Pick<ProviderContext, "signal" | "onProgress">,
): Promise<[Uint8Array, ...Uint8Array[]]> {
  return runInChild({
    worker: new URL("./image-worker.ts", import.meta.url),
    request: { svgs },
    result: z.tuple([z.instanceof(Uint8Array)], z.instanceof(Uint8Array)),
    signal: context.signal,
    onProgress: context.onProgress,
  });
}
