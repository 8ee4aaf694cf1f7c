import { useMemo } from "react";
import type { CostBasis } from "../../src/workflow/money.ts";
import {
  ceilToCent,
  elapsedBetween,
  formatBytes,
  formatCost,
  formatDate,
  formatDay,
  formatMoney,
  formatMonth,
  formatNumber,
  formatPercent,
  formatPrice,
  formatSecondsRange,
  formatShortDay,
  formatTimeLeft,
} from "./format.ts";
import { useLanguage } from "./language.ts";

/** The formats of `format.ts` in the language of the page. */
export function useFormat() {
  const language = useLanguage();
  return useMemo(
    () => ({
      money: (usd: number | null) => formatMoney(usd, language),
      price: (usd: number) => formatPrice(usd, language),
      /** For what a person has set: to its last digit, or it would seem to leave more room than it does. */
      cap: (usd: number | null) => (usd === null ? formatMoney(null, language) : formatPrice(usd, language)),
      /** For what may be spent: never less than it is. */
      atMost: (usd: number | null) => formatMoney(usd === null ? null : ceilToCent(usd), language),
      /** For what is left or is charged for certain: never more than it is. */
      atLeast: (usd: number) => formatMoney(usd, language, "floor"),
      cost: (usd: number | null, basis: CostBasis) => formatCost(usd, basis, language),
      number: (value: number) => formatNumber(value, language),
      percent: (fraction: number) => formatPercent(fraction, language),
      date: (iso: string) => formatDate(iso, language),
      day: (day: string) => formatDay(day, language),
      shortDay: (day: string) => formatShortDay(day, language),
      month: (month: string) => formatMonth(month, language),
      bytes: (bytes: number) => formatBytes(bytes, language),
      secondsRange: formatSecondsRange,
      timeLeft: (milliseconds: number) => formatTimeLeft(milliseconds, language),
      elapsedBetween,
    }),
    [language],
  );
}
