import type { Language } from "../errors.ts";
import type { Price } from "../pricing/price-list.ts";
import type { ModelInfo } from "../workflow/models.ts";
import { localize } from "./language.ts";
import french from "./price-conditions-fr.json" with { type: "json" };

const IN_FRENCH: Record<string, string> = french;

/**
 * When a price holds, in a person's language: its parameters and threshold, else the words that stand with it. Null: always.
 * What a person wrote in a price list of their own stays as it is.
 */
export function priceCondition(price: Price, model: ModelInfo, language: Language): string | null {
  const facts = Object.entries(price.when ?? {}).map(([name, value]) => {
    const label = model.parameters[name]?.label;
    const said = typeof value === "boolean" ? localize(value ? YES : NO, language) : value;
    return `${label ? localize(label, language) : name}${language === "fr" ? "\u00a0" : ""}: ${said}`;
  });
  const above = price.above_input_tokens;
  if (above !== null) facts.push(localize(thresholdOf(above), language));
  if (facts.length > 0) return facts.join(", ");
  const { condition } = price;
  return condition === null || language === "en" ? condition : (IN_FRENCH[condition] ?? condition);
}

const YES = { fr: "oui", en: "yes" };
const NO = { fr: "non", en: "no" };

function thresholdOf(tokens: number) {
  return {
    fr: `plus de ${tokens.toLocaleString("fr-FR")} jetons en entrée`,
    en: `over ${tokens.toLocaleString("en-US")} input tokens`,
  };
}
