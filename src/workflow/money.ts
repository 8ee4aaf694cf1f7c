import type { LocalText } from "../errors.ts";

/**
 * An amount in billionths of a US dollar, as a whole number. A JavaScript number holds these exactly up to 2^53,
 * which is nine million dollars; `assertNanoUsd` stops anything beyond.
 */
export type NanoUsd = number;

export const NANO_USD_PER_USD = 1_000_000_000;

/**
 * How an amount is known, strongest first: `free` (nothing is billed), `reported` by the vendor, `metered` (usage times
 * price), `estimated` (parameters times price), `unknown` (no price: the amount is null, never 0).
 */
export const COST_BASES = ["free", "reported", "metered", "estimated", "unknown"] as const;
export type CostBasis = (typeof COST_BASES)[number];

/** An amount and how it is known. `nanoUsd` is null exactly when the basis is `unknown`. */
export interface Cost {
  nanoUsd: NanoUsd | null;
  basis: CostBasis;
}

export const FREE: Cost = { nanoUsd: 0, basis: "free" };
export const UNKNOWN_COST: Cost = { nanoUsd: null, basis: "unknown" };

export function assertNanoUsd(amount: number): NanoUsd {
  if (!Number.isSafeInteger(amount) || amount < 0) {
    throw new RangeError(`not an amount in nano-USD: ${amount}`);
  }
  return amount;
}

/** Adds costs exactly: the sum of what is known, with the weakest basis of all. Nothing at all is free. */
export function sumCosts(costs: readonly Cost[]): { nanoUsd: NanoUsd; basis: CostBasis } {
  let nanoUsd = 0;
  let weakest = 0;
  for (const cost of costs) {
    nanoUsd = assertNanoUsd(nanoUsd + (cost.nanoUsd ?? 0));
    weakest = Math.max(weakest, COST_BASES.indexOf(cost.basis));
  }
  return { nanoUsd, basis: COST_BASES[weakest] ?? "unknown" };
}

/** From a decimal number of USD as people and JSON write it; rounded up to the next nano-USD, so never too little. */
export function usdToNanoUsd(usd: number): NanoUsd {
  const nano = usd * NANO_USD_PER_USD;
  const nearest = Math.round(nano);
  // A float like 0.07 times 1e9 is off by far less than a thousandth of a nano-dollar; anything larger is a real fraction.
  return assertNanoUsd(Math.abs(nano - nearest) < 1e-3 ? nearest : Math.ceil(nano));
}

/** An amount for a person, rounded up to a hundredth of a cent so that it is never too little to type as a cap. */
export function moneyText(amount: NanoUsd): LocalText {
  const usd = Math.ceil(amount / (NANO_USD_PER_USD / 10_000)) / 10_000;
  const digits = { minimumFractionDigits: 2, maximumFractionDigits: 4 };
  return {
    fr: `${new Intl.NumberFormat("fr", digits).format(usd)}\u202f$`,
    en: `$${new Intl.NumberFormat("en", digits).format(usd)}`,
  };
}

/** For the wire: a number of USD. */
export function nanoUsdToUsd(amount: NanoUsd): number {
  return amount / NANO_USD_PER_USD;
}
