import type { Modality } from "../../../../src/workflow/media.ts";
import type { ProviderList, ProviderWire } from "../../api/types.ts";
import { MODALITY_ORDER, needOf } from "../../catalogue.ts";
import { foldedText, matchesSearch } from "../fields/search-text.ts";

type ModelWire = ProviderWire["models"][number];

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
  /** Whether it is built in or a server of the person's own. */
  isLocal: boolean;
  /** Whether it is one of those that rehearse: what it makes is no work of an AI model. */
  isTrial: boolean;
  /** What people call its provider. */
  provider: string;
  /** Null where the model is in no list. */
  price: ModelWire["usual_price"] | null;
  /** Media of files that it takes. */
  takes: string[];
  /** What its provider still needs; null: all is set. */
  missing: "key" | "address" | null;
  /** Names of the variables that are still missing. */
  missingSettings: string[];
  shutdownDate: string | null;
  /** Whether it runs no more: `replacement` is then taken in its place. */
  isGone: boolean;
  replacement: string | null;
  /** Why a family stands for the model that it stands for. */
  note: string | null;
  /** All by which it is searched. */
  words: string[];
}

/** What the list of models offers: families first, then the models, those that have gone among them. Empty until the list is there. */
export function choicesOf(list: ProviderList | undefined): Choice[] {
  const models = (list?.providers ?? []).flatMap((provider) =>
    provider.models.map((model) => modelChoice(model, provider)),
  );
  const byId = new Map(models.map((model) => [model.value, model]));
  const families = (list?.families ?? []).map((family): Choice => {
    const target = byId.get(family.model);
    const provider = list?.providers.find(({ id }) => id === family.model.split(":")[0]);
    const missing = provider === undefined || provider.is_configured ? null : needOf(provider);
    return {
      value: family.id,
      label: family.label,
      modality: family.modality,
      isFamily: true,
      isComposed: target?.isComposed ?? false,
      isUnofficial: target?.isUnofficial ?? false,
      isLocal: target?.isLocal ?? false,
      isTrial: target?.isTrial ?? false,
      provider: provider?.name ?? "",
      price: target?.price ?? null,
      takes: target?.takes ?? [],
      missing,
      missingSettings: provider?.missing_settings ?? [],
      shutdownDate: target?.shutdownDate ?? null,
      isGone: target?.isGone ?? false,
      replacement: target?.replacement ?? null,
      note: family.note ?? (target?.isComposed === true ? null : family.model),
      words: [family.label, family.id, family.model, provider?.name ?? ""],
    };
  });
  for (const family of list?.families ?? []) byId.get(family.model)?.words.push(family.label, family.id);
  // What is composed has one name: its model is no choice beside its family.
  const named = new Set((list?.families ?? []).map(({ model }) => model));
  return [...families, ...models.filter(({ value, isComposed }) => !isComposed || !named.has(value))];
}

function modelChoice(model: ModelWire, provider: ProviderWire): Choice {
  const isLive = model.status === "live";
  return {
    value: model.id,
    label: model.id,
    modality: model.modality,
    isFamily: false,
    isComposed: model.composed !== null,
    isUnofficial: provider.kind === "gateway",
    isLocal: provider.kind === "built_in" || provider.kind === "own_machine",
    isTrial: provider.kind === "built_in" && model.composed === null,
    provider: provider.name,
    price: model.usual_price,
    takes: model.takes,
    missing: provider.is_configured ? null : needOf(provider),
    missingSettings: provider.missing_settings,
    shutdownDate: isLive ? null : model.shutdown_date,
    isGone: model.status === "shut_down",
    replacement: model.replacement,
    note: null,
    words: [model.id, provider.name],
  };
}

/** Some choices under a heading. */
export interface ChoiceGroup {
  kind: "recent" | "names" | "provider" | "composed" | "gone";
  /** Of `names` and `provider`. */
  modality: Modality | null;
  provider: string | null;
  items: Choice[];
}

/**
 * The choices as they are listed: those used last, then by what they make the names that people know and each vendor's
 * models, then what Relais composes, and what has gone. Each stands in one group only.
 */
export function choiceGroups(choices: readonly Choice[], recent: readonly string[]): ChoiceGroup[] {
  const used = recent.flatMap((value) => choices.find((one) => one.value === value && !one.isGone) ?? []);
  const others = choices.filter((one) => !used.includes(one));
  const here = others.filter(({ isGone, isComposed }) => !isGone && !isComposed);
  const groups: ChoiceGroup[] = [{ kind: "recent", modality: null, provider: null, items: used }];
  for (const modality of MODALITY_ORDER) {
    const made = here.filter((one) => one.modality === modality);
    const names = made.filter(({ isFamily }) => isFamily);
    groups.push({ kind: "names", modality, provider: null, items: names });
    const models = made.filter(({ isFamily }) => !isFamily);
    for (const provider of new Set(models.map((one) => one.provider))) {
      const items = models.filter((one) => one.provider === provider);
      groups.push({ kind: "provider", modality, provider, items });
    }
  }
  const composed = others.filter(({ isGone, isComposed }) => isComposed && !isGone);
  const gone = others.filter(({ isGone }) => isGone);
  groups.push({ kind: "composed", modality: null, provider: null, items: composed });
  groups.push({ kind: "gone", modality: null, provider: null, items: gone });
  return groups.filter(({ items }) => items.length > 0);
}

/** Whether a choice is shown for what was typed: what has gone only where it is looked for by its name. */
export function isFound(choice: Choice, search: string): boolean {
  if (choice.isGone) {
    return search !== "" && choice.words.some((word) => foldedText(word).includes(foldedText(search)));
  }
  return matchesSearch(search, choice.words);
}
