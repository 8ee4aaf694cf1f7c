import type { InputFile, ProviderRequest } from "./provider.ts";

/** Names by which vendors know what a recording is: several go by the name and not by the type. */
const EXTENSIONS: Record<string, string> = {
  "audio/mpeg": "mp3",
  "audio/mp3": "mp3",
  "audio/mp4": "m4a",
  "audio/x-m4a": "m4a",
  "audio/wav": "wav",
  "audio/x-wav": "wav",
  "audio/wave": "wav",
  "audio/ogg": "ogg",
  "audio/flac": "flac",
  "audio/x-flac": "flac",
  "audio/aac": "aac",
  "audio/webm": "webm",
  "video/mp4": "mp4",
  "video/webm": "webm",
  "video/quicktime": "mov",
};

/** A recording as a form sends it, with a name that fits its type. */
export function audioUpload({ mediaType, bytes }: InputFile): File {
  const [type = ""] = mediaType.split(";");
  // Copied: a view into shared memory is not taken by `File`.
  return new File([new Uint8Array(bytes)], `audio.${EXTENSIONS[type.trim()] ?? "mp3"}`, { type: mediaType });
}

/**
 * What a step says beside its recording, such as how names are spelled, for vendors with a field for such a text. Undefined
 * where it says nothing, and for models that tell speakers apart, which take none. Source: OpenAI's API reference,
 * createTranscription.
 */
export function spellingHint({ prompt, modelId }: ProviderRequest): string | undefined {
  return prompt === "" || modelId.includes("diarize") ? undefined : prompt;
}

/** What a transcript listens to. @throws Error where the request holds nothing. */
export function recordingOf(request: ProviderRequest): InputFile {
  if (!request.audio) throw new Error("a transcript without a recording");
  return request.audio;
}
