import type { z } from "zod";
import type { LocalText, Problem } from "../errors.ts";
import type { Step } from "./definition.ts";
import { nearestName } from "./suggestion.ts";
import { anyOf, didYouMean, quoted } from "./typography.ts";

type Issue = z.core.$ZodIssue;

// Written out so that the page, which validates too, need not load zod for the names of fields.
const STEP_FIELDS = Object.keys({
  step_number: true,
  name: true,
  ai_provider: true,
  prompt: true,
  use_previous_output: true,
  parameters: true,
  output_schema: true,
  for_each: true,
  approval: true,
  retry: true,
  timeout_seconds: true,
  on_error: true,
} satisfies Record<keyof Step, true>);

/** What a zod schema found wrong, as problems for a person. Paths are like `steps[0].prompt`. */
export function problemsOfZodError(error: z.ZodError): Problem[] {
  return error.issues.flatMap((issue) => problemsOfIssue(issue, []));
}

function problemsOfIssue(issue: Issue, before: readonly PropertyKey[]): Problem[] {
  const keys = [...before, ...issue.path];
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ path: pathOf([...keys, key]), message: unknownField(key, keys) }));
  }
  if (issue.code === "invalid_union") return problemsOfUnion(issue, keys);
  return [{ path: pathOf(keys), message: messageOfIssue(issue) }];
}

/** The branch that was meant is the one that got furthest; where none got anywhere, all of them are named. */
function problemsOfUnion(issue: z.core.$ZodIssueInvalidUnion, keys: readonly PropertyKey[]): Problem[] {
  const deepest = issue.errors.find(
    (branch) => branch.length > 0 && branch.every((one) => one.path.length > 0),
  );
  if (deepest) return deepest.flatMap((one) => problemsOfIssue(one, keys));
  const flat = issue.errors.flat();
  const kinds = flat.filter((one) => one.code === "invalid_type").map((one) => kindOf(one.expected));
  const [first] = flat;
  const isOnlyTypes = flat.every((one) => one.code === "invalid_type");
  if (first && !isOnlyTypes) {
    const specific = flat.find((one) => one.code !== "invalid_type") ?? first;
    return problemsOfIssue(specific, keys);
  }
  const distinct = [...new Map(kinds.map((kind) => [kind.en, kind])).values()];
  const fr = distinct.map((kind) => kind.fr).join(" ou ");
  const en = distinct.map((kind) => kind.en).join(" or ");
  const message = fr
    ? { fr: `Il faut ici ${fr}.`, en: `This takes ${en}.` }
    : {
        fr: "Cette valeur n’a aucune des formes possibles.",
        en: "This value has none of the possible forms.",
      };
  return [{ path: pathOf(keys), message }];
}

function messageOfIssue(issue: Issue): LocalText {
  switch (issue.code) {
    case "invalid_type":
      return wrongType(issue);
    case "too_small":
      return outOfBounds(issue.origin, issue.minimum, "least");
    case "too_big":
      return outOfBounds(issue.origin, issue.maximum, "most");
    case "invalid_value": {
      const values = anyOf(issue.values.map(String));
      return { fr: `Il faut ici ${values.fr}.`, en: `This takes ${values.en}.` };
    }
    case "invalid_format":
      return wrongFormat(issue.format);
    case "not_multiple_of": {
      const divisor = grouped(issue.divisor);
      return {
        fr: `Il faut ici un multiple de ${divisor.fr}.`,
        en: `This takes a multiple of ${divisor.en}.`,
      };
    }
    case "custom":
      return {
        fr: `Cette valeur ne convient pas (${issue.message}).`,
        en: `This value does not fit (${issue.message}).`,
      };
    case "invalid_key":
    case "invalid_element":
    case "invalid_union":
    case "unrecognized_keys":
    default:
      return { fr: "Cette valeur ne convient pas.", en: "This value does not fit." };
  }
}

function wrongType(issue: z.core.$ZodIssueInvalidType): LocalText {
  const kind = kindOf(issue.expected);
  // zod leaves the value itself out of its issues; whether there was one at all stands only in its own sentence.
  return issue.message.endsWith("received undefined")
    ? {
        fr: `Ce champ est obligatoire. Il faut ${kind.fr}.`,
        en: `This field is required. It takes ${kind.en}.`,
      }
    : { fr: `Il faut ici ${kind.fr}.`, en: `This takes ${kind.en}.` };
}

const KINDS: Readonly<Record<string, LocalText>> = {
  string: { fr: "un texte", en: "a text" },
  number: { fr: "un nombre", en: "a number" },
  int: { fr: "un nombre entier", en: "a whole number" },
  boolean: { fr: "true ou false", en: "true or false" },
  array: { fr: "une liste", en: "a list" },
  object: { fr: "un objet", en: "an object" },
  record: { fr: "un objet", en: "an object" },
  null: { fr: "null", en: "null" },
};

function kindOf(expected: string): LocalText {
  return KINDS[expected] ?? { fr: "une autre valeur", en: "another value" };
}

function outOfBounds(origin: string, bound: number | bigint, side: "least" | "most"): LocalText {
  const [fr, en] = side === "least" ? ["au moins", "at least"] : ["au plus", "at most"];
  const shown = grouped(bound);
  const isOne = Number(bound) === 1;
  if (origin === "string") {
    return side === "least" && bound === 1
      ? { fr: "Ce texte ne peut pas être vide.", en: "This text cannot be empty." }
      : {
          fr: `Il faut ${fr} ${shown.fr} ${isOne ? "caractère" : "caractères"}.`,
          en: `This takes ${en} ${shown.en} ${isOne ? "character" : "characters"}.`,
        };
  }
  if (origin === "array" || origin === "set" || origin === "map") {
    return {
      fr: `Il faut ${fr} ${shown.fr} ${isOne ? "élément" : "éléments"}.`,
      en: `This takes ${en} ${shown.en} ${isOne ? "entry" : "entries"}.`,
    };
  }
  return {
    fr: `Il faut un nombre d’${fr} ${shown.fr}.`,
    en: `This takes a number of ${en} ${shown.en}.`,
  };
}

/** A number as each language writes it, with its thousands apart. */
function grouped(value: number | bigint): LocalText {
  const write = (locale: string): string =>
    new Intl.NumberFormat(locale, { maximumFractionDigits: 20 }).format(value);
  return { fr: write("fr-FR"), en: write("en-US") };
}

function wrongFormat(format: string): LocalText {
  if (format === "regex") {
    return {
      fr: "Il faut une lettre ou _, puis des lettres sans accent, des chiffres ou _.",
      en: "This takes a letter or _, then unaccented letters, digits or _.",
    };
  }
  const name = quoted(format);
  return { fr: `Il faut un texte au format ${name.fr}.`, en: `This takes a text in the format ${name.en}.` };
}

function unknownField(key: string, parent: readonly PropertyKey[]): LocalText {
  const name = quoted(key);
  const isStep = parent.length === 2 && parent[0] === "steps";
  const hint = didYouMean(isStep ? nearestName(key, STEP_FIELDS) : undefined);
  return {
    fr: `Le champ ${name.fr} n’existe pas ici.${hint.fr || " Retirez-le."}`,
    en: `There is no field ${name.en} here.${hint.en || " Remove it."}`,
  };
}

function pathOf(keys: readonly PropertyKey[]): string {
  return keys
    .map((key, index) => (typeof key === "number" ? `[${key}]` : `${index > 0 ? "." : ""}${String(key)}`))
    .join("");
}
