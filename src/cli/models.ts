import type { LocalText } from "../errors.ts";
import { today } from "../http/today.ts";
import { createRegistry, type ModelEntry } from "../providers/registry.ts";
import { longDate } from "../workflow/typography.ts";
import { EXIT, type ExitCode } from "./command-failure.ts";
import type { Settings } from "./config.ts";
import { withLocalServers } from "./local-discovery.ts";
import { createLogger } from "./logger.ts";
import { MODALITY_NAMES } from "./modality-names.ts";
import { table } from "./table.ts";
import type { Terminal } from "./terminal.ts";

const HEADINGS: LocalText[] = [
  { fr: "modèle", en: "model" },
  { fr: "fait", en: "makes" },
  { fr: "état", en: "state" },
];

/**
 * `relais models`: every model that is listed, and until when it runs; those of servers on this machine too, where the
 * settings say to look for them.
 * @param ports where such servers are looked for, by provider; at their usual ports unless given.
 */
export async function listModels(
  given: Settings,
  terminal: Terminal,
  ports?: Readonly<Record<string, number>>,
): Promise<ExitCode> {
  const { language } = terminal;
  const { settings, found } = await withLocalServers(given, await createLogger(given), ports);
  const registry = createRegistry({ providers: [], config: settings.providers, found });
  const rows = registry
    .models()
    .map((model) => [model.id, MODALITY_NAMES[model.modality][language], stateOf(model, today())[language]]);
  terminal.print(table([HEADINGS.map((heading) => heading[language]), ...rows]));
  return EXIT.completed;
}

function stateOf(
  { status, shutdown_date, replacement }: Pick<ModelEntry, "status" | "shutdown_date" | "replacement">,
  day: string,
): LocalText {
  if (status === "live" || shutdown_date === null) return { fr: "", en: "" };
  const date = longDate(shutdown_date);
  const then = replacement === null ? "" : ` → ${replacement}`;
  if (status === "shut_down") {
    return { fr: `fermé depuis le ${date.fr}${then}`, en: `gone since ${date.en}${then}` };
  }
  return shutdown_date <= day
    ? { fr: `devait fermer le ${date.fr}${then}`, en: `was to be gone on ${date.en}${then}` }
    : { fr: `jusqu’au ${date.fr}${then}`, en: `until ${date.en}${then}` };
}
