import type { LocalText, Problem } from "../errors.ts";
import type { Step } from "./definition.ts";
import { isReference, parametersFor, takesValue, type ParameterChange } from "./fitted-parameters.ts";
import type { Medium } from "./media.ts";
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
  const missing = Object.entries(model.parameters).flatMap(([name, spec]) => {
    const isMissing = spec.type === "files" && spec.min > 0 && !Object.hasOwn(parameters, name);
    return isMissing ? [missingFiles(spec, `${path}.${name}`)] : [];
  });
  const unfitting = Object.entries(parameters).flatMap(([name, value]) => {
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
  return [...missing, ...unfitting];
}

function missingFiles(spec: Extract<ParameterSpec, { type: "files" }>, path: string): Problem {
  const wanted = expected(spec);
  return {
    path,
    message: {
      fr: `Il manque «\u00a0${spec.label.fr}\u00a0»\u00a0: il faut ${wanted.fr}.`,
      en: `“${spec.label.en}” is missing: it takes ${wanted.en}.`,
    },
  };
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
    case "files":
      return {
        fr: `${filesExpected(spec).fr} d’une étape ou d’une entrée, par une référence comme {step1_output}`,
        en: `${filesExpected(spec).en} of a step or an input, by a reference such as {step1_output}`,
      };
    case "data":
      return { fr: "un texte, une liste ou un objet", en: "a text, a list or an object" };
    case "boolean":
    default:
      return { fr: "true ou false", en: "true or false" };
  }
}

function filesExpected({ media, min, max }: Extract<ParameterSpec, { type: "files" }>): LocalText {
  const kinds = {
    fr: media.map((medium) => FILE_NAMES[medium].fr).join(" ou "),
    en: media.map((medium) => FILE_NAMES[medium].en).join(" or "),
  };
  if (max === 1) return { fr: `un fichier (${kinds.fr})`, en: `one file (${kinds.en})` };
  return {
    fr: `de ${min} à ${max} fichiers (${kinds.fr})`,
    en: `from ${min} to ${max} files (${kinds.en})`,
  };
}

const FILE_NAMES: Record<Medium, LocalText> = {
  text: { fr: "texte", en: "text" },
  json: { fr: "JSON", en: "JSON" },
  image: { fr: "image", en: "image" },
  audio: { fr: "audio", en: "audio" },
  video: { fr: "vidéo", en: "video" },
  document: { fr: "document", en: "document" },
};

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
