import { z } from "@hono/zod-openapi";
import { PRICE_UNITS } from "../pricing/price-list.ts";
import { USUAL_UNITS } from "../pricing/usual-price.ts";
import { MODALITIES } from "../workflow/media.ts";
import { keyStateSchema } from "./key-schemas.ts";

/** The wire forms of providers, models and what they cost. */

const usd = z.number().min(0);
const json = z.json().openapi({ type: ["object", "array", "string", "number", "boolean", "null"] });

const priceSchema = z.object({
  unit: z.enum(PRICE_UNITS),
  usd: z.number(),
  /** For how many units the price is: 1000000 for tokens. */
  per: z.number(),
  condition: z.string().nullable(),
  source: z.string(),
  checked: z.string(),
  /** Whether a bill may differ. */
  is_approximate: z.boolean(),
  /** Whether it stands in the person's own price list. */
  is_own: z.boolean(),
});

/** What a model costs, in the unit in which people compare models of its kind. */
const usualPriceSchema = z
  .object({
    unit: z.enum(USUAL_UNITS),
    /** For texts, of what goes in. Null where it is not known, never 0. */
    usd: usd.nullable(),
    /** For texts, of what comes out; null for everything else. */
    output_usd: usd.nullable(),
    /** `metered`: as its vendor lists it. `estimated`: for the model's own defaults, or of a price that may differ. */
    basis: z.enum(["free", "metered", "estimated", "unknown"]),
  })
  .openapi("UsualPrice");

/** A step that Relais composes by itself; null on models that are called. */
const composedSchema = z
  .object({
    /** What its prompt is. */
    prompt: z.object({ fr: z.string(), en: z.string() }),
    /** The parameter whose files have the medium of what it makes. */
    medium_of: z.string().exactOptional(),
    /** Whether it works on all that was made before it, where its `files` names none. */
    needs_all: z.literal(true).exactOptional(),
  })
  .openapi("ComposedStep");

const modelWireSchema = z
  .object({
    id: z.string(),
    modality: z.enum(MODALITIES),
    takes: z.array(z.string()),
    /** Those of them that it cannot work without. */
    requires: z.array(z.string()),
    /** For voices: whether they follow a direction such as "calm, close to the listener". */
    takes_instructions: z.boolean(),
    parameters: z.record(z.string(), json),
    composed: composedSchema.nullable(),
    status: z.enum(["live", "deprecated", "shut_down"]),
    shutdown_date: z.string().nullable(),
    replacement: z.string().nullable(),
    usual_price: usualPriceSchema,
    prices: z.array(priceSchema),
  })
  .openapi("Model");

const providerWireSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    modalities: z.array(z.enum(MODALITIES)),
    /** `gateway`: unofficial, may breach the vendor's terms. `own_machine`: a server of the person's own. */
    kind: z.enum(["built_in", "vendor", "gateway", "own_machine"]),
    documentation: z.string().nullable(),
    /** Whether all that it needs is set. */
    is_configured: z.boolean(),
    /** Names of the environment variables without which nothing works: a key, or the address of a server. */
    required_settings: z.array(z.string()),
    /** Those of them that are still missing. */
    missing_settings: z.array(z.string()),
    api_key_setting: z.string().nullable(),
    base_url_setting: z.string().nullable(),
    /** Whom calls go to, by the address that is in force; null: to nobody, or to a server that has no address yet. */
    host: z.string().nullable(),
    /** What is known of its key; null: it has none. */
    key: keyStateSchema.nullable(),
    /** The most calls that may be under way, and begin within a minute, by all processes together; null: not limited. */
    calls_at_once: z.int().nullable(),
    calls_a_minute: z.int().nullable(),
    /** What ids that are not listed make, by the first pattern that they match; null: nothing of use. */
    unlisted: z.array(z.object({ pattern: z.string(), modality: z.enum(MODALITIES).nullable() })),
    models: z.array(modelWireSchema),
  })
  .openapi("Provider");

export const providerListSchema = z
  .object({
    providers: z.array(providerWireSchema),
    families: z.array(
      z.object({
        id: z.string(),
        label: z.string(),
        model: z.string(),
        modality: z.enum(MODALITIES),
        note: z.string().nullable(),
        /**
         * `usual`: it stands for its own model. `stand_in`: for an official one, in place of a gateway. `chosen`: for
         * another by `RELAIS_FAMILIES`; parameters of its steps are then fitted to that one.
         */
        standing: z.enum(["usual", "stand_in", "chosen"]),
        is_configured: z.boolean(),
      }),
    ),
  })
  .openapi("ProviderList");

export type ProviderList = z.output<typeof providerListSchema>;
export type ProviderWire = z.output<typeof providerWireSchema>;
