import type { LocalText, Problem } from "../errors.ts";
import type { Step } from "./definition.ts";
import type { ModelCatalogue, ParameterSpec } from "./models.ts";
import { referencesIn } from "./references.ts";
import { nearestName } from "./suggestion.ts";
import { anyOf, didYouMean, quoted } from "./typography.ts";
import type { Json } from "./values.ts";

/**
 * Whether the parameters of a step are those of its model. A model that the catalogue does not list by its id is not
 * checked: nobody knows its parameters; nor is one that no longer runs. A string with references passes until its value is
 * known; with `valuesAreFinal` all values are, and what looks like a reference is checked like any other text.
 */
export function parameterProblems(
  step: Step,
  path: string,
  catalogue: ModelCatalogue,
  { valuesAreFinal = false }: { valuesAreFinal?: boolean } = {},
): Problem[] {
  const model = catalogue.resolve(step.ai_provider);
  if (!model || model.status === "shut_down" || !catalogue.names().includes(model.id)) return [];
  return Object.entries(step.parameters).flatMap(([name, value]) => {
    const place = `${path}.${name}`;
    if (!Object.hasOwn(model.parameters, name)) {
      return [
        unknownParameter({ name, path: place, modelId: model.id, known: Object.keys(model.parameters) }),
      ];
    }
    const spec = model.parameters[name];
    const isOpen = !valuesAreFinal && typeof value === "string" && referencesIn(value).length > 0;
    return !spec || isOpen || fits(value, spec) ? [] : [unfit({ name, value, spec, path: place })];
  });
}

function fits(value: Json, spec: ParameterSpec): boolean {
  switch (spec.type) {
    case "integer":
      return Number.isInteger(value) && isWithin(value, spec);
    case "number":
      return Number.isFinite(value) && isWithin(value, spec);
    case "choice":
      return typeof value === "string" && spec.values.includes(value);
    case "string":
      return typeof value === "string" && value.length <= spec.max_length;
    case "boolean":
    default:
      return typeof value === "boolean";
  }
}

function isWithin(value: Json, { min, max }: { min: number; max: number }): boolean {
  return typeof value === "number" && value >= min && value <= max;
}

function expected(spec: ParameterSpec): LocalText {
  switch (spec.type) {
    case "integer":
      return {
        fr: `un nombre entier de ${spec.min} à ${spec.max}`,
        en: `a whole number from ${spec.min} to ${spec.max}`,
      };
    case "number":
      return { fr: `un nombre de ${spec.min} à ${spec.max}`, en: `a number from ${spec.min} to ${spec.max}` };
    case "choice":
      return anyOf(spec.values);
    case "string":
      return {
        fr: `un texte de ${spec.max_length} caractères au plus`,
        en: `a text of at most ${spec.max_length} characters`,
      };
    case "boolean":
    default:
      return { fr: "true ou false", en: "true or false" };
  }
}

function unfit(options: { name: string; value: Json; spec: ParameterSpec; path: string }): Problem {
  const name = quoted(options.name);
  const value = quoted(typeof options.value === "string" ? options.value : JSON.stringify(options.value));
  const wanted = expected(options.spec);
  return {
    path: options.path,
    message: {
      fr: `La valeur ${value.fr} ne convient pas au paramètre ${name.fr}. Il faut ${wanted.fr}.`,
      en: `The value ${value.en} does not fit the parameter ${name.en}. It takes ${wanted.en}.`,
    },
  };
}

function unknownParameter(options: {
  name: string;
  path: string;
  modelId: string;
  known: string[];
}): Problem {
  const { known, path } = options;
  const name = quoted(options.name);
  const model = quoted(options.modelId);
  const nearest = nearestName(options.name, known);
  const all = anyOf(known);
  let hint = didYouMean(nearest);
  if (known.length === 0) hint = { fr: " Il n’en a aucun.", en: " It has none." };
  else if (nearest === undefined) hint = { fr: ` Il accepte ${all.fr}.`, en: ` It takes ${all.en}.` };
  return {
    path,
    message: {
      fr: `Le modèle ${model.fr} n’a pas de paramètre ${name.fr}.${hint.fr}`,
      en: `The model ${model.en} has no parameter ${name.en}.${hint.en}`,
    },
  };
}
