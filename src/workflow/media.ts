/** What a model makes. */
export const MODALITIES = [
  "text",
  "image",
  "speech",
  "music",
  "sound",
  "video",
  "transcript",
  "document",
] as const;
export type Modality = (typeof MODALITIES)[number];

/** What kind of output a step hands on, as results name it. */
export type Medium = "text" | "json" | "image" | "audio" | "video" | "document";

/** What a stored file is listed among, by its media type. */
export const ARTIFACT_KINDS = ["image", "audio", "video", "document", "text", "other"] as const;
export type ArtifactKind = (typeof ARTIFACT_KINDS)[number];

const MEDIUM_OF: Record<Modality, Medium> = {
  text: "text",
  image: "image",
  speech: "audio",
  music: "audio",
  sound: "audio",
  video: "video",
  transcript: "text",
  document: "document",
};

export function mediumOf(modality: Modality): Medium {
  return MEDIUM_OF[modality];
}

/** What kind of output a file of this media type is. */
export function mediumOfType(mediaType: string): Medium {
  const [kind] = mediaType.split("/", 1);
  return kind === "image" || kind === "audio" || kind === "video" ? kind : "document";
}

/** Whether an output of this medium can be listened to. */
export function isHeard(medium: Medium): boolean {
  return medium === "audio" || medium === "video";
}

/** Whether an output of this medium is a file rather than characters that fit into a prompt. */
export function isFileMedium(medium: Medium): boolean {
  return medium !== "text" && medium !== "json";
}
