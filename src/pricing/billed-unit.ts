import type { Modality } from "../workflow/media.ts";
import type { Price, PriceUnit } from "./price-list.ts";

/** Units of what a call makes or listens to, by what it makes, in the order in which they are looked for. */
const MADE_UNITS = {
  text: [],
  image: ["image", "megapixel", "generation"],
  speech: ["audio_second", "character", "generation"],
  video: ["generation", "video_second"],
  music: ["generation", "audio_second"],
  sound: ["generation", "audio_second"],
  transcript: ["audio_second", "generation"],
  document: [],
} as const satisfies Record<Modality, readonly PriceUnit[]>;

/** How a call is billed: in tokens, or in one unit of what it makes. */
export type BilledUnit = "token" | (typeof MADE_UNITS)[Modality][number];

/**
 * The one unit in which a call is billed, the same when it is reserved and when it is settled: tokens where its model has
 * prices for those that go in and those that come out, otherwise the first unit of what it makes that has a price;
 * undefined where none has.
 */
export function billedUnitOf(modality: Modality, prices: readonly Price[]): BilledUnit | undefined {
  if (hasPrice(prices, "input_token") && hasPrice(prices, "output_token")) return "token";
  return MADE_UNITS[modality].find((unit) => hasPrice(prices, unit));
}

export function hasPrice(prices: readonly Price[], unit: PriceUnit): boolean {
  return prices.some((price) => price.unit === unit);
}
