import { z } from "zod";
import { priceSchema, type Price, type PriceList, type PriceUnit } from "./price-list.ts";

/** A price as a person writes it: what it is for and how much, and whatever else is to be kept with it. */
const ownPriceSchema = z.strictObject({
  ...priceSchema.shape,
  // People write numbers; a decimal text is taken too, and is exact.
  usd: z.union([z.number().min(0).max(1_000_000), priceSchema.shape.usd]).transform(decimalOf),
  per: priceSchema.shape.per.default(1),
  valid_from: priceSchema.shape.valid_from.default(null),
  valid_to: priceSchema.shape.valid_to.default(null),
  above_input_tokens: priceSchema.shape.above_input_tokens.default(null),
  is_approximate: priceSchema.shape.is_approximate.default(false),
  condition: priceSchema.shape.condition.default(null),
  source: priceSchema.shape.source.default("prices.json"),
  checked: priceSchema.shape.checked.nullable().default(null),
});

const ownPricesSchema = z.strictObject({ prices: z.array(ownPriceSchema) });

/**
 * Reads a person's own price list, of which a price needs only `model`, `unit` and `usd`. `day` (YYYY-MM-DD) stands for when
 * it was checked where it does not say. @throws ZodError which names what is wrong.
 */
export function parseOwnPrices(value: unknown, day: string): Price[] {
  return ownPricesSchema
    .parse(value)
    .prices.map((price) => Object.assign(price, { checked: price.checked ?? day }));
}

/** Units that stand beside others: to price one of them is no other way of billing. */
const REFINING_UNITS: ReadonlySet<PriceUnit> = new Set([
  "input_token",
  "cached_input_token",
  "cache_write_input_token",
  "image_input_token",
  "output_token",
  "input_image",
]);

/**
 * The list with a person's own prices. Those of a model take the place of all that ship for it, since two ways of billing
 * would be added up; where they are all of tokens or of pictures that go in, of those of the same unit only.
 */
export function withOwnPrices(list: PriceList, own: readonly Price[]): PriceList {
  const units = new Set(own.map(keyOf));
  const models = new Set(own.flatMap(({ model, unit }) => (REFINING_UNITS.has(unit) ? [] : [model])));
  const shipped = list.prices.filter((price) => !models.has(price.model) && !units.has(keyOf(price)));
  return { ...list, prices: [...own, ...shipped] };
}

function keyOf({ model, unit }: Price): string {
  return `${unit} ${model}`;
}

function decimalOf(usd: number | string): string {
  return typeof usd === "string" ? usd : usd.toFixed(9).replace(/\.?0+$/, "");
}
