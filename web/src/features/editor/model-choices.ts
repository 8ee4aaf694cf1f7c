import type { Modality } from "../../../../src/workflow/media.ts";
import type { ProviderList } from "../../api/types.ts";

/** One name that a step can take: a family, or a model by its full name. */
export interface Choice {
  value: string;
  label: string;
  modality: Modality;
  /** Families come first, then the models of the vendors. */
  isFamily: boolean;
  /** Whether it goes through an unofficial gateway. */
  isUnofficial: boolean;
  /** Whether all that its provider needs is set. */
  isConfigured: boolean;
  shutdownDate: string | null;
  /** Why a family stands for the model that it stands for. */
  note: string | null;
}

/** What the list of models offers: families first, then the models that still run. Empty until the list is there. */
export function choicesOf(list: ProviderList | undefined): Choice[] {
  const models: Choice[] = [];
  for (const provider of list?.providers ?? []) {
    for (const model of provider.models) {
      if (model.status !== "shut_down") {
        models.push({
          value: model.id,
          label: model.id,
          modality: model.modality,
          isFamily: false,
          isUnofficial: provider.kind === "gateway",
          isConfigured: provider.is_configured,
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
      isUnofficial: target?.isUnofficial ?? false,
      isConfigured: family.is_configured,
      shutdownDate: target?.shutdownDate ?? null,
      note: family.note ?? family.model,
    };
  });
  return [...families, ...models];
}
