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
      takes: modality === "transcript" ? ["audio"] : [],
      parameters: {},
      status: "live",
      shutdown_date: null,
      replacement: null,
    }
  );
}

/** What an unlisted model makes: what the provider's patterns say, or the one thing that the provider makes. */
function modalityOf({ modalities, unlisted }: ModelMaker, modelId: string): Modality | undefined {
  const [only] = modalities;
  if (unlisted.length === 0) return only;
  const rule = unlisted.find(({ pattern }) => new RegExp(pattern, "i").test(modelId));
  return rule?.modality ?? undefined;
}
