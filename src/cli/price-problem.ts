import type { z } from "zod";
import type { LocalText } from "../errors.ts";
import { quoted } from "../workflow/typography.ts";

const DAY: LocalText = { fr: "un jour comme 2026-11-22", en: "a day such as 2026-11-22" };
const TEXT: LocalText = { fr: "un texte", en: "a text" };

/** What each field of a price takes, in the order in which a person writes them. */
const TAKES: Record<string, LocalText> = {
  model: { fr: "fournisseur:modèle, ou fournisseur:*", en: "provider:model, or provider:*" },
  unit: {
    fr: "une unité de docs/prices.md, comme character ou image",
    en: "a unit of docs/prices.md, such as character or image",
  },
  usd: {
    fr: 'un montant en dollars de 0 à 1000000, comme "0.18", à neuf décimales au plus',
    en: 'an amount in dollars from 0 to 1000000, such as "0.18", with nine decimals at most',
  },
  per: { fr: "un nombre entier à partir de 1", en: "a whole number from 1" },
  when: {
    fr: 'un objet de textes, de nombres ou de true et false, comme {"resolution": "1080p"}',
    en: 'an object of texts, numbers or true and false, such as {"resolution": "1080p"}',
  },
  above_input_tokens: { fr: "un nombre entier à partir de 1", en: "a whole number from 1" },
  valid_from: DAY,
  valid_to: DAY,
  is_approximate: { fr: "true ou false", en: "true or false" },
  condition: TEXT,
  source: TEXT,
  checked: DAY,
};

/** Where a person's own price list is wrong, and what that place takes: the first thing that zod found. */
export function priceProblem({ issues: [issue] }: z.ZodError): LocalText {
  const [list, index, field] = issue?.path ?? [];
  if (issue?.code === "unrecognized_keys") return unknownField(issue.keys[0] ?? "", placeOf(list, index));
  if (list === undefined || index === undefined) {
    return {
      fr: "il faut un objet avec une liste « prices »",
      en: "it takes an object with a list “prices”",
    };
  }
  if (field === undefined) {
    const place = placeOf(list, index);
    return { fr: `${place} : il faut un objet`, en: `${place}: it takes an object` };
  }
  const name = String(field);
  const place = `${placeOf(list, index)}.${name}`;
  const takes = TAKES[name] ?? TEXT;
  return { fr: `${place} : il faut ${takes.fr}`, en: `${place}: it takes ${takes.en}` };
}

/** `model` names a provider that Relais does not know. */
export function unknownProvider(index: number, model: string): LocalText {
  const place = `${placeOf("prices", index)}.model`;
  const name = quoted(model);
  const provider = quoted(model.slice(0, model.indexOf(":")));
  return {
    fr: `${place} : ${name.fr}, alors qu’aucun fournisseur ne s’appelle ${provider.fr}`,
    en: `${place}: ${name.en}, and no provider is called ${provider.en}`,
  };
}

function unknownField(key: string, place: string): LocalText {
  const name = quoted(key);
  const fields = place === "" ? "prices" : Object.keys(TAKES).join(", ");
  const at = { fr: place === "" ? "" : `${place} : `, en: place === "" ? "" : `${place}: ` };
  return {
    fr: `${at.fr}il n’y a pas de champ ${name.fr} ici, mais ${fields}`,
    en: `${at.en}there is no field ${name.en} here, but ${fields}`,
  };
}

/** As a person finds it: `prices[0]`; empty for the whole file. */
function placeOf(list: PropertyKey | undefined, index: PropertyKey | undefined): string {
  return list === undefined || index === undefined ? "" : `${String(list)}[${String(index)}]`;
}
