import type { Family } from "../workflow/models.ts";
import type { FamilyRule } from "./catalogue-data.ts";

/**
 * What a family stands for as things are set: the model that the person chose for it, otherwise its own, otherwise, where
 * the provider of that one is not set up, what stands in.
 */
export function resolvedFamily(
  rule: FamilyRule,
  { chosen, isConfigured }: { chosen: string | undefined; isConfigured: (providerId: string) => boolean },
): Family {
  const { id, label, model, fallback, note } = rule;
  if (chosen !== undefined) {
    return { id, label, model: chosen, note: chosenNote(label, chosen), standing: standingOf(chosen, rule) };
  }
  if (fallback === null || isConfigured(model.slice(0, model.indexOf(":")))) {
    return { id, label, model, note, standing: "usual" };
  }
  return { id, label, model: fallback.model, note: fallback.note, standing: "stand_in" };
}

function standingOf(chosen: string, { model, fallback }: FamilyRule): Family["standing"] {
  if (chosen === model) return "usual";
  return chosen === fallback?.model ? "stand_in" : "chosen";
}

function chosenNote(label: string, model: string) {
  return {
    fr: `${label} → ${model}, par votre réglage RELAIS_FAMILIES.`,
    en: `${label} → ${model}, by your setting RELAIS_FAMILIES.`,
  };
}
