import { z } from "zod";
import { MODALITIES } from "../workflow/media.ts";
import type { ModelInfo, ParameterSpec } from "../workflow/models.ts";
import families from "./families.json" with { type: "json" };
import models from "./models.json" with { type: "json" };
import providers from "./providers.json" with { type: "json" };

const localText = z.strictObject({ fr: z.string().min(1), en: z.string().min(1) });
const day = z.iso.date();
const medium = z.enum(["text", "json", "image", "audio", "video", "document"]);

const parameterSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.enum(["integer", "number"]),
    min: z.number(),
    max: z.number(),
    default: z.number().exactOptional(),
    label: localText.exactOptional(),
  }),
  z.strictObject({
    type: z.literal("choice"),
    values: z.array(z.string()).min(1),
    default: z.string().exactOptional(),
    label: localText.exactOptional(),
  }),
  z.strictObject({
    type: z.literal("string"),
    max_length: z.int().min(1),
    default: z.string().exactOptional(),
    label: localText.exactOptional(),
  }),
  z.strictObject({
    type: z.literal("boolean"),
    default: z.boolean().exactOptional(),
    label: localText.exactOptional(),
  }),
  z.strictObject({
    type: z.literal("files"),
    media: z.array(medium).min(1),
    min: z.int().min(0),
    max: z.int().min(1),
    label: localText.exactOptional(),
  }),
  z.strictObject({ type: z.literal("data"), label: localText.exactOptional() }),
]);

const modelsSchema = z.strictObject({
  /** What parameters are called, by their names; a set may call one differently. */
  parameter_labels: z.record(z.string(), localText),
  /** What they do, in one line, of those whose name does not say it. */
  parameter_help: z.record(z.string(), localText),
  parameter_sets: z.record(z.string(), z.record(z.string(), parameterSchema)),
  models: z.array(
    z.strictObject({
      id: z.string().regex(/^[a-z0-9-]+:\S+$/),
      modality: z.enum(MODALITIES),
      takes: z.array(medium),
      /** Those of `takes` that it cannot work without; left out: none. */
      requires: z.array(medium).min(1).exactOptional(),
      /** Name of a set in `parameter_sets`. */
      parameters: z.string(),
      /** Of a step that Relais composes by itself; left out: a model is called. */
      composed: z
        .strictObject({
          prompt: localText,
          medium_of: z.string().exactOptional(),
          needs_all: z.literal(true).exactOptional(),
        })
        .exactOptional(),
      status: z.enum(["live", "deprecated", "shut_down"]),
      shutdown_date: day.nullable(),
      replacement: z.string().nullable(),
      max_prompt_characters: z.int().min(1).nullable(),
      takes_instructions: z.boolean(),
      thinks: z.literal(false).exactOptional(),
      times_words: z.literal(true).exactOptional(),
      typical_seconds: z.tuple([z.number().min(0), z.number().min(0)]),
      source: z.string().nullable(),
      checked: day.nullable(),
    }),
  ),
});

const familiesSchema = z.array(
  z.strictObject({
    id: z.string(),
    label: z.string(),
    model: z.string(),
    /** What stands in while the provider of `model` is not configured; null where nothing does. */
    fallback: z.strictObject({ model: z.string(), note: localText }).nullable(),
    note: localText.nullable(),
  }),
);

const settingNames = z.array(z.string());

const providersSchema = z.array(
  z.strictObject({
    id: z.string(),
    name: z.string(),
    /** `gateway`: unofficial, brought by the person, may breach the vendor's terms. `own_machine`: a server of the person's. */
    kind: z.enum(["built_in", "vendor", "gateway", "own_machine"]),
    modalities: z.array(z.enum(MODALITIES)).min(1),
    settings: z.strictObject({
      apiKey: z.string().nullable(),
      /** Other names under which people have the same key. */
      apiKeyAliases: settingNames,
      /** Whether nothing works without the key. */
      needsKey: z.boolean(),
      baseUrl: z.string().nullable(),
      baseUrlAliases: settingNames,
      defaultBaseUrl: z.url().nullable(),
    }),
    /** What an id that `models.json` does not list makes, by the first pattern it matches; null: nothing Relais can use. */
    unlisted: z.array(z.strictObject({ pattern: z.string(), modality: z.enum(MODALITIES).nullable() })),
    documentation: z.url().nullable(),
    /** Where the vendor gives out keys; null: none does. */
    keyPage: z.url().nullable(),
    /** Calls by all workers together, unless they are set otherwise; left out: as many as there are. */
    limits: z
      .strictObject({
        atOnce: z.int().min(1).exactOptional(),
        aMinute: z.int().min(1).exactOptional(),
        /** Where the vendor says so; null for a machine of the person's own, which would only queue them. */
        source: z.url().nullable(),
      })
      .exactOptional(),
  }),
);

/** A model with what steps and estimates need of it beside what validation needs. */
export interface ModelEntry extends ModelInfo {
  /** The longest prompt that it takes; for speech, the longest text it speaks. Null: no limit worth a check. */
  max_prompt_characters: number | null;
  /** Whether a voice takes a delivery instruction beside what it speaks. */
  takes_instructions: boolean;
  /** Present on voices and transcripts that say when each word is heard. */
  times_words?: true;
  /** How long a call usually takes, in seconds. */
  typical_seconds: [number, number];
  source: string | null;
  checked: string | null;
}

/** A family, and what stands in for its model. */
export type FamilyRule = z.output<typeof familiesSchema>[number];

/** What is known of a provider. */
export type ProviderFacts = z.output<typeof providersSchema>[number];

function readModels(): ModelEntry[] {
  const { models: listed, parameter_sets: sets, ...words } = modelsSchema.parse(models);
  const complete = new Map(Object.entries(sets).map(([name, set]) => [name, withWords(set, words)]));
  return listed.map((model) => {
    const parameters = complete.get(model.parameters);
    if (!parameters) throw new Error(`models.json: ${model.id} names no set of parameters`);
    return Object.assign(model, { parameters, provider: model.id.slice(0, model.id.indexOf(":")) });
  });
}

type WrittenParameter = z.output<typeof parameterSchema>;

function withWords(
  set: Record<string, WrittenParameter>,
  words: Pick<z.output<typeof modelsSchema>, "parameter_labels" | "parameter_help">,
): Record<string, ParameterSpec> {
  const specs: Record<string, ParameterSpec> = {};
  for (const [name, written] of Object.entries(set)) {
    const label = written.label ?? words.parameter_labels[name];
    if (!label) throw new Error(`models.json: the parameter ${name} has no label`);
    const help = words.parameter_help[name];
    specs[name] = { ...written, label, ...(help && { help }) };
  }
  return specs;
}

/** The models that ship with Relais, checked. */
export const MODELS: readonly ModelEntry[] = readModels();
export const FAMILIES: readonly FamilyRule[] = familiesSchema.parse(families);
/** Providers in the order in which they are shown, with the names of their environment variables. */
export const PROVIDER_SETTINGS: readonly ProviderFacts[] = providersSchema.parse(providers);

/** The facts of a provider that ships with Relais. */
export function providerFacts(id: string): ProviderFacts {
  const facts = PROVIDER_SETTINGS.find((provider) => provider.id === id);
  if (!facts) throw new Error(`providers.json holds no ${id}`);
  return facts;
}
