import { z } from "zod";
import { NANO_USD_PER_USD } from "../workflow/money.ts";
import type { Json } from "../workflow/values.ts";
import data from "./prices.json" with { type: "json" };

export const PRICE_UNITS = [
  "input_token",
  "cached_input_token",
  "cache_write_input_token",
  "image_input_token",
  "output_token",
  "image",
  "input_image",
  "megapixel",
  "character",
  "video_second",
  "audio_second",
  "generation",
  "credit",
] as const;
export type PriceUnit = (typeof PRICE_UNITS)[number];

const day = z.iso.date();

export const priceSchema = z.strictObject({
  /** `provider:model`. */
  model: z.string().regex(/^[a-z0-9-]+:\S+$/),
  unit: z.enum(PRICE_UNITS),
  /** Dollars as a decimal, to the nano-dollar: never a float. */
  usd: z.string().regex(/^\d+(\.\d{1,9})?$/),
  /** For how many units `usd` is. */
  per: z.int().min(1),
  /** First and last day of the price; null: not known, or none. */
  valid_from: day.nullable(),
  valid_to: day.nullable(),
  /** The price holds for calls with more input tokens than this; null: for all others. */
  above_input_tokens: z.int().min(1).nullable(),
  /** What a call is billed for at least, in units. */
  min_quantity: z.int().min(1).exactOptional(),
  /** Whether a bill may differ: the price depends on a plan, or the vendor bills in a unit that it does not report. */
  is_approximate: z.boolean(),
  /** Parameters of the call that have to be so for the price to hold, as `{"resolution": "1080p"}`. */
  when: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).exactOptional(),
  condition: z.string().nullable(),
  source: z.string().min(1),
  checked: day,
});

/** How many output tokens a picture is billed for, by its size and quality. */
const imageTokensSchema = z.strictObject({
  models: z.array(z.string()).min(1),
  axis_factors: z.record(z.string(), z.int().min(1)),
  area_offset_pixels: z.int(),
  area_divisor: z.int().min(1),
  /** What a worst case adds, since the rule is not a promise of the vendor's. */
  margin_percent: z.int().min(0),
  source: z.string().min(1),
  checked: day,
});

/** The most tokens that one picture adds to what goes in, for models that count more than is usual. */
const imageInputTokensSchema = z.strictObject({
  models: z.array(z.string()).min(1),
  at_most: z.int().min(1),
  source: z.string().min(1),
  checked: day,
});

/** How many output tokens a picture is billed for, by its resolution, where its model thinks before it draws. */
const thoughtImageTokensSchema = z.strictObject({
  models: z.array(z.string()).min(1),
  by_resolution: z.record(z.string(), z.int().min(1)),
  /** By the effort; these are billed as those of the picture. */
  likely_thought_tokens: z.record(z.string(), z.int().min(0)),
  /** Of one answer, thinking included. */
  answer_at_most: z.int().min(1),
  source: z.string().min(1),
  checked: day,
});

/** How many output tokens a voice is billed for. */
const speechTokensSchema = z.strictObject({
  models: z.array(z.string()).min(1),
  per_second: z.int().min(1),
  source: z.string().min(1),
  checked: day,
});

/** Models that bill each picture that goes in: where `input_image` has no price, nobody knows what those cost. */
const billedInputImagesSchema = z.strictObject({
  models: z.array(z.string()).min(1),
  source: z.string().min(1),
  checked: day,
});

const priceListSchema = z.strictObject({
  prices: z.array(priceSchema),
  billed_input_images: z.array(billedInputImagesSchema),
  image_input_tokens: z.array(imageInputTokensSchema),
  image_output_tokens: z.array(imageTokensSchema),
  thought_image_output_tokens: z.array(thoughtImageTokensSchema),
  speech_output_tokens: z.array(speechTokensSchema),
});

export type Price = z.output<typeof priceSchema>;

/** All prices that Relais knows, checked. */
export type PriceList = z.output<typeof priceListSchema>;

/** Checks a price list. @throws ZodError which names what is wrong. */
export function parsePriceList(value: unknown): PriceList {
  return priceListSchema.parse(value);
}

let shipped: PriceList | undefined;

/** The price list that ships with Relais. */
export function loadPriceList(): PriceList {
  shipped ??= parsePriceList(data);
  return shipped;
}

let shippedPrices: ReadonlySet<Price> | undefined;

/** Whether a price ships with Relais; otherwise it is a person's own. */
export function isShippedPrice(price: Price): boolean {
  shippedPrices ??= new Set(loadPriceList().prices);
  return shippedPrices.has(price);
}

/**
 * The prices of a model that hold on a day (YYYY-MM-DD), where it has none of its own those of all models of its provider
 * (`provider:*`, which a person's own list may hold). With `parameters`, those of a call, only prices that hold for them.
 */
export function pricesOf(
  list: PriceList,
  model: string,
  onDay: string,
  parameters?: Record<string, Json>,
): Price[] {
  const holds = (price: Price): boolean =>
    (price.valid_from === null || price.valid_from <= onDay) &&
    (price.valid_to === null || price.valid_to >= onDay) &&
    (parameters === undefined || isFor(price, parameters));
  const own = list.prices.filter((price) => price.model === model);
  if (own.length > 0) return own.filter(holds);
  const everyModel = `${model.slice(0, model.indexOf(":"))}:*`;
  return list.prices.filter((price) => price.model === everyModel && holds(price));
}

function isFor({ when = {} }: Price, parameters: Record<string, Json>): boolean {
  return Object.entries(when).every(([name, value]) => parameters[name] === value);
}

/**
 * The price of a unit for a call with so many input tokens: the one with the most conditions, then the highest threshold;
 * undefined where none is known.
 */
export function priceOf(prices: Price[], unit: PriceUnit, inputTokens = 0): Price | undefined {
  const conditions = ({ when = {} }: Price): number => Object.keys(when).length;
  const threshold = (price: Price): number => price.above_input_tokens ?? -1;
  const holds = prices
    .filter((price) => price.unit === unit && threshold(price) < inputTokens)
    .toSorted((a, b) => conditions(b) - conditions(a) || threshold(b) - threshold(a));
  return holds[0];
}

/**
 * Nano-dollars of `quantity` units (to the thousandth of a unit), rounded up: never too little. Of what is used at all, no
 * less is billed than the least of the price.
 */
export function amountOf(price: Price, quantity: number): bigint {
  if (!Number.isFinite(quantity) || quantity < 0) throw new RangeError(`not a quantity: ${quantity}`);
  const billed = quantity === 0 ? 0 : Math.max(quantity, price.min_quantity ?? 0);
  const thousandths = BigInt(Math.ceil(billed * 1_000 - 1e-6));
  const divisor = BigInt(price.per) * 1_000n;
  return (thousandths * nanoUsdOf(price.usd) + divisor - 1n) / divisor;
}

function nanoUsdOf(usd: string): bigint {
  const [whole = "0", fraction = ""] = usd.split(".");
  return BigInt(whole) * BigInt(NANO_USD_PER_USD) + BigInt(fraction.padEnd(9, "0"));
}
