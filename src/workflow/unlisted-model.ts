import type { Modality } from "./media.ts";
import type { ModelInfo } from "./models.ts";

/** The built-in generators: always there, free, all listed, and what stands in for every other model in a rehearsal. */
export const LOCAL_PROVIDER = "local";

/** What has to be known of a provider to say what an unlisted model of it makes. */
interface ModelMaker {
  id: string;
  modalities: readonly Modality[];
}

/**
 * A model that its vendor may have but the list does not name: newer than this version, or served at another address that
 * speaks the vendor's language. Its parameters are not checked and its price is unknown. Undefined where `id` is not
 * `provider:model` of a known provider, or what the model makes cannot be told.
 */
export function unlistedModel(id: string, providers: readonly ModelMaker[]): ModelInfo | undefined {
  const separator = id.indexOf(":");
  const provider = providers.find((candidate) => candidate.id === id.slice(0, separator));
  const modelId = id.slice(separator + 1);
  if (separator < 1 || !provider || !/^\S+$/.test(modelId) || provider.id === LOCAL_PROVIDER) {
    return undefined;
  }
  const modality = modalityOf(provider, modelId);
  return (
    modality && {
      id,
      provider: provider.id,
      modality,
      takes: [],
      parameters: {},
      status: "live",
      shutdown_date: null,
      replacement: null,
    }
  );
}

/** What OpenAI's ids say of models that Relais has no use for, or cannot call. */
const OTHER_OPENAI_MODELS =
  /whisper|transcribe|realtime|embedding|moderation|sora|live|audio|search|codex|computer|translate/;

/**
 * What an unlisted model makes. A provider with one modality: that one. OpenAI, by its ids: `tts` speaks, `image` and
 * `dall-e` draw, other ids write, also those of servers that speak its language (`llama3.2`); ids that name something else
 * (transcription, embeddings, realtime) are not known.
 */
function modalityOf(provider: ModelMaker, modelId: string): Modality | undefined {
  const [only, ...others] = provider.modalities;
  if (others.length === 0) return only;
  if (/tts|kokoro/.test(modelId)) return "speech";
  if (/image|dall-e/.test(modelId)) return "image";
  return OTHER_OPENAI_MODELS.test(modelId) ? undefined : "text";
}
