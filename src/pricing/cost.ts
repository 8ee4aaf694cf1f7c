import type { Usage } from "../workflow/usage.ts";
import { FREE, UNKNOWN_COST, assertNanoUsd, type Cost, type NanoUsd } from "../workflow/money.ts";
import type { Json } from "../workflow/values.ts";
import { amountOf, priceOf, pricesOf, type PriceList, type PriceUnit } from "./price-list.ts";

/** What vendors give for English; never used for a bound. */
export const CHARACTERS_PER_TOKEN = 4;

export interface PricedCall {
  /** `provider:model`. */
  model: string;
  usage: Usage;
  /** The vendor's own figure; wins over usage times price. */
  reportedNanoUsd?: NanoUsd;
  /** Those of the call, the model's defaults among them: some prices hold for a size or a resolution. */
  parameters: Record<string, Json>;
  /** YYYY-MM-DD, the day of the call. */
  day: string;
}

/** Where a unit has no price of its own, it is billed as this one. */
const FALLBACK: Partial<Record<PriceUnit, PriceUnit>> = {
  cached_input_token: "input_token",
  cache_write_input_token: "input_token",
  image_input_token: "input_token",
};

/** Models of the built-in generators. */
export function isFreeModel(model: string): boolean {
  return model.startsWith("local:");
}

/** Adds `quantities` up at their prices; undefined where one that is not zero has no price, or nothing has. */
export function amountOfQuantities(
  list: PriceList,
  call: { model: string; day: string; inputTokens: number; parameters: Record<string, Json> },
  quantities: Partial<Record<PriceUnit, number>>,
): { amount: bigint; isApproximate: boolean } | undefined {
  const prices = pricesOf(list, call.model, call.day, call.parameters);
  let amount = 0n;
  let isApproximate = false;
  let priced = 0;
  for (const unit of unitsOf(quantities)) {
    const quantity = quantities[unit] ?? 0;
    const fallback = FALLBACK[unit];
    const price =
      priceOf(prices, unit, call.inputTokens) ?? (fallback && priceOf(prices, fallback, call.inputTokens));
    if (!price) {
      if (quantity > 0) return undefined;
      continue;
    }
    amount += amountOf(price, quantity);
    isApproximate ||= price.is_approximate;
    priced += 1;
  }
  return priced === 0 ? undefined : { amount, isApproximate };
}

function unitsOf(quantities: Partial<Record<PriceUnit, number>>): PriceUnit[] {
  const units: PriceUnit[] = [];
  let unit: keyof typeof quantities;
  for (unit in quantities) units.push(unit);
  return units;
}

/**
 * What a finished call cost: `free` for built-in generators, `reported` where the vendor says, `metered` from usage and
 * price, `estimated` where the price or a quantity is approximate, `unknown` where anything that was used has no price.
 */
export function costOfUsage(list: PriceList, call: PricedCall): Cost {
  if (isFreeModel(call.model)) return FREE;
  if (call.reportedNanoUsd !== undefined) {
    return { nanoUsd: assertNanoUsd(call.reportedNanoUsd), basis: "reported" };
  }
  const billed = billedQuantities(list, call);
  const inputTokens = call.usage.inputTokens ?? 0;
  const result = amountOfQuantities(
    list,
    { model: call.model, day: call.day, inputTokens, parameters: call.parameters },
    billed.quantities,
  );
  if (!result) return UNKNOWN_COST;
  const isEstimate = billed.isEstimate || result.isApproximate;
  return { nanoUsd: assertNanoUsd(Number(result.amount)), basis: isEstimate ? "estimated" : "metered" };
}

/** Units of what is made, each billed where the model has a price for it. */
const MADE_UNITS: PriceUnit[] = [
  "character",
  "audio_second",
  "video_second",
  "image",
  "megapixel",
  "generation",
];

/** Which quantities a model bills: tokens where it has token prices, otherwise what it makes. */
function billedQuantities(
  list: PriceList,
  { model, usage, day, parameters }: PricedCall,
): { quantities: Partial<Record<PriceUnit, number>>; isEstimate: boolean } {
  const prices = pricesOf(list, model, day, parameters);
  const billsIn = (unit: PriceUnit): boolean => priceOf(prices, unit) !== undefined;
  if (billsIn("input_token") && billsIn("output_token")) {
    if (usage.outputTokens === undefined) return { quantities: {}, isEstimate: true };
    return { quantities: tokenQuantities(usage), isEstimate: false };
  }
  const made: Partial<Record<PriceUnit, number | undefined>> = {
    character: usage.characters,
    audio_second: usage.audioSeconds,
    video_second: usage.videoSeconds,
    image: usage.images,
    megapixel: usage.megapixels,
    generation: usage.generations,
    credit: usage.credits,
  };
  const quantities: Partial<Record<PriceUnit, number>> = {};
  let isEstimate = false;
  for (const unit of MADE_UNITS) {
    const quantity = made[unit];
    if (billsIn(unit) && quantity !== undefined) quantities[unit] = quantity;
  }
  if (unitsOf(quantities).length === 0 && billsIn("credit") && usage.credits !== undefined) {
    quantities.credit = usage.credits;
  }
  // A voice billed by what goes in and by its length: its answer counts no tokens.
  if (billsIn("input_token") && quantities.audio_second !== undefined) {
    quantities.input_token = usage.inputTokens ?? Math.ceil((usage.characters ?? 0) / CHARACTERS_PER_TOKEN);
    isEstimate = true;
  }
  return { quantities, isEstimate };
}

function tokenQuantities(usage: Usage): Partial<Record<PriceUnit, number>> {
  const cached = usage.cachedInputTokens ?? 0;
  const written = usage.cacheWriteInputTokens ?? 0;
  const images = usage.imageInputTokens ?? 0;
  return {
    input_token: Math.max(0, (usage.inputTokens ?? 0) - cached - written - images),
    cached_input_token: cached,
    cache_write_input_token: written,
    image_input_token: images,
    output_token: usage.outputTokens ?? 0,
  };
}
