import { z } from "zod";
import { priceSchema, type Price, type PriceList } from "./price-list.ts";

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

/** The list with a person's own prices, each of which takes the place of all others of the same model and unit. */
export function withOwnPrices(list: PriceList, own: readonly Price[]): PriceList {
  const replaced = new Set(own.map(keyOf));
  return { ...list, prices: [...own, ...list.prices.filter((price) => !replaced.has(keyOf(price)))] };
}

function keyOf({ model, unit }: Price): string {
  return `${unit} ${model}`;
}

function decimalOf(usd: number | string): string {
  return typeof usd === "string" ? usd : usd.toFixed(9).replace(/\.?0+$/, "");
}
