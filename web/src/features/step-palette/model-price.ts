import type { ProviderWire } from "../../api/types.ts";

type ListedPrice = ProviderWire["models"][number]["prices"][number];

/** What a price is for, as people count it. */
type PricedUnit = "tokens" | "image" | "megapixel" | "second" | "minute" | "characters" | "call";

/** The price of a model in one line. */
export interface ShortPrice {
  unit: PricedUnit;
  usd: number;
  /** What is written costs another price than what is read, of models that are paid by the token. */
  outputUsd: number | null;
  /** Whether some of its calls cost more. */
  isFrom: boolean;
}

const UNITS: Record<string, { unit: PricedUnit; count: number }> = {
  image: { unit: "image", count: 1 },
  megapixel: { unit: "megapixel", count: 1 },
  video_second: { unit: "second", count: 1 },
  audio_second: { unit: "minute", count: 60 },
  character: { unit: "characters", count: 1_000 },
  generation: { unit: "call", count: 1 },
};
const TOKENS = 1_000_000;

/** The price by which people compare; null where none is listed, which is not free. */
export function shortPrice(prices: readonly ListedPrice[]): ShortPrice | null {
  for (const [name, { unit, count }] of Object.entries(UNITS)) {
    const amounts = amountsOf(prices, name, count);
    const isExtra = name === "generation" && amountsOf(prices, "output_token", TOKENS).length > 0;
    if (amounts.length > 0 && !isExtra) {
      return { unit, outputUsd: null, ...lowest(amounts) };
    }
  }
  const read = amountsOf(prices, "input_token", TOKENS);
  const written = amountsOf(prices, "output_token", TOKENS);
  if (read.length === 0 || written.length === 0) {
    return null;
  }
  const { usd, isFrom } = lowest(read);
  return { unit: "tokens", usd, outputUsd: lowest(written).usd, isFrom };
}

function amountsOf(prices: readonly ListedPrice[], unit: string, count: number): number[] {
  return prices.filter((price) => price.unit === unit).map(({ usd, per }) => (usd * count) / per);
}

function lowest(amounts: number[]): { usd: number; isFrom: boolean } {
  const usd = Math.min(...amounts);
  return { usd, isFrom: Math.max(...amounts) > usd };
}
