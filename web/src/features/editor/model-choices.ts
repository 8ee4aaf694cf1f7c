import type { Modality } from "../../../../src/workflow/media.ts";
import type { ProviderList } from "../../api/types.ts";
import { needOf } from "../../catalogue.ts";

/** One name that a step can take: a family, or a model by its full name. */
export interface Choice {
  value: string;
  label: string;
  modality: Modality;
  /** Families come first, then the models of the vendors. */
  isFamily: boolean;
  /** Whether Relais composes it by itself from what others have made. */
  isComposed: boolean;
  /** Whether it goes through an unofficial gateway. */
  isUnofficial: boolean;
  /** What its provider still needs; null: all is set. */
  missing: "key" | "address" | null;
  shutdownDate: string | null;
  /** Why a family stands for the model that it stands for. */
  note: string | null;
}

/** What the list of models offers: families first, then the models that still run. Empty until the list is there. */
export function choicesOf(list: ProviderList | undefined): Choice[] {
  const models: Choice[] = [];
  const missingOf = new Map<string, Choice["missing"]>();
  for (const provider of list?.providers ?? []) {
    const missing = provider.is_configured ? null : needOf(provider);
    missingOf.set(provider.id, missing);
    for (const model of provider.models) {
      if (model.status !== "shut_down") {
        models.push({
          value: model.id,
          label: model.id,
          modality: model.modality,
          isFamily: false,
          isComposed: model.composed !== null,
          isUnofficial: provider.kind === "gateway",
          missing,
          shutdownDate: model.status === "deprecated" ? model.shutdown_date : null,
          note: null,
        });
      }
    }
  }
  const byId = new Map(models.map((model) => [model.value, model]));
  const families = (list?.families ?? []).map((family): Choice => {
    const target = byId.get(family.model);
    return {
      value: family.id,
      label: family.label,
      modality: family.modality,
      isFamily: true,
      isComposed: target?.isComposed ?? false,
      isUnofficial: target?.isUnofficial ?? false,
      missing: missingOf.get(family.model.slice(0, family.model.indexOf(":"))) ?? null,
      shutdownDate: target?.shutdownDate ?? null,
      note: family.note ?? (target?.isComposed === true ? null : family.model),
    };
  });
  // What is composed has one name: its model is no choice beside its family.
  const named = new Set((list?.families ?? []).map(({ model }) => model));
  return [...families, ...models.filter(({ value, isComposed }) => !isComposed || !named.has(value))];
}
