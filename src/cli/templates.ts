import { templateListSchema, type Template } from "../http/schemas.ts";
import type { Language, LocalText } from "../errors.ts";
import type { Modality } from "../workflow/media.ts";
import type { Client } from "./client.ts";
import { EXIT, type ExitCode } from "./command-failure.ts";
import { API } from "./follow.ts";
import { costText, rangeText } from "./number-text.ts";
import type { Terminal } from "./terminal.ts";

const HEADINGS: LocalText[] = [
  { fr: "identifiant", en: "id" },
  { fr: "nom", en: "name" },
  { fr: "étapes", en: "steps" },
  { fr: "coût estimé", en: "estimated cost" },
  { fr: "durée", en: "time" },
];

const MODALITY_NAMES: Record<Modality, LocalText> = {
  text: { fr: "texte", en: "text" },
  image: { fr: "image", en: "image" },
  speech: { fr: "voix", en: "voice" },
  music: { fr: "musique", en: "music" },
  sound: { fr: "son", en: "sound" },
  video: { fr: "vidéo", en: "video" },
  transcript: { fr: "transcription", en: "transcript" },
  document: { fr: "document", en: "document" },
};

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

function table(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
