import type { Language } from "../../src/errors.ts";
import type { CostBasis } from "../../src/workflow/money.ts";

/** Numbers, money and dates for people, by `Intl`. */

const LOCALES: Record<Language, string> = { fr: "fr-FR", en: "en-US" };
const NARROW_SPACE = "\u202F";
const UNKNOWN: Record<Language, string> = { fr: "inconnu", en: "unknown" };

/**
 * USD: two decimals, or as many as two significant digits take when it is under one cent. Null is not known.
 * @param roundingMode `floor` for what must never say more than there is.
 */
export function formatMoney(
  usd: number | null,
  language: Language,
  roundingMode: "halfExpand" | "floor" = "halfExpand",
): string {
  if (usd === null) {
    return UNKNOWN[language];
  }
  const isTiny = usd > 0 && usd < 0.01;
  const digits = isTiny
    ? { minimumSignificantDigits: 1, maximumSignificantDigits: 2 }
    : usd === 0
      ? { maximumFractionDigits: 0 }
      : { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return new Intl.NumberFormat(LOCALES[language], {
    style: "currency",
    currency: "USD",
    currencyDisplay: "narrowSymbol",
    roundingMode,
    ...digits,
  })
    .format(usd)
    .replaceAll("\u00A0", NARROW_SPACE);
}

/** A price of a list, to its last digit. */
export function formatPrice(usd: number, language: Language): string {
  return new Intl.NumberFormat(LOCALES[language], {
    style: "currency",
    currency: "USD",
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: 2,
    maximumFractionDigits: 9,
  })
    .format(usd)
    .replaceAll("\u00A0", NARROW_SPACE);
}

/** An amount with how it is known: `≈` estimated, `≥` where a part of it is not known, a word where nothing is. */
export function formatCost(usd: number | null, basis: CostBasis, language: Language): string {
  if (!isSomethingKnown(usd, basis)) {
    return UNKNOWN[language];
  }
  if (basis === "unknown") {
    return `≥ ${formatMoney(usd, language, "floor")}`;
  }
  const amount = formatMoney(usd, language);
  return basis === "estimated" && usd !== 0 ? `≈ ${amount}` : amount;
}

/** Whether an amount says anything: a sum of nothing but unknown parts is 0 and does not. */
export function isSomethingKnown(usd: number | null, basis: CostBasis): boolean {
  return usd !== null && !(usd === 0 && basis === "unknown");
}

/** Rounded up to a whole cent, so that it is never too little. */
export function ceilToCent(usd: number): number {
  // To the nano-USD first: 0.07 * 100 is a little more than 7.
  return Math.ceil(Number((usd * 100).toFixed(7))) / 100;
}

export function formatNumber(value: number, language: Language): string {
  return new Intl.NumberFormat(LOCALES[language]).format(value);
}

/** A fraction of 1 in whole percent. Rounded down: what is not quite done is not at 100 %. */
export function formatPercent(fraction: number, language: Language): string {
  // To the thousandth first: 0.29 * 100 is a little less than 29.
  const percent = Math.floor(Number((fraction * 100).toFixed(1)));
  return new Intl.NumberFormat(LOCALES[language], { style: "percent" })
    .format(percent / 100)
    .replaceAll("\u00A0", NARROW_SPACE);
}

/** How long something is likely to take: `30–60 s`, `2–5 min`. */
export function formatSecondsRange(low: number, high: number): string {
  const unit = NARROW_SPACE;
  if (low >= 60) {
    return range(Math.round(low / 60), Math.round(high / 60), `${unit}min`);
  }
  if (high > 120) {
    return `${low}${unit}s – ${Math.round(high / 60)}${unit}min`;
  }
  return range(low, high, `${unit}s`);
}

function range(low: number, high: number, unit: string): string {
  return low === high ? `${low}${unit}` : `${low}–${high}${unit}`;
}

/** Elapsed time: `8 s`, `1 min 05 s`. */
export function formatElapsed(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000));
  if (seconds < 60) {
    return `${seconds}${NARROW_SPACE}s`;
  }
  const rest = String(seconds % 60).padStart(2, "0");
  return `${Math.floor(seconds / 60)}${NARROW_SPACE}min ${rest}${NARROW_SPACE}s`;
}

const LEFT_UNITS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;

/** How long there is still, in the largest unit of which there are two, never more than it is: `3 days`, `50 minutes`. */
export function formatTimeLeft(milliseconds: number, language: Language): string {
  const [unit, unitMs] = LEFT_UNITS.find(([, size]) => milliseconds >= 2 * size) ?? ["second", 1_000];
  const count = Math.floor(milliseconds / unitMs);
  return new Intl.NumberFormat(LOCALES[language], { style: "unit", unit, unitDisplay: "long" }).format(count);
}

/** Time between two ISO times; null while either is missing. */
export function elapsedBetween(start: string | null, end: string | null): string | null {
  return start === null || end === null ? null : formatElapsed(Date.parse(end) - Date.parse(start));
}

export function formatDate(iso: string, language: Language): string {
  return new Intl.DateTimeFormat(LOCALES[language], { dateStyle: "medium", timeStyle: "short" }).format(
    new Date(iso),
  );
}

/** A day, `YYYY-MM-DD`, as people write it. */
export function formatDay(day: string, language: Language): string {
  return new Intl.DateTimeFormat(LOCALES[language], { dateStyle: "long", timeZone: "UTC" }).format(
    new Date(day),
  );
}

/** A day, `YYYY-MM-DD`, where the year is known: `3 nov.`. */
export function formatShortDay(day: string, language: Language): string {
  return new Intl.DateTimeFormat(LOCALES[language], {
    day: "numeric",
    month: "short",
    timeZone: "UTC",
  }).format(new Date(day));
}

/** A month, `YYYY-MM`: `nov. 2026`. */
export function formatMonth(month: string, language: Language): string {
  return new Intl.DateTimeFormat(LOCALES[language], {
    month: "short",
    year: "numeric",
    timeZone: "UTC",
  }).format(new Date(month));
}

const BYTE_UNITS: Record<Language, string[]> = {
  fr: ["o", "ko", "Mo", "Go"],
  en: ["B", "kB", "MB", "GB"],
};

export function formatBytes(bytes: number, language: Language): string {
  const power = bytes < 1_000 ? 0 : Math.min(3, Math.floor(Math.log10(bytes) / 3));
  const amount = new Intl.NumberFormat(LOCALES[language], {
    maximumFractionDigits: power > 1 ? 1 : 0,
  }).format(bytes / 1_000 ** power);
  return `${amount}${NARROW_SPACE}${BYTE_UNITS[language][power]}`;
}
