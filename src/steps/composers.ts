import type { Composer } from "./composer.ts";

/** The composed steps, by the name of their model after `local:`. Each is loaded when it is first asked for. */
export const COMPOSERS: Readonly<Record<string, () => Promise<Composer>>> = {
  captions: async () => (await import("./compose-captions.ts")).composeCaptions,
  ebook: async () => (await import("./compose-ebook.ts")).composeEbook,
  zip: async () => (await import("./compose-zip.ts")).composeZip,
  thumbnail: async () => (await import("./compose-thumbnail.ts")).composeThumbnail,
  resize: async () => (await import("./compose-resize.ts")).composeResize,
  short: async () => (await import("./compose-short.ts")).composeShort,
  slideshow: async () => (await import("./compose-slideshow.ts")).composeSlideshow,
};
