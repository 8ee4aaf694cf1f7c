import { RelaisError, type LocalText } from "../errors.ts";
import { worstCase } from "../pricing/planned-cost.ts";
import type { PriceList } from "../pricing/price-list.ts";
import type { ModelEntry, Registry } from "../providers/registry.ts";
import { alternativesTo, type OfferedModel } from "../workflow/alternatives.ts";
import type { Step } from "../workflow/definition.ts";
import { withModelDefaults } from "../workflow/models.ts";
import { isFreeOfCharge } from "../steps/free-model.ts";
import { today } from "./today.ts";

/** A step with the model that a live run calls for it, and where it stands in the request. */
export interface StepModel {
  step: Step;
  model: ModelEntry;
  path: string;
}

/** The models of steps; a step whose model is not known is left out. */
export function stepModels(steps: readonly Step[], registry: Registry): StepModel[] {
  return steps.flatMap((step, index) => {
    const model = registry.resolve(step.ai_provider);
    return model ? [{ step, model, path: `steps[${index}].ai_provider` }] : [];
  });
}

/** Environment variables that a live run of these steps still needs, each once. */
export function missingSettings(models: readonly StepModel[], registry: Registry): string[] {
  return [...new Set(models.flatMap(({ model }) => registry.missingSettings(model.provider)))];
}

/**
 * Refuses a live run that could only fail or overspend, before anything is stored.
 * @throws RelaisError `provider_not_configured` or `unpriced_model`.
 */
export function acceptLiveRun(
  models: readonly StepModel[],
  run: { registry: Registry; prices: PriceList; hasCap: boolean; unpriced: "refuse" | "allow" },
): void {
  const { registry } = run;
  const missing = missingSettings(models, registry);
  if (missing.length > 0) throw notConfigured(missing, models, registry);
  if (!run.hasCap || run.unpriced === "allow") return;
  const unpriced = models.filter((entry) => !hasPrice(entry, run));
  if (unpriced.length > 0) throw unpricedModels(unpriced);
}

function hasPrice(
  entry: StepModel,
  { registry, prices }: { registry: Registry; prices: PriceList },
): boolean {
  if (isFreeOfCharge(entry.model.id, { registry, prices, day: today() })) return true;
  const worst = worstCase(prices, {
    model: entry.model,
    parameters: withModelDefaults(entry.model, entry.step.parameters),
    images: 0,
    // Whether there is a price does not hang on how long a sound is; it is not there yet.
    inputSeconds: 1,
    prompt: entry.step.prompt,
    day: today(),
  });
  return worst.basis !== "unknown";
}

function nameOf(providerId: string, registry: Registry): string {
  return registry.providers().find(({ id }) => id === providerId)?.name ?? providerId;
}

function notConfigured(missing: string[], models: readonly StepModel[], registry: Registry): RelaisError {
  const names = missing.join(", ");
  const without = models.filter(({ model }) => registry.missingSettings(model.provider).length > 0);
  return new RelaisError(
    "provider_not_configured",
    {
      fr: `Il manque pour une exécution réelle : ${names}. Rien n’a été dépensé. Donnez ces variables et redémarrez Relais, ou envoyez "mode": "rehearsal", qui s’exécute dès maintenant pour 0\u202f$.`,
      en: `A live run still needs: ${names}. Nothing was spent. Set these variables and restart Relais, or send "mode": "rehearsal", which runs now for $0.`,
    },
    without.map(({ path, model }) => {
      const settings = registry.missingSettings(model.provider).join(", ");
      const provider = nameOf(model.provider, registry);
      const offer = offerFor(model, registry);
      return {
        path,
        message: {
          fr: `${provider} a besoin de ${settings}.${offer.fr}`,
          en: `${provider} needs ${settings}.${offer.en}`,
        },
      };
    }),
  );
}

/** Every listed model, with whether it could stand in for another. */
function offeredModels(registry: Registry): OfferedModel[] {
  const official = new Set(registry.providers().flatMap(({ id, kind }) => (kind === "vendor" ? [id] : [])));
  return registry.models().map(({ id, provider, modality, status }) => ({
    id,
    provider,
    modality,
    status,
    isOfficial: official.has(provider),
    isReady: registry.missingSettings(provider).length === 0,
  }));
}

/**
 * A sentence, after a space, that names models of the same kind: those that are ready now and, in place of an unofficial
 * gateway, official ones that still need a key; empty where there is nothing to offer.
 */
function offerFor(model: ModelEntry, registry: Registry): LocalText {
  const others = alternativesTo(model, offeredModels(registry));
  const ready = others.filter(({ isReady }) => isReady);
  const isGateway = registry.providers().some(({ id, kind }) => id === model.provider && kind === "gateway");
  const ids = (ready.length > 0 || !isGateway ? ready : others).map(({ id }) => id).join(", ");
  if (ids === "") return { fr: "", en: "" };
  return ready.length > 0
    ? { fr: ` Prêt et du même genre : ${ids}.`, en: ` Ready and of the same kind: ${ids}.` }
    : { fr: ` Officiel et du même genre : ${ids}.`, en: ` Official and of the same kind: ${ids}.` };
}

function unpricedModels(steps: StepModel[]): RelaisError {
  const list = steps.map(({ step, model }) => `${step.step_number} (${model.id})`).join(", ");
  return new RelaisError(
    "unpriced_model",
    {
      fr: `Relais ne connaît pas le prix de l’étape ${list} et ne peut donc pas tenir le plafond. Rien n’a été dépensé. Choisissez un modèle dont le prix est connu, enlevez le plafond, ou envoyez "unpriced": "allow".`,
      en: `Relais does not know the price of step ${list}, so it cannot hold the cap. Nothing was spent. Choose a model with a known price, take the cap off, or send "unpriced": "allow".`,
    },
    steps.map(({ path, model }) => ({
      path,
      message: {
        fr: `Le prix de ${model.id} n’est pas connu.`,
        en: `The price of ${model.id} is not known.`,
      },
    })),
  );
}
