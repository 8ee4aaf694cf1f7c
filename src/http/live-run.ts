import { RelaisError, type LocalText } from "../errors.ts";
import { worstCase } from "../pricing/planned-cost.ts";
import type { PriceList } from "../pricing/price-list.ts";
import type { ModelEntry, Registry } from "../providers/registry.ts";
import { alternativesTo, type OfferedModel } from "../workflow/alternatives.ts";
import type { Step } from "../workflow/definition.ts";
import { parametersFor } from "../workflow/fitted-parameters.ts";
import { withModelDefaults } from "../workflow/models.ts";
import { longDate } from "../workflow/typography.ts";
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
    parameters: withModelDefaults(entry.model, parametersFor(entry.step, registry).parameters),
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
      fr: `Il manque pour une exécution réelle : ${names}. Rien n’a été dépensé. Donnez les clés dans les réglages de la page, ou ces variables à l’environnement de Relais, ou envoyez "mode": "rehearsal", qui s’exécute dès maintenant pour 0\u202f$.`,
      en: `A live run still needs: ${names}. Nothing was spent. Give the keys in the settings of the page, or these variables to the environment of Relais, or send "mode": "rehearsal", which runs now for $0.`,
    },
    without.map((entry) => {
      const settings = registry.missingSettings(entry.model.provider).join(", ");
      const provider = nameOf(entry.model.provider, registry);
      const rule = ruleOf(entry, registry);
      const offer = offerFor(entry, registry);
      return {
        path: entry.path,
        message: {
          fr: `${provider} a besoin de ${settings}.${rule.fr}${offer.fr}`,
          en: `${provider} needs ${settings}.${rule.en}${offer.en}`,
        },
      };
    }),
  );
}

/** Every listed model, with whether it could stand in for another. */
function offeredModels(registry: Registry): OfferedModel[] {
  const official = new Set(registry.providers().flatMap(({ id, kind }) => (kind === "vendor" ? [id] : [])));
  return registry.models().map(({ id, provider, modality, status, shutdown_date }) => ({
    id,
    provider,
    modality,
    status,
    shutdown_date,
    isOfficial: official.has(provider),
    isReady: registry.missingSettings(provider).length === 0,
  }));
}

/** Why the step needs that provider, after a space; empty where its name says so. */
function ruleOf({ step }: StepModel, registry: Registry): LocalText {
  const family = registry.family(step.ai_provider);
  if (!family?.note || family.standing === "usual") return { fr: "", en: "" };
  return { fr: ` ${family.note.fr}`, en: ` ${family.note.en}` };
}

/** A sentence, after a space, that names models of the same kind; empty where there is nothing to offer. */
function offerFor({ step, model }: StepModel, registry: Registry): LocalText {
  const { provider, modality } = model;
  const isGateway = registry.providers().some(({ id, kind }) => id === provider && kind === "gateway");
  const isOfGateway = isGateway || registry.family(step.ai_provider)?.standing === "stand_in";
  const others = alternativesTo({ provider, modality, isOfGateway }, offeredModels(registry), {
    today: today(),
  });
  if (others.length === 0) return { fr: "", en: "" };
  const names = others.map(nameWithEnd);
  const fr = names.map((name) => name.fr).join(", ");
  const en = names.map((name) => name.en).join(", ");
  return others.some(({ isReady }) => isReady)
    ? { fr: ` Prêt et du même genre : ${fr}.`, en: ` Ready and of the same kind: ${en}.` }
    : { fr: ` Officiel et du même genre : ${fr}.`, en: ` Official and of the same kind: ${en}.` };
}

function nameWithEnd({ id, shutdown_date }: OfferedModel): LocalText {
  if (shutdown_date === null) return { fr: id, en: id };
  const day = longDate(shutdown_date);
  return { fr: `${id} (jusqu’au ${day.fr})`, en: `${id} (until ${day.en})` };
}

function unpricedModels(steps: StepModel[]): RelaisError {
  const list = steps.map(({ step, model }) => `${step.step_number} (${model.id})`).join(", ");
  return new RelaisError(
    "unpriced_model",
    {
      fr: `Relais ne connaît pas le prix de l’étape ${list} et ne peut donc pas tenir le plafond. Rien n’a été dépensé. Choisissez un modèle dont le prix est connu, enlevez le plafond (celui de l’exécution, ou ceux des réglages), ou envoyez "unpriced": "allow".`,
      en: `Relais does not know the price of step ${list}, so it cannot hold the cap. Nothing was spent. Choose a model with a known price, take the cap off (that of the execution, or those in the settings), or send "unpriced": "allow".`,
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
