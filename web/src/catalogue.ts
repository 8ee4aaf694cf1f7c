import type { LocalText } from "../../src/errors.ts";
import type { Medium, Modality } from "../../src/workflow/media.ts";
import type { ModelCatalogue, ModelInfo, ParameterSpec } from "../../src/workflow/models.ts";
import { unlistedModel } from "../../src/workflow/unlisted-model.ts";
import type { ProviderList, ProviderWire } from "./api/types.ts";

const EMPTY: ProviderList = { providers: [], families: [] };

/** What `GET /providers` says, as validation and the editor look it up. */
export function catalogueOf(list: ProviderList | undefined): ModelCatalogue {
  const { providers, families } = list ?? EMPTY;
  const models = new Map<string, ModelInfo>();
  for (const provider of providers) {
    for (const model of provider.models) {
      models.set(model.id, {
        id: model.id,
        provider: provider.id,
        modality: model.modality,
        takes: model.takes.filter(isMedium),
        requires: model.requires.filter(isMedium),
        parameters: parameterSpecs(model.parameters),
        ...(model.composed && { composed: model.composed }),
        status: model.status,
        shutdown_date: model.shutdown_date,
        replacement: model.replacement,
      });
    }
  }
  const familyById = new Map(families.map((family) => [family.id, family]));
  return {
    resolve(aiProvider) {
      const id = familyById.get(aiProvider)?.model ?? aiProvider;
      return models.get(id) ?? unlistedModel(id, providers);
    },
    family: (aiProvider) => familyById.get(aiProvider),
    names: () => [...familyById.keys(), ...models.keys()],
    providerName: (id) => providers.find((provider) => provider.id === id)?.name,
  };
}

/** Whether a model is known by its provider alone: its price and parameters are not. */
export function isUnlisted(model: ModelInfo, catalogue: ModelCatalogue): boolean {
  return !catalogue.names().includes(model.id);
}

/** What a provider cannot be called without: a key, or the address of a server; null: it is built in. */
export function needOf(provider: ProviderWire): "key" | "address" | null {
  const { required_settings: required, base_url_setting: address } = provider;
  if (required.length === 0) {
    return null;
  }
  return required.some((name) => name === address) ? "address" : "key";
}

/** Whether a step with this model speaks in a voice that follows no directions. */
export function isDeafToDirections(list: ProviderList | undefined, model: ModelInfo | undefined): boolean {
  if (model?.modality !== "speech") {
    return false;
  }
  const provider = list?.providers.find(({ id }) => id === model.provider);
  const listed = provider?.models.find(({ id }) => id === model.id);
  // One that is not in the list is sent none.
  return listed?.takes_instructions !== true;
}

/** The wire carries parameter specifications as plain JSON; what is not one is left out. */
function parameterSpecs(wire: Record<string, unknown>): Record<string, ParameterSpec> {
  const specs: Record<string, ParameterSpec> = {};
  for (const [name, spec] of Object.entries(wire)) {
    if (isParameterSpec(spec)) {
      specs[name] = { ...spec, label: labelOf(spec.label, name) };
    }
  }
  return specs;
}

function isParameterSpec(value: unknown): value is ParameterSpec {
  return (
    typeof value === "object" &&
    value !== null &&
    "type" in value &&
    typeof value.type === "string" &&
    ["integer", "number", "choice", "string", "boolean", "files", "data"].includes(value.type)
  );
}

function labelOf(label: unknown, name: string): LocalText {
  if (typeof label === "string") {
    return { fr: label, en: label };
  }
  return isLocalText(label) ? label : { fr: name, en: name };
}

function isLocalText(value: unknown): value is LocalText {
  return typeof value === "object" && value !== null && "fr" in value && "en" in value;
}

const MEDIA: ReadonlySet<string> = new Set<Medium>(["text", "json", "image", "audio", "video", "document"]);

function isMedium(name: string): name is Medium {
  return MEDIA.has(name);
}

/** Modalities in the order in which the page lists them. */
export const MODALITY_ORDER: Modality[] = [
  "text",
  "image",
  "speech",
  "music",
  "sound",
  "video",
  "transcript",
  "document",
];
