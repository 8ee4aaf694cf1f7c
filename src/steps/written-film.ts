import type { MediaMeasure } from "../media/measure-media.ts";
import type { Composed } from "./composer.ts";
import { fileName } from "./given-text.ts";

type Picture = NonNullable<MediaMeasure["picture"]>;

/** Longer sides are brought down to this: what is encoded here is to be ready today. */
const MAX_SIDE = 1_920;

/** Size and rate of a film that is encoded: those of another, with even sides and at most 1,920 pixels on the longer one. */
export function evenFormat({ width, height, rate }: Picture): Pick<Picture, "width" | "height" | "rate"> {
  const scale = Math.min(1, MAX_SIDE / Math.max(width, height));
  const even = (side: number): number => Math.max(2, Math.round((side * scale) / 2) * 2);
  return { width: even(width), height: even(height), rate };
}

/** What a step that made a film hands on. */
export function filmOutput(mp4: string, title: string, fallback: string): Composed {
  return {
    medium: "video",
    title,
    files: [{ path: mp4, name: fileName(title, fallback, "mp4"), mediaType: "video/mp4" }],
  };
}
