import type { Modality } from "../workflow/media.ts";
import type { Family, ModelCatalogue } from "../workflow/models.ts";
import { LOCAL_PROVIDER, unlistedModel } from "../workflow/unlisted-model.ts";
import {
  FAMILIES,
  MODELS,
  PROVIDER_SETTINGS,
  type FamilyRule,
  type ModelEntry,
  type ProviderFacts,
} from "./catalogue-data.ts";
import { resolvedFamily } from "./family.ts";
import type { KeyRing } from "./key-ring.ts";
import type { FoundModel } from "./local-servers.ts";
import { costsNothing } from "./own-machine.ts";
import type { Provider, ProviderConfig } from "./provider.ts";

export { FAMILIES, PROVIDER_SETTINGS, type ModelEntry, type ProviderFacts } from "./catalogue-data.ts";

/** Every provider, model and family that Relais knows, and what is configured. */
export interface Registry extends ModelCatalogue {
  /** Resolves a family or `provider:model` to a model. Undefined: not known. */
  resolve(aiProvider: string): ModelEntry | undefined;
  family(aiProvider: string): Family | undefined;
  /** Ids of models and families, for suggestions. */
  names(): string[];
  models(): readonly ModelEntry[];
  families(): readonly Family[];
  /** All known providers, in the order in which they are shown. */
  providers(): readonly ProviderFacts[];
  /** The provider that makes calls. @throws Error where the registry was given none of this id. */
  provider(id: string): Provider;
  /** Names of the environment variables that a provider still needs; none where all is set. */
  missingSettings(providerId: string): string[];
  /** What is configured at this moment; `{apiKey: null, baseUrl: null}` where nothing is. */
  config(providerId: string): ProviderConfig;
  /** Where the key comes from that holds now; null: none is set. */
  keySource(providerId: string): "environment" | "page" | null;
  /** Reads keys again that may have been given to another process. */
  refreshKeys(): Promise<void>;
  /** The built-in generator of a modality. @throws Error where there is none: then no model makes it either. */
  localModel(modality: Modality): ModelEntry;
  /** Whether nobody bills a call of this model: it is built in, or runs on a machine of the person's own. */
  isFree(modelId: string): boolean;
}

/** Names of the environment variables without which nothing works: of a key, an address or both; none for what is built in. */
export function requiredSettings({ settings }: ProviderFacts): string[] {
  const { apiKey, needsKey, baseUrl, defaultBaseUrl } = settings;
  return [
    ...(needsKey && apiKey !== null ? [apiKey] : []),
    ...(baseUrl !== null && defaultBaseUrl === null ? [baseUrl] : []),
  ];
}

interface RegistryOptions {
  providers: Provider[];
  config: Record<string, ProviderConfig>;
  /** Keys that were given on the page; those in `config` win. */
  keys?: Pick<KeyRing, "keyOf" | "refresh">;
  /** Models that the person chose for families, by the family's id. */
  families?: Record<string, string>;
  /** Models of servers that were found on this machine; they take the place of those that ship for the same provider. */
  found?: readonly FoundModel[];
}

/** @throws Error when a provider was given that `providers.json` does not hold. */
export function createRegistry(options: RegistryOptions): Registry {
  const providers = new Map(options.providers.map((provider) => [provider.id, provider]));
  const facts = new Map(PROVIDER_SETTINGS.map((provider) => [provider.id, provider]));
  for (const id of providers.keys()) if (!facts.has(id)) throw new Error(`providers.json holds no ${id}`);
  const found = (options.found ?? []).flatMap((model) => foundEntry(model, facts) ?? []);
  const models = new Map([...found, ...shippedBeside(found)].map((model) => [model.id, model]));
  const all = [...models.values()];
  const { keySource, configOf, missingSettings } = settingsOf(options, facts);
  const isConfigured = (id: string): boolean => missingSettings(id).length === 0;
  const rules = new Map(FAMILIES.map((rule) => [rule.id, rule]));
  const familyOf = (rule: FamilyRule): Family =>
    resolvedFamily(rule, { chosen: options.families?.[rule.id], isConfigured });
  const family = (id: string): Family | undefined => {
    const rule = rules.get(id);
    return rule && familyOf(rule);
  };

  return {
    resolve(aiProvider) {
      const id = family(aiProvider)?.model ?? aiProvider;
      return models.get(id) ?? unlistedEntry(id, facts);
    },
    family,
    names: () => [...rules.keys(), ...models.keys()],
    providerName: (id) => facts.get(id)?.name,
    models: () => all,
    families: () => FAMILIES.map(familyOf),
    providers: () => PROVIDER_SETTINGS,
    provider(id) {
      const provider = providers.get(id);
      if (!provider) throw new Error(`no provider was given for ${id}`);
      return provider;
    },
    missingSettings,
    config: configOf,
    keySource,
    async refreshKeys() {
      await options.keys?.refresh();
    },
    localModel(modality) {
      const model = models.get(`${LOCAL_PROVIDER}:${modality}`);
      if (!model) throw new Error(`no built-in generator makes a ${modality}`);
      return model;
    },
    isFree(modelId) {
      const provider = facts.get(modelId.slice(0, modelId.indexOf(":")));
      return provider !== undefined && costsNothing(modelId, provider, configOf(provider.id));
    },
  };
}

/** Keys and addresses as they stand at the moment of asking: those of the environment win over those of the page. */
function settingsOf(
  options: Pick<RegistryOptions, "config" | "keys">,
  facts: ReadonlyMap<string, ProviderFacts>,
) {
  const storedKey = (id: string): string | null => {
    const variable = facts.get(id)?.settings.apiKey ?? null;
    return variable === null ? null : (options.keys?.keyOf(variable) ?? null);
  };
  const configOf = (id: string): ProviderConfig => {
    const { apiKey, baseUrl } = options.config[id] ?? { apiKey: null, baseUrl: null };
    return { apiKey: apiKey ?? storedKey(id), baseUrl };
  };

  const missingSettings = (id: string): string[] => {
    const provider = facts.get(id);
    if (!provider) return [];
    const { apiKey, baseUrl } = configOf(id);
    const { settings } = provider;
    const isSet = (name: string): boolean => Boolean(name === settings.apiKey ? apiKey : baseUrl);
    return requiredSettings(provider).filter((name) => !isSet(name));
  };
  const keySource = (id: string): "environment" | "page" | null => {
    if (options.config[id]?.apiKey) return "environment";
    return storedKey(id) === null ? null : "page";
  };
  return { keySource, configOf, missingSettings };
}

/** The models that ship, but for examples of a provider whose server said which models it has. */
function shippedBeside(found: readonly ModelEntry[]): ModelEntry[] {
  const answering = new Set(found.map(({ provider }) => provider));
  const had = new Set(found.map(({ id }) => id));
  return MODELS.filter(({ id, provider }) => !answering.has(provider) || had.has(id));
}

/** A model that a server has, with the parameters of those that are listed of the same kind; undefined: not for Relais. */
function foundEntry(
  { id, takesImages }: FoundModel,
  facts: ReadonlyMap<string, ProviderFacts>,
): ModelEntry | undefined {
  const model = unlistedEntry(id, facts);
  const alike = MODELS.find((one) => one.provider === model?.provider && one.modality === model.modality);
  return model && { ...model, takes: takesImages ? ["image"] : [], parameters: alike?.parameters ?? {} };
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
