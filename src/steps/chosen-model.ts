import type { LocalText } from "../errors.ts";
import type { Provider } from "../providers/provider.ts";
import type { ModelEntry, Registry } from "../providers/registry.ts";
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
export function chooseModel(registry: Registry, { step, mode }: StepRequest): ChosenModel {
  const named = registry.resolve(step.ai_provider);
  if (!named) {
    throw invalid({
      fr: `Le modèle «\u00a0${step.ai_provider}\u00a0» est inconnu.`,
      en: `The model “${step.ai_provider}” is not known.`,
    });
  }
  const running = mode === "rehearsal" ? registry.localModel(named.modality) : named;
  if (running.status === "shut_down") {
    const other = named.replacement ?? "";
    throw invalid({
      fr: `${named.id} n’existe plus. ${other === "" ? "" : `Prenez ${other}.`}`.trim(),
      en: `${named.id} is gone. ${other === "" ? "" : `Take ${other}.`}`.trim(),
    });
  }
  const missing = registry.missingSettings(running.provider).join(", ");
  if (missing !== "") {
    throw new StepFailure("auth", {
      fr: `Il manque ${missing}. Rien n’a été facturé. Réglez-le, puis relancez.`,
      en: `${missing} is missing. Nothing was billed. Set it, then try again.`,
    });
  }
  return { named, running, provider: registry.provider(running.provider) };
}

/**
 * The parameters of a step with the model's defaults, checked again: only now are references filled in.
 * @throws StepFailure which says what each one takes.
 */
export function completeParameters(
  registry: Registry,
  named: ModelEntry,
  { step, parameters }: StepRequest,
): Record<string, Json> {
  const filledIn = { ...step, parameters };
  const [problem] = parameterProblems(filledIn, "parameters", registry, { valuesAreFinal: true });
  if (problem) throw invalid(problem.message);
  return withModelDefaults(named, parameters);
}

/**
 * Whether the model takes the files that the step refers to.
 * @throws StepFailure where it does not.
 */
export function checkFiles(named: ModelEntry, { files }: StepRequest): void {
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
  return new StepFailure("invalid_step", {
    fr: `${what.fr} Rien n’a été facturé. Corrigez l’étape, puis relancez.`,
    en: `${what.en} Nothing was billed. Correct the step, then try again.`,
  });
}
