import type { Language, LocalText } from "../errors.ts";
import type { CostBasis } from "../workflow/money.ts";

/** Money and time as people read them on a terminal. */

const LOCALES: Record<Language, string> = { fr: "fr-FR", en: "en-US" };
const NARROW_SPACE = "\u202f";

const UNKNOWN: LocalText = { fr: "inconnu", en: "unknown" };

/** USD with two decimals, or two significant digits under one cent; `≥` where a part has no price, a word where nothing is known. */
export function costText(usd: number | null, basis: CostBasis, language: Language): string {
  if (usd === null || (usd === 0 && basis === "unknown")) return UNKNOWN[language];
  if (basis === "unknown") return `≥ ${atLeastText(usd, language)}`;
  const amount = usdText(usd, language);
  return basis === "estimated" && usd > 0 ? `≈ ${amount}` : amount;
}

export function usdText(usd: number, language: Language): string {
  return rounded(usd, language, "halfExpand");
}

/** For what may be billed: never less than it is. */
export function atMostText(usd: number, language: Language): string {
  return rounded(usd, language, "ceil");
}

/** For what is left, or billed for certain: never more than it is. */
export function atLeastText(usd: number, language: Language): string {
  return rounded(usd, language, "floor");
}

/** For what a person has set: to its last digit, or it would seem to leave more room than it does. */
export function capText(usd: number, language: Language): string {
  const digits = { minimumFractionDigits: 2, maximumFractionDigits: 9 };
  return withSign(new Intl.NumberFormat(LOCALES[language], digits).format(usd), language);
}

function rounded(usd: number, language: Language, roundingMode: "halfExpand" | "ceil" | "floor"): string {
  const isTiny = usd > 0 && usd < 0.01;
  const digits = isTiny ? { maximumSignificantDigits: 2 } : { minimumFractionDigits: usd === 0 ? 0 : 2 };
  const amount = new Intl.NumberFormat(LOCALES[language], {
    ...digits,
    ...(isTiny ? {} : { maximumFractionDigits: 2 }),
    roundingMode,
  }).format(usd);
  return withSign(amount, language);
}

function withSign(amount: string, language: Language): string {
  return language === "fr" ? `${amount}${NARROW_SPACE}$` : `$${amount}`;
}

/** `8 s`, `1 min 05 s`. */
export function elapsedText(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000));
  if (seconds < 60) return `${seconds}${NARROW_SPACE}s`;
  const rest = String(seconds % 60).padStart(2, "0");
  return `${Math.floor(seconds / 60)}${NARROW_SPACE}min ${rest}${NARROW_SPACE}s`;
}

/** `30–60 s`, `2–5 min`. */
export function rangeText(lowSeconds: number, highSeconds: number): string {
  const isMinutes = lowSeconds >= 60;
  const [low, high] = isMinutes
    ? [Math.round(lowSeconds / 60), Math.round(highSeconds / 60)]
    : [lowSeconds, highSeconds];
  return `${low === high ? low : `${low}–${high}`}${NARROW_SPACE}${isMinutes ? "min" : "s"}`;
}
