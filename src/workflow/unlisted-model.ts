import type { Modality } from "./media.ts";
import type { ModelInfo } from "./models.ts";

/** The built-in generators: always there, free, all listed, and what stands in for every other model in a rehearsal. */
export const LOCAL_PROVIDER = "local";

/** What has to be known of a provider to say what an unlisted model of it makes. */
interface ModelMaker {
  id: string;
  modalities: readonly Modality[];
  /** What ids make, by the first pattern that they match, whatever their case; null: nothing Relais can use. */
  unlisted: readonly { pattern: string; modality: Modality | null }[];
}

/**
 * Ids of models become part of addresses, where `?`, `#`, `%` or `..` would lead to another one. What they are made of:
 * words that `/`, `:`, `::` or `@` joins.
 */
const MODEL_ID = /^[\w.-]+(?:(?:[/@]|::?)[\w.-]+)*$/;
/** Providers that are sent ids in the body of a call only. There they name files and deployments, as their owners like. */
const FREELY_NAMED: ReadonlySet<string> = new Set([
  "openai-compatible",
  "ollama",
  "lmstudio",
  "llamacpp",
  "vllm",
  "localai",
  "kokoro",
  "comfyui",
  "automatic1111",
  "fireworks",
]);

/**
 * A model that its vendor may have but the list does not name: newer than this version, or served at another address that
 * speaks the vendor's language. Its parameters are not checked and its price is unknown. Undefined where `id` is not
 * `provider:model` of a known provider, or what the model makes cannot be told.
 */
export function unlistedModel(id: string, providers: readonly ModelMaker[]): ModelInfo | undefined {
  const separator = id.indexOf(":");
  const provider = providers.find((candidate) => candidate.id === id.slice(0, separator));
  const modelId = id.slice(separator + 1);
  if (separator < 1 || !provider || provider.id === LOCAL_PROVIDER || !isModelId(provider, modelId)) {
    return undefined;
  }
  const modality = modalityOf(provider, modelId);
  return (
    modality && {
      id,
      provider: provider.id,
      modality,
      takes: modality === "transcript" ? ["audio"] : [],
      parameters: {},
      status: "live",
      shutdown_date: null,
      replacement: null,
    }
  );
}

function isModelId({ id: provider }: ModelMaker, modelId: string): boolean {
  if (modelId.split(/[/\\]/).some((segment) => /^\.+$/.test(segment))) return false;
  return (FREELY_NAMED.has(provider) ? /^\S+$/ : MODEL_ID).test(modelId);
}

/** What an unlisted model makes: what the provider's patterns say, or the one thing that the provider makes. */
function modalityOf({ modalities, unlisted }: ModelMaker, modelId: string): Modality | undefined {
  const [only] = modalities;
  if (unlisted.length === 0) return only;
  const rule = unlisted.find(({ pattern }) => new RegExp(pattern, "i").test(modelId));
  return rule?.modality ?? undefined;
}
