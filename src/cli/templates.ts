import { templateListSchema, type Template } from "../http/schemas.ts";
import type { Language, LocalText } from "../errors.ts";
import type { Client } from "./client.ts";
import { EXIT, type ExitCode } from "./command-failure.ts";
import { API } from "./follow.ts";
import { MODALITY_NAMES } from "./modality-names.ts";
import { costText, rangeText } from "./number-text.ts";
import { table } from "./table.ts";
import type { Terminal } from "./terminal.ts";

const HEADINGS: LocalText[] = [
  { fr: "identifiant", en: "id" },
  { fr: "nom", en: "name" },
  { fr: "étapes", en: "steps" },
  { fr: "coût estimé", en: "estimated cost" },
  { fr: "durée", en: "time" },
];

/** `relais templates`: the gallery as a table. */
export async function templates(client: Client, terminal: Terminal): Promise<ExitCode> {
  const { language } = terminal;
  const list = await client.json(templateListSchema, `${API}/templates`);
  const rows = [
    HEADINGS.map((heading) => heading[language]),
    ...list.templates.map((one) => rowOf(one, language)),
  ];
  terminal.print(table(rows));
  return EXIT.completed;
}

function rowOf(template: Template, language: Language): string[] {
  return [
    template.id,
    template.name,
    template.step_models.map(({ modality }) => MODALITY_NAMES[modality][language]).join(" → "),
    costText(template.estimated_cost, template.cost_basis, language),
    rangeText(template.estimated_seconds_low, template.estimated_seconds_high),
  ];
}
