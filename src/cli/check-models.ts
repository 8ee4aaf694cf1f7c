import type { LocalText } from "../errors.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { modelChanges, type ModelChanges } from "../providers/model-changes.ts";
import { hasModelList, isCovered, readModelList } from "../providers/model-list.ts";
import { createRegistry, type ProviderFacts, type Registry } from "../providers/registry.ts";
import { ProviderFailure, type FailureCode } from "../workflow/ports.ts";
import { longDate } from "../workflow/typography.ts";
import { EXIT, type ExitCode } from "./command-failure.ts";
import { configuredOrigins, type Settings } from "./config.ts";
import type { Terminal } from "./terminal.ts";

/** How long a vendor gets to list its models. */
const LIST_TIMEOUT_MS = 20_000;

/**
 * `relais models --check`: asks the vendors whose key is set for their own lists, which costs nothing, and says what Relais
 * does not know yet. Goes on with the others where one could not be asked, and fails then.
 */
export async function checkModels(settings: Settings, terminal: Terminal): Promise<ExitCode> {
  const registry = createRegistry({ providers: [], config: settings.providers });
  const ready = registry
    .providers()
    .filter(({ id, kind }) => isElsewhere(kind) && registry.missingSettings(id).length === 0);
  if (ready.length === 0) {
    terminal.print({
      fr: "Aucune clé n’est réglée : aucun fournisseur n’a été interrogé.",
      en: "No key is set: no provider was asked.",
    });
    return EXIT.completed;
  }
  const outbound = createOutbound({ trustedOrigins: configuredOrigins(settings) });
  let exitCode: ExitCode = EXIT.completed;
  try {
    for (const provider of ready) {
      const isAnswered = await checkProvider(provider, { registry, outbound, terminal });
      if (!isAnswered) exitCode = EXIT.failed;
    }
  } finally {
    await outbound.close();
  }
  return exitCode;
}

function isElsewhere(kind: ProviderFacts["kind"]): boolean {
  return kind === "vendor" || kind === "gateway";
}

/** Says what is new with a provider, or why that is not known; false where it was asked and did not say. */
async function checkProvider(
  { id, name, settings }: ProviderFacts,
  { registry, outbound, terminal }: { registry: Registry; outbound: Outbound; terminal: Terminal },
): Promise<boolean> {
  if (!hasModelList(id)) {
    terminal.print({
      fr: `${name} : n’a pas de liste, non interrogé.`,
      en: `${name}: has no list, not asked.`,
    });
    return true;
  }
  try {
    sayChanges(name, await changesOf(id, registry, outbound), terminal);
    return true;
  } catch (error) {
    if (!(error instanceof ProviderFailure)) throw error;
    const why = (REASONS[error.code] ?? NO_LIST)(settings.apiKey ?? "");
    terminal.note({
      fr: `${name} n’a pas pu être interrogé : ${why.fr}`,
      en: `${name} could not be asked: ${why.en}`,
    });
    return false;
  }
}

async function changesOf(id: string, registry: Registry, outbound: Outbound): Promise<ModelChanges> {
  const signal = AbortSignal.timeout(LIST_TIMEOUT_MS);
  const listed = await readModelList(id, { outbound, config: registry.config(id), signal });
  return modelChanges(id, {
    known: registry.models(),
    listed,
    modalityOf: (model) => registry.resolve(model)?.modality,
    covers: (modality) => isCovered(id, modality),
  });
}

const NO_LIST = (): LocalText => ({
  fr: "sa réponse ne contient pas de liste de modèles. Vérifiez son adresse dans vos réglages.",
  en: "its answer holds no list of models. Check its address in your settings.",
});

const TOO_MANY = (): LocalText => ({
  fr: "il n’accepte pas d’autre appel de votre compte pour l’instant. Réessayez plus tard.",
  en: "it takes no more calls from your account for now. Try again later.",
});

/** Why a list was not read. What calls that are paid for are told of money and steps does not hold for one that is free. */
const REASONS: Partial<Record<FailureCode, (keySetting: string) => LocalText>> = {
  auth: (keySetting) => ({
    fr: `il refuse la clé. Vérifiez ${keySetting}.`,
    en: `it refuses the key. Check ${keySetting}.`,
  }),
  unavailable: () => ({
    fr: "il est injoignable ou en panne. Vérifiez son adresse dans vos réglages, ou réessayez plus tard.",
    en: "it is out of reach or out of order. Check its address in your settings, or try again later.",
  }),
  timeout: () => ({
    fr: "il n’a pas répondu à temps. Réessayez plus tard.",
    en: "it did not answer in time. Try again later.",
  }),
  rate_limited: TOO_MANY,
  quota: TOO_MANY,
};

function sayChanges(name: string, { added, gone, leaving }: ModelChanges, terminal: Terminal): void {
  if (added.length + gone.length + leaving.length === 0) {
    terminal.print({ fr: `${name} : rien de nouveau.`, en: `${name}: nothing new.` });
    return;
  }
  terminal.print({ fr: `${name} :`, en: `${name}:` });
  for (const id of gone)
    terminal.print({ fr: `  - ${id} n’est plus servi`, en: `  - ${id} is no longer served` });
  for (const { id, day } of leaving) {
    const date = longDate(day);
    terminal.print({ fr: `  ! ${id} ferme le ${date.fr}`, en: `  ! ${id} is shut down on ${date.en}` });
  }
  for (const id of added) terminal.print({ fr: `  + ${id}`, en: `  + ${id}` });
}
