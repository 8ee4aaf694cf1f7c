import type { LocalText } from "../errors.ts";
import type { Modality } from "../workflow/media.ts";

/** What each kind of model makes, in a word. */
export const MODALITY_NAMES: Record<Modality, LocalText> = {
  text: { fr: "texte", en: "text" },
  image: { fr: "image", en: "image" },
  speech: { fr: "voix", en: "voice" },
  music: { fr: "musique", en: "music" },
  sound: { fr: "son", en: "sound" },
  video: { fr: "vidéo", en: "video" },
  transcript: { fr: "transcription", en: "transcript" },
  document: { fr: "document", en: "document" },
};
