import type { LocalText, Problem } from "../errors.ts";
import type { ModelCatalogue, ModelInfo } from "./models.ts";
import { nearestName } from "./suggestion.ts";
import { anyOf, didYouMean, longDate, quoted } from "./typography.ts";

const MAX_LISTED_NAMES = 10;

/** Whether the model of a step is known and still runs. `path` is that of its `ai_provider`. */
export function modelProblems(aiProvider: string, path: string, catalogue: ModelCatalogue): Problem[] {
  const model = catalogue.resolve(aiProvider);
  if (!model) return [{ path, message: unknownModel(aiProvider, catalogue) }];
  return model.status === "shut_down" ? [shutDown(model, path)] : [];
}

/**
 * Warns of a model that goes away, or that no list holds.
 * @param options.today YYYY-MM-DD: what was to end by then may have ended.
 */
export function modelWarnings(
  aiProvider: string,
  path: string,
  { catalogue, today }: { catalogue: ModelCatalogue; today: string },
): Problem[] {
  const model = catalogue.resolve(aiProvider);
  if (model && !catalogue.names().includes(model.id)) return [unlistedModel(model, path, catalogue)];
  return model?.status === "deprecated" ? [{ path, message: deprecated(model, today) }] : [];
}

function deprecated(model: ModelInfo, today: string): LocalText {
  const name = quoted(model.id);
  const then = replacementOf(model);
  if (model.shutdown_date === null) {
    return {
      fr: `Le modèle ${name.fr} va être arrêté.${then.fr}`,
      en: `The model ${name.en} is going to shut down.${then.en}`,
    };
  }
  const date = longDate(model.shutdown_date);
  return model.shutdown_date <= today
    ? {
        fr: `Le modèle ${name.fr} devait s’arrêter le ${date.fr}\u00a0: il ne répond peut-être plus.${then.fr}`,
        en: `The model ${name.en} was to shut down on ${date.en}: it may not answer any more.${then.en}`,
      }
    : {
        fr: `Le modèle ${name.fr} s’arrête le ${date.fr}.${then.fr}`,
        en: `The model ${name.en} shuts down on ${date.en}.${then.en}`,
      };
}

/** It may be newer than this version of Relais, or misspelled. */
function unlistedModel({ id }: ModelInfo, path: string, catalogue: ModelCatalogue): Problem {
  const name = quoted(id);
  const hint = didYouMean(nearestModel(id, catalogue));
  return {
    path,
    message: {
      fr: `Le modèle ${name.fr} n’est pas dans la liste\u00a0: son prix est inconnu et ses paramètres ne sont pas vérifiés.${hint.fr}`,
      en: `The model ${name.en} is not in the list: its price is unknown and its parameters are not checked.${hint.en}`,
    },
  };
}

function unknownModel(aiProvider: string, catalogue: ModelCatalogue): LocalText {
  const colon = aiProvider.indexOf(":");
  const provider = colon === -1 ? undefined : catalogue.providerName(aiProvider.slice(0, colon));
  if (provider !== undefined) return unusableModel(aiProvider, provider, catalogue);
  const name = quoted(aiProvider);
  const hint = nameHint(aiProvider, catalogue);
  return {
    fr: `Aucun modèle ni fournisseur ne s’appelle ${name.fr}.${hint.fr}`,
    en: `No model or provider is called ${name.en}.${hint.en}`,
  };
}

/** `provider:model` of a known provider, where the model's name does not tell what it makes, or nothing of use. */
function unusableModel(aiProvider: string, provider: string, catalogue: ModelCatalogue): LocalText {
  const model = aiProvider.slice(aiProvider.indexOf(":") + 1);
  if (model === "") {
    const written = quoted(aiProvider);
    return {
      fr: `Il manque le nom d’un modèle de ${provider} après ${written.fr}.`,
      en: `The name of a model of ${provider} has to follow ${written.en}.`,
    };
  }
  const name = quoted(model);
  const nearest = nearestModel(aiProvider, catalogue);
  const hint: LocalText =
    nearest === undefined
      ? { fr: " Choisissez un autre modèle.", en: " Choose another model." }
      : didYouMean(nearest);
  return {
    fr: `${provider} est connu, mais Relais ne sait pas ce que fait ${name.fr}, ou n’en a pas l’usage.${hint.fr}`,
    en: `${provider} is known, but Relais cannot tell what ${name.en} makes, or has no use for it.${hint.en}`,
  };
}

/** What was most likely meant by a name of which no part is known: a model where one was written, otherwise any name. */
function nameHint(aiProvider: string, catalogue: ModelCatalogue): LocalText {
  const models = liveModels(catalogue);
  const families = catalogue.names().filter((name) => !name.includes(":"));
  const nearest = aiProvider.includes(":")
    ? (nearestProvider(aiProvider, catalogue) ?? nearestName(aiProvider, models))
    : nearestName(aiProvider, [...families, ...models]);
  if (nearest !== undefined) return didYouMean(nearest);
  const examples = anyOf(families.slice(0, MAX_LISTED_NAMES));
  return {
    fr: ` Écrivez par exemple ${examples.fr}, ou un modèle sous la forme fournisseur:modèle.`,
    en: ` Write for instance ${examples.en}, or a model as provider:model.`,
  };
}

/** `opena:gpt-9` names a model that nobody lists, of a provider that is nearly right. */
function nearestProvider(aiProvider: string, catalogue: ModelCatalogue): string | undefined {
  const colon = aiProvider.indexOf(":");
  const listed = catalogue.names().filter((name) => name.includes(":"));
  const providers = new Set(listed.map((name) => name.slice(0, name.indexOf(":"))));
  const provider = nearestName(aiProvider.slice(0, colon), providers);
  const meant = provider && `${provider}${aiProvider.slice(colon)}`;
  return meant && catalogue.resolve(meant)?.status === "live" ? meant : undefined;
}

/** The listed model of the same provider that is named most like a `provider:model`. */
function nearestModel(id: string, catalogue: ModelCatalogue): string | undefined {
  const prefix = id.slice(0, id.indexOf(":") + 1);
  const names = liveModels(catalogue).filter((name) => name.startsWith(prefix) && name !== id);
  const nearest = nearestName(
    id.slice(prefix.length),
    names.map((name) => name.slice(prefix.length)),
  );
  return nearest && prefix + nearest;
}

/** Ids of listed models that are to stay: nobody is led to one that goes away. */
function liveModels(catalogue: ModelCatalogue): string[] {
  return catalogue.names().filter((name) => name.includes(":") && catalogue.resolve(name)?.status === "live");
}

function shutDown(model: ModelInfo, path: string): Problem {
  const name = quoted(model.id);
  const date = model.shutdown_date === null ? null : longDate(model.shutdown_date);
  const then = replacementOf(model);
  return {
    path,
    message: {
      fr: `Le modèle ${name.fr} est arrêté${date ? ` depuis le ${date.fr}` : ""}.${then.fr}`,
      en: `The model ${name.en} ${date ? `was shut down on ${date.en}` : "is shut down"}.${then.en}`,
    },
  };
}

function replacementOf(model: ModelInfo): LocalText {
  if (model.replacement === null) {
    return { fr: " Choisissez un autre modèle.", en: " Choose another model." };
  }
  const name = quoted(model.replacement);
  return { fr: ` Choisissez ${name.fr} à la place.`, en: ` Choose ${name.en} instead.` };
}
