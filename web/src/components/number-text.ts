import type { Language } from "../../../src/errors.ts";

/** Blanks of all kinds, and the dollar that is pasted along with an amount. */
const IGNORED = /[\s\u00a0\u202f$]/gu;

/** What was typed or pasted, as it may stand in the field; null where it cannot become a number. */
export function tidyNumberText(
  text: string,
  options: { allowsDecimals: boolean; allowsNegative: boolean },
): string | null {
  const tidy = text.replace(IGNORED, "");
  const sign = options.allowsNegative ? "-?" : "";
  const decimals = options.allowsDecimals ? "(?:[.,]\\d*)?" : "";
  return new RegExp(`^${sign}\\d*${decimals}$`).test(tidy) ? tidy : null;
}

/** The number that a text stands for; null where it is empty or not one yet ("-", ","). */
export function numberOf(text: string): number | null {
  return /\d/.test(text) ? Number(text.replace(",", ".")) : null;
}

/** A number as the field shows it before anything is typed. */
export function numberText(value: number | null, language: Language): string {
  if (value === null) return "";
  const text = new Intl.NumberFormat("en", { maximumFractionDigits: 10, useGrouping: false }).format(value);
  return language === "fr" ? text.replace(".", ",") : text;
}
