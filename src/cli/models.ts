import type { LocalText } from "../errors.ts";
import { createOutbound, type Outbound } from "../net/outbound.ts";
import { modelChanges, type ModelChanges } from "../providers/model-changes.ts";
import { hasModelList, readModelList } from "../providers/model-list.ts";
import { createRegistry, type Registry } from "../providers/registry.ts";
import { ProviderFailure } from "../workflow/ports.ts";
import { EXIT, type ExitCode } from "./command-failure.ts";
import { configuredOrigins, type Settings } from "./config.ts";
import { MODALITY_NAMES } from "./modality-names.ts";
import { table } from "./table.ts";
import type { Terminal } from "./terminal.ts";

const HEADINGS: LocalText[] = [
  { fr: "modèle", en: "model" },
  { fr: "fait", en: "makes" },
  { fr: "état", en: "state" },
];
/** How long a vendor gets to list its models. */
const LIST_TIMEOUT_MS = 20_000;

/** `relais models`: every model that ships with Relais, and until when it runs. */
export function listModels(terminal: Terminal): ExitCode {
  const { language } = terminal;
  const registry = createRegistry({ providers: [], config: {} });
  const rows = registry.models().map(({ id, modality, status, shutdown_date: day, replacement }) => {
    const instead = replacement === null ? "" : ` → ${replacement}`;
    const states: Record<typeof status, LocalText> = {
      live: { fr: "", en: "" },
      deprecated: { fr: `jusqu’au ${day}${instead}`, en: `until ${day}${instead}` },
      shut_down: { fr: `fermé le ${day}${instead}`, en: `gone since ${day}${instead}` },
    };
    return [id, MODALITY_NAMES[modality][language], states[status][language]];
  });
  terminal.print(table([HEADINGS.map((heading) => heading[language]), ...rows]));
  return EXIT.completed;
}

/**
 * `relais models --check`: asks the vendors whose key is set for their own lists, which costs nothing, and says what Relais
 * does not know yet. Fails where a vendor could not be asked.
 */
export async function checkModels(settings: Settings, terminal: Terminal): Promise<ExitCode> {
  const outbound = createOutbound({ trustedOrigins: configuredOrigins(settings) });
  const registry = createRegistry({ providers: [], config: settings.providers });
  const asked = registry
    .providers()
    .filter(({ id }) => hasModelList(id) && registry.missingSettings(id).length === 0);
  if (asked.length === 0) {
    terminal.print({
      fr: "Aucune clé n’est réglée : aucun fournisseur n’a été interrogé.",
      en: "No key is set: no provider was asked.",
    });
  }
  let exitCode: ExitCode = EXIT.completed;
  try {
    for (const { id, name } of asked) {
      try {
        sayChanges(name, await changesOf(id, registry, outbound), terminal);
      } catch (error) {
        if (!(error instanceof ProviderFailure)) throw error;
        terminal.note(error.detail);
        exitCode = EXIT.failed;
      }
    }
  } finally {
    await outbound.close();
  }
  return exitCode;
}

async function changesOf(id: string, registry: Registry, outbound: Outbound): Promise<ModelChanges> {
  const signal = AbortSignal.timeout(LIST_TIMEOUT_MS);
  const listed = await readModelList(id, { outbound, config: registry.config(id), signal });
  const modalityOf = (model: string) => registry.resolve(model)?.modality;
  return modelChanges(id, { known: registry.models(), listed, modalityOf });
}

function sayChanges(name: string, { added, gone, leaving }: ModelChanges, terminal: Terminal): void {
  if (added.length + gone.length + leaving.length === 0) {
    terminal.print({ fr: `${name} : rien de nouveau.`, en: `${name}: nothing new.` });
    return;
  }
  terminal.print({ fr: `${name} :`, en: `${name}:` });
  for (const id of gone)
    terminal.print({ fr: `  - ${id} n’est plus servi`, en: `  - ${id} is no longer served` });
  for (const { id, day } of leaving) {
    terminal.print({ fr: `  ! ${id} ferme le ${day}`, en: `  ! ${id} is shut down on ${day}` });
  }
  for (const id of added) terminal.print({ fr: `  + ${id}`, en: `  + ${id}` });
}
