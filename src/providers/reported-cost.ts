import { NANO_USD_PER_USD, usdToNanoUsd, type NanoUsd } from "../workflow/money.ts";

/** More than any call costs. */
const MOST_USD = 100_000;

/** What a vendor says that a call cost; undefined where that cannot be: then usage and price decide. */
export function plausibleNanoUsd(nanoUsd: number | undefined): NanoUsd | undefined {
  const isPlausible = Number.isSafeInteger(nanoUsd) && (nanoUsd ?? -1) >= 0;
  return isPlausible && (nanoUsd ?? 0) <= MOST_USD * NANO_USD_PER_USD ? nanoUsd : undefined;
}

/** The same from a number of USD. */
export function reportedUsd(usd: number): NanoUsd | undefined {
  return usd >= 0 && usd <= MOST_USD ? usdToNanoUsd(usd) : undefined;
}
