import type { LocalText } from "../errors.ts";
import type { Provider } from "../providers/provider.ts";
import type { ModelEntry, Registry } from "../providers/registry.ts";
import { fitParameters, parametersFor } from "../workflow/fitted-parameters.ts";
import { withModelDefaults } from "../workflow/models.ts";
import { LOCAL_PROVIDER } from "../workflow/unlisted-model.ts";
import { isHeard, type Medium } from "../workflow/media.ts";
import { parameterProblems } from "../workflow/parameter-rules.ts";
import { StepFailure, type StepRequest } from "../workflow/ports.ts";
import type { Json } from "../workflow/values.ts";

/** Who is to make a step. */
export interface ChosenModel {
  /** The model that the step names: its parameters hold, in a rehearsal too. */
  named: ModelEntry;
  /** The model that runs: the named one, or in a rehearsal the built-in generator of the same kind. */
  running: ModelEntry;
  provider: Provider;
}

/** @throws StepFailure when the model is not known, gone, or cannot be called as things are configured. */
export function chooseModel(registry: Registry, { step, mode, submittedTo }: StepRequest): ChosenModel {
  const name = (mode === "live" && submittedTo) || step.ai_provider;
  const named = registry.resolve(name);
  if (!named) {
    throw invalid({
      fr: `Le modèle «\u00a0${name}\u00a0» est inconnu.`,
      en: `The model “${name}” is not known.`,
    });
  }
  // What Relais composes costs nothing: in a rehearsal it is composed from what that made.
  const running = mode === "rehearsal" && !named.composed ? registry.localModel(named.modality) : named;
  if (running.status === "shut_down" && submittedTo === undefined) {
    const other = named.replacement ?? "";
    throw invalid({
      fr: `${named.id} n’existe plus. ${other === "" ? "" : `Prenez ${other}.`}`.trim(),
      en: `${named.id} is gone. ${other === "" ? "" : `Take ${other}.`}`.trim(),
    });
  }
  const missing = registry.missingSettings(running.provider).join(", ");
  if (missing !== "") {
    const what = { fr: `Il manque ${missing}.`, en: `${missing} is missing.` };
    const detail = {
      fr: `${what.fr} Rien n’a été facturé. Réglez-le, puis relancez.`,
      en: `${what.en} Nothing was billed. Set it, then try again.`,
    };
    throw new StepFailure("auth", detail, what);
  }
  return { named, running, provider: registry.provider(running.provider) };
}

/**
 * The parameters of a step with the model's defaults, fitted and checked again: only now are references filled in.
 * @throws StepFailure which says what each one takes.
 */
export function completeParameters(
  registry: Registry,
  named: ModelEntry,
  { step, parameters, submittedTo }: StepRequest,
): Record<string, Json> {
  if (submittedTo !== undefined) {
    // Nobody knows what a model takes that is in no list.
    const isListed = registry.names().includes(named.id);
    const fitted = isListed && fitParameters(parameters, named.parameters, { valuesAreFinal: true });
    return withModelDefaults(named, fitted ? fitted.parameters : parameters);
  }
  const filledIn = { ...step, parameters };
  const [problem] = parameterProblems(filledIn, "parameters", registry, { valuesAreFinal: true });
  if (problem) throw invalid(problem.message);
  const fitted = parametersFor(filledIn, registry, { valuesAreFinal: true });
  return withModelDefaults(named, fitted.parameters);
}

/**
 * Whether the model takes the files that the step refers to.
 * @throws StepFailure where it does not.
 */
export function checkFiles(named: ModelEntry, { files }: StepRequest): void {
  // The files of a composed step are in its parameters, which say what they take.
  if (named.composed) return;
  const isUsed = named.modality === "transcript" ? isHeard : (medium: Medium) => medium === "image";
  const refused = files.find(({ medium }) => !isUsed(medium) || !named.takes.includes(medium));
  if (!refused) return;
  throw invalid({
    fr: `${named.id} ne prend pas de fichier de type ${refused.mediaType}.`,
    en: `${named.id} takes no file of the type ${refused.mediaType}.`,
  });
}

export function isLocal(model: ModelEntry): boolean {
  return model.provider === LOCAL_PROVIDER;
}

function invalid(what: LocalText): StepFailure {
  const detail = {
    fr: `${what.fr} Rien n’a été facturé. Corrigez l’étape, puis relancez.`,
    en: `${what.en} Nothing was billed. Correct the step, then try again.`,
  };
  return new StepFailure("invalid_step", detail, what);
}
