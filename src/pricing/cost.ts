import type { Usage } from "../workflow/usage.ts";
import { FREE, UNKNOWN_COST, assertNanoUsd, type Cost, type NanoUsd } from "../workflow/money.ts";
import type { Modality } from "../workflow/media.ts";
import type { Json } from "../workflow/values.ts";
import { billedUnitOf, hasPrice, type BilledUnit } from "./billed-unit.ts";
import { inputImageQuantity, type Quantities } from "./quantities.ts";
import { amountOf, priceOf, pricesOf, type PriceList, type PriceUnit } from "./price-list.ts";

/** What vendors give for English; never used for a bound. */
export const CHARACTERS_PER_TOKEN = 4;

export interface PricedCall {
  /** `provider:model`. */
  model: string;
  modality: Modality;
  usage: Usage;
  /** How many pictures went in. */
  images?: number;
  /** About how many tokens went in: for a vendor that bills them beside what it makes, and does not count them. */
  likelyInputTokens?: number;
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

/** What a model bills: the tokens, or the one unit of what it makes, and what goes in where that costs extra. */
function billedQuantities(
  list: PriceList,
  call: PricedCall,
): { quantities: Quantities; isEstimate: boolean } {
  const { model, modality, usage, images = 0 } = call;
  const prices = pricesOf(list, model, call.day, call.parameters);
  const pictures = inputImageQuantity(list, { model, prices, images });
  const unit = billedUnitOf(modality, prices);
  if (unit === "token") {
    if (!isCounted(usage)) return { quantities: {}, isEstimate: true };
    const besides = modality === "text" && hasPrice(prices, "generation") ? { generation: 1 } : {};
    return { quantities: { ...tokenQuantities(usage), ...besides, ...pictures }, isEstimate: false };
  }
  const made = madeQuantity(usage, unit ?? "credit");
  if (made === undefined) return { quantities: {}, isEstimate: true };
  const quantities = { [unit ?? "credit"]: made, ...pictures };
  if (!hasPrice(prices, "input_token")) return { quantities, isEstimate: false };
  const likely = call.likelyInputTokens ?? Math.ceil((usage.characters ?? 0) / CHARACTERS_PER_TOKEN);
  return { quantities: { ...quantities, input_token: usage.inputTokens ?? likely }, isEstimate: true };
}

/** Nobody makes a picture or a recording of no tokens. */
function isCounted({ outputTokens, images = 0, audioSeconds = 0 }: Usage): boolean {
  return outputTokens !== undefined && (outputTokens > 0 || images + audioSeconds === 0);
}

function madeQuantity(usage: Usage, unit: Exclude<BilledUnit, "token"> | "credit"): number | undefined {
  switch (unit) {
    case "character":
      return usage.characters;
    case "audio_second":
      return usage.audioSeconds;
    case "video_second":
      return usage.videoSeconds;
    case "image":
      return usage.images;
    case "megapixel":
      return usage.megapixels;
    case "generation":
      return usage.generations;
    case "credit":
    default:
      return usage.credits;
  }
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
