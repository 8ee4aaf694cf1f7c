import type { WordTiming } from "../workflow/ports.ts";
import { type Caption, layOutCaptions } from "./caption-layout.ts";
import { loadCaptionFonts } from "./caption-fonts.ts";
import { captionLayer, type CaptionStyle, lineShapeOf, titleLayer } from "./caption-painter.ts";
import type { FilmPlan } from "./film-plan.ts";
import type { FilmRequest } from "./film-request.ts";
import { FRAMES_PER_SECOND } from "./film-shots.ts";
import type { FramePainter } from "./frame-painter.ts";
import { fadedLayer, type Layer } from "./yuv.ts";

/** Lays captions and title over the frames. */
export interface WordPainter {
  draw(index: number): void;
  /** Characters that no font can draw. */
  missing: string[];
}

const CAPTION_SLOT = 0;
const TITLE_SLOT = 1;
const TITLE_SECONDS = 3;
const TITLE_FADE_SECONDS = 0.4;

export function createWordPainter(request: FilmRequest, plan: FilmPlan, painter: FramePainter): WordPainter {
  const isCaptioned = request.captions !== "none";
  const spoken = isCaptioned ? plan.words : [];
  const written = [request.title, ...spoken.flat().map(({ word }) => word)].join(" ");
  const { families, missing } = loadCaptionFonts(written);
  const style: CaptionStyle = { frame: request, families };
  const shape = lineShapeOf(style);
  const drawn = (words: WordTiming[]): WordTiming[] => withoutMissing(words, new Set(missing));
  const captions = spoken.flatMap((words) => layOutCaptions(drawn(words), shape));
  const drawTitle = titlePainter(request.title, { style, painter, seconds: plan.seconds });
  let shown = "";
  return {
    missing,
    draw(index) {
      const isTitled = drawTitle(index);
      // A frame is seen until the next one comes: what changes in its second half belongs to that.
      const time = (index + 0.5) / FRAMES_PER_SECOND;
      const caption = captions.findLastIndex(({ start }) => start <= time);
      const current = captions[caption];
      // A title on a frame that lies leaves no room for both.
      if (current === undefined || current.end <= time || (isTitled && request.width > request.height))
        return;
      const active = request.captions === "word" ? activeWord(current, time) : null;
      const state = `${caption}:${active}`;
      if (state !== shown) painter.keepLayer(CAPTION_SLOT, captionLayer(current, active, style));
      shown = state;
      painter.drawLayer(CAPTION_SLOT);
    },
  };
}

/** What no font can draw would be a row of boxes. */
function withoutMissing(words: WordTiming[], missing: ReadonlySet<string>): WordTiming[] {
  if (missing.size === 0) return words;
  return words.flatMap((timing) => {
    const word = Array.from(timing.word)
      .filter((character) => !missing.has(character))
      .join("");
    return /[^\p{M}\p{C}\p{Z}]/u.test(word) ? [{ ...timing, word }] : [];
  });
}

function activeWord({ words }: Caption, time: number): number {
  return words.findLastIndex(({ start }) => start <= time);
}

/** Says whether the title is to be seen. */
function titlePainter(
  title: string,
  options: { style: CaptionStyle; painter: FramePainter; seconds: number },
): (index: number) => boolean {
  if (title.trim() === "") return () => false;
  const { style, painter, seconds } = options;
  const layer: Layer = titleLayer(title, style);
  const end = Math.min(TITLE_SECONDS, seconds);
  let shown = -1;
  return (index) => {
    const left = end - index / FRAMES_PER_SECOND;
    if (left <= 0) return false;
    const opacity = Math.min(1, left / TITLE_FADE_SECONDS);
    if (opacity !== shown) painter.keepLayer(TITLE_SLOT, opacity === 1 ? layer : fadedLayer(layer, opacity));
    shown = opacity;
    painter.drawLayer(TITLE_SLOT);
    return true;
  };
}
