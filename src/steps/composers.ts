import type { Composer } from "./composer.ts";

/** The composed steps, by the name of their model after `local:`. Each is loaded when it is first asked for. */
export const COMPOSERS: Readonly<Record<string, () => Promise<Composer>>> = {
  audiobook: async () => (await import("./compose-audiobook.ts")).composeAudiobook,
  concat: async () => (await import("./compose-concat.ts")).composeConcat,
  mix: async () => (await import("./compose-mix.ts")).composeMix,
  podcast: async () => (await import("./compose-podcast.ts")).composePodcast,
  trim: async () => (await import("./compose-trim.ts")).composeTrim,
  captions: async () => (await import("./compose-captions.ts")).composeCaptions,
  ebook: async () => (await import("./compose-ebook.ts")).composeEbook,
  zip: async () => (await import("./compose-zip.ts")).composeZip,
  thumbnail: async () => (await import("./compose-thumbnail.ts")).composeThumbnail,
  resize: async () => (await import("./compose-resize.ts")).composeResize,
  short: async () => (await import("./compose-short.ts")).composeShort,
  slideshow: async () => (await import("./compose-slideshow.ts")).composeSlideshow,
};
