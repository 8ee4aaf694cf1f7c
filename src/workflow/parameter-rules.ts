import type { LocalText, Problem } from "../errors.ts";
import type { Step } from "./definition.ts";
import { isReference, parametersFor, takesValue, type ParameterChange } from "./fitted-parameters.ts";
import type { ModelCatalogue, ParameterSpec } from "./models.ts";
import { nearestName } from "./suggestion.ts";
import { anyOf, didYouMean, quoted } from "./typography.ts";
import type { Json } from "./values.ts";

/**
 * Whether the parameters of a step are those of its model. A model that the catalogue does not list by its id is not
 * checked: nobody knows its parameters; nor is one that no longer runs. A string with references passes until its value is
 * known; with `valuesAreFinal` all values are, and what looks like a reference is checked like any other text. Those of a
 * family that stands for a model of the person's choice are fitted to it first, so that none of them is refused.
 */
export function parameterProblems(
  step: Step,
  path: string,
  catalogue: ModelCatalogue,
  { valuesAreFinal = false }: { valuesAreFinal?: boolean } = {},
): Problem[] {
  const model = catalogue.resolve(step.ai_provider);
  if (!model || model.status === "shut_down" || !catalogue.names().includes(model.id)) return [];
  const { parameters } = parametersFor(step, catalogue, { valuesAreFinal });
  return Object.entries(parameters).flatMap(([name, value]) => {
    const place = `${path}.${name}`;
    if (!Object.hasOwn(model.parameters, name)) {
      return [
        unknownParameter({ name, path: place, modelId: model.id, known: Object.keys(model.parameters) }),
      ];
    }
    const spec = model.parameters[name];
    const isOpen = !valuesAreFinal && isReference(value);
    return !spec || isOpen || takesValue(spec, value) ? [] : [unfit({ name, value, spec, path: place })];
  });
}

/** Says what changes of the parameters of a step, so that they fit the model which its family was made to stand for. */
export function parameterWarnings(step: Step, path: string, catalogue: ModelCatalogue): Problem[] {
  const family = catalogue.family(step.ai_provider);
  const model = catalogue.resolve(step.ai_provider);
  if (!family || !model) return [];
  return parametersFor(step, catalogue).changes.map((change) => ({
    path: `${path}.${change.name}`,
    message: changed(change, { family: family.label, modelId: model.id }),
  }));
}

function changed({ name, value, used }: ParameterChange, of: { family: string; modelId: string }): LocalText {
  const given = quoted(shown(value));
  const fr = `${of.family} désigne ${of.modelId}, qui n’accepte pas ${name} ${given.fr}\u00a0:`;
  const en = `${of.family} stands for ${of.modelId}, which takes no ${name} ${given.en}:`;
  if (!used) return { fr: `${fr} ce paramètre est laissé de côté.`, en: `${en} it is left out.` };
  const other = used.name === name ? "" : `${used.name} `;
  const instead = quoted(shown(used.value));
  return {
    fr: `${fr} Relais prend ${other}${instead.fr} à la place.`,
    en: `${en} ${other}${instead.en} is used.`,
  };
}

function shown(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
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
  const value = quoted(shown(options.value));
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
