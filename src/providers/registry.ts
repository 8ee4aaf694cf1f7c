import type { Modality } from "../workflow/media.ts";
import type { Family, ModelCatalogue } from "../workflow/models.ts";
import { LOCAL_PROVIDER, unlistedModel } from "../workflow/unlisted-model.ts";
import {
  FAMILIES,
  MODELS,
  PROVIDER_SETTINGS,
  type ModelEntry,
  type ProviderFacts,
} from "./catalogue-data.ts";
import type { Provider, ProviderConfig } from "./provider.ts";

export { PROVIDER_SETTINGS, type ModelEntry, type ProviderFacts } from "./catalogue-data.ts";

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
      return models.get(id) ?? unlistedEntry(id, facts);
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

/** A model that `models.json` does not list, with what the list would say of it where that is not known. */
function unlistedEntry(id: string, facts: ReadonlyMap<string, ProviderFacts>): ModelEntry | undefined {
  const model = unlistedModel(id, [...facts.values()]);
  return (
    model && {
      ...model,
      max_prompt_characters: null,
      takes_instructions: false,
      typical_seconds: [5, 60],
      source: null,
      checked: null,
    }
  );
}
