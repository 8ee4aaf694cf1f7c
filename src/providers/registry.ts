import type { Modality } from "../workflow/media.ts";
import type { Family, ModelCatalogue } from "../workflow/models.ts";
import {
  FAMILIES,
  MODELS,
  PROVIDER_SETTINGS,
  type ModelEntry,
  type ProviderFacts,
} from "./catalogue-data.ts";
import type { Provider, ProviderConfig } from "./provider.ts";

export { PROVIDER_SETTINGS, type ModelEntry, type ProviderFacts } from "./catalogue-data.ts";

/** The built-in generators: always there, free, and what stands in for every other model in a rehearsal. */
export const LOCAL_PROVIDER = "local";

/** Every provider, model and family that Relais knows, and what is configured. */
export interface Registry extends ModelCatalogue {
  /** Resolves a family or `provider:model` to a model. Undefined: not known. */
  resolve(aiProvider: string): ModelEntry | undefined;
  /** Ids of models and families, for suggestions. */
  names(): string[];
  models(): readonly ModelEntry[];
  families(): readonly Family[];
  /** All known providers, also those that this version cannot call, in the order in which they are shown. */
  providers(): readonly ProviderFacts[];
  /** The provider that makes calls; undefined where this version has none. */
  provider(id: string): Provider | undefined;
  isAvailable(providerId: string): boolean;
  /** Names of the environment variables that a provider still needs; none where all is set. */
  missingSettings(providerId: string): string[];
  /** What is configured; `{apiKey: null, baseUrl: null}` where nothing is. */
  config(providerId: string): ProviderConfig;
  /** The built-in generator of a modality; undefined where there is none. */
  localModel(modality: Modality): ModelEntry | undefined;
}

/** @throws Error when a provider was given that `providers.json` does not hold. */
export function createRegistry(options: {
  providers: Provider[];
  config: Record<string, ProviderConfig>;
}): Registry {
  const available = new Map(options.providers.map((provider) => [provider.id, provider]));
  const facts = new Map(PROVIDER_SETTINGS.map((provider) => [provider.id, provider]));
  for (const id of available.keys()) if (!facts.has(id)) throw new Error(`providers.json holds no ${id}`);
  const models = new Map(MODELS.map((model) => [model.id, model]));
  const families = new Map(FAMILIES.map((family) => [family.id, family]));
  const configOf = (id: string): ProviderConfig => options.config[id] ?? { apiKey: null, baseUrl: null };

  return {
    resolve(aiProvider) {
      const id = families.get(aiProvider)?.model ?? aiProvider;
      return models.get(id) ?? unlistedModel(id, facts);
    },
    names: () => [...families.keys(), ...models.keys()],
    models: () => MODELS,
    families: () => FAMILIES,
    providers: () => PROVIDER_SETTINGS,
    provider: (id) => available.get(id),
    isAvailable: (id) => available.has(id),
    missingSettings(id) {
      const settings = facts.get(id)?.settings;
      if (!settings) return [];
      const { apiKey, baseUrl } = configOf(id);
      const missing: string[] = [];
      if (settings.apiKey !== null && !apiKey) missing.push(settings.apiKey);
      if (settings.baseUrl !== null && settings.defaultBaseUrl === null && !baseUrl) {
        missing.push(settings.baseUrl);
      }
      return missing;
    },
    config: configOf,
    localModel: (modality) => models.get(`${LOCAL_PROVIDER}:${modality}`),
  };
}

/**
 * A model that its vendor may have but `models.json` does not list: newer than this version, or served at another address
 * that speaks the vendor's language. It is called without checked parameters and its price is unknown.
 */
function unlistedModel(id: string, facts: ReadonlyMap<string, ProviderFacts>): ModelEntry | undefined {
  const separator = id.indexOf(":");
  const provider = facts.get(id.slice(0, separator));
  const modelId = id.slice(separator + 1);
  if (separator < 1 || !provider || !/^\S+$/.test(modelId) || provider.id === LOCAL_PROVIDER)
    return undefined;
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
      max_prompt_characters: null,
      takes_instructions: false,
      typical_seconds: [5, 60],
      source: null,
      checked: null,
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
function modalityOf(provider: ProviderFacts, modelId: string): Modality | undefined {
  const [only, ...others] = provider.modalities;
  if (others.length === 0) return only;
  if (/tts|kokoro/.test(modelId)) return "speech";
  if (/image|dall-e/.test(modelId)) return "image";
  return OTHER_OPENAI_MODELS.test(modelId) ? undefined : "text";
}
