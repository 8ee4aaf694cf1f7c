import type { Problem } from "../errors.ts";
import type { ModelCatalogue, ModelInfo } from "./models.ts";
import { nearestName } from "./suggestion.ts";
import { anyOf, didYouMean, longDate, quoted } from "./typography.ts";

const MAX_LISTED_NAMES = 10;

/** Whether the model of a step is known and still runs. `path` is that of its `ai_provider`. */
export function modelProblems(aiProvider: string, path: string, catalogue: ModelCatalogue): Problem[] {
  const model = catalogue.resolve(aiProvider);
  if (!model) return [unknownModel(aiProvider, path, catalogue)];
  return model.status === "shut_down" ? [shutDown(model, path)] : [];
}

/** Warns of a model that goes away, or that no list holds. */
export function modelWarnings(aiProvider: string, path: string, catalogue: ModelCatalogue): Problem[] {
  const model = catalogue.resolve(aiProvider);
  if (model && !catalogue.names().includes(model.id)) return [unlistedModel(model, path, catalogue)];
  if (model?.status !== "deprecated") return [];
  const name = quoted(model.id);
  const date = model.shutdown_date === null ? null : longDate(model.shutdown_date);
  const then = replacementOf(model);
  return [
    {
      path,
      message: {
        fr: `Le modèle ${name.fr} ${date ? `s’arrête le ${date.fr}` : "va être arrêté"}.${then.fr}`,
        en: `The model ${name.en} ${date ? `shuts down on ${date.en}` : "is going to shut down"}.${then.en}`,
      },
    },
  ];
}

/** It may be newer than this version of Relais, or misspelled. */
function unlistedModel({ id }: ModelInfo, path: string, catalogue: ModelCatalogue): Problem {
  const name = quoted(id);
  const hint = didYouMean(nearestName(id, catalogue.names()));
  return {
    path,
    message: {
      fr: `Le modèle ${name.fr} n’est pas dans la liste : son prix est inconnu et ses paramètres ne sont pas vérifiés.${hint.fr}`,
      en: `The model ${name.en} is not in the list: its price is unknown and its parameters are not checked.${hint.en}`,
    },
  };
}

function unknownModel(aiProvider: string, path: string, catalogue: ModelCatalogue): Problem {
  const name = quoted(aiProvider);
  const names = catalogue.names();
  const nearest = nearestProvider(aiProvider, catalogue) ?? nearestName(aiProvider, names);
  const families = anyOf(names.filter((known) => !known.includes(":")).slice(0, MAX_LISTED_NAMES));
  const hint =
    nearest === undefined
      ? {
          fr: ` Écrivez par exemple ${families.fr}, ou un modèle sous la forme fournisseur:modèle.`,
          en: ` Write for instance ${families.en}, or a model as provider:model.`,
        }
      : didYouMean(nearest);
  return {
    path,
    message: {
      fr: `Aucun modèle ni fournisseur ne s’appelle ${name.fr}.${hint.fr}`,
      en: `No model or provider is called ${name.en}.${hint.en}`,
    },
  };
}

/** `opena:gpt-9` names a model that nobody lists, of a provider that is nearly right. */
function nearestProvider(aiProvider: string, catalogue: ModelCatalogue): string | undefined {
  const colon = aiProvider.indexOf(":");
  if (colon === -1) return undefined;
  const listed = catalogue.names().filter((name) => name.includes(":"));
  const providers = new Set(listed.map((name) => name.slice(0, name.indexOf(":"))));
  const provider = nearestName(aiProvider.slice(0, colon), providers);
  const meant = provider && `${provider}${aiProvider.slice(colon)}`;
  return meant && catalogue.resolve(meant) ? meant : undefined;
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

function replacementOf(model: ModelInfo): { fr: string; en: string } {
  if (model.replacement === null) {
    return { fr: " Choisissez un autre modèle.", en: " Choose another model." };
  }
  const name = quoted(model.replacement);
  return { fr: ` Choisissez ${name.fr} à la place.`, en: ` Choose ${name.en} instead.` };
}
