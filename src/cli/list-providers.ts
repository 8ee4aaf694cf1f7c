import { providerListSchema, type ProviderList, type ProviderWire } from "../http/provider-schemas.ts";
import type { Language, LocalText } from "../errors.ts";
import type { Client } from "./client.ts";
import { EXIT, type ExitCode } from "./command-failure.ts";
import { API } from "./follow.ts";
import { MODALITY_NAMES } from "./modality-names.ts";
import { table } from "./table.ts";
import type { Terminal } from "./terminal.ts";

const HEADINGS: LocalText[] = [
  { fr: "identifiant", en: "id" },
  { fr: "nom", en: "name" },
  { fr: "fait", en: "makes" },
  { fr: "modèles", en: "models" },
  { fr: "état", en: "state" },
];
const FAMILY_HEADINGS: LocalText[] = [
  { fr: "famille", en: "family" },
  { fr: "modèle", en: "model" },
];
const UNOFFICIAL: LocalText = {
  fr: "Non officiel (*) : peut enfreindre les conditions du fournisseur.",
  en: "Unofficial (*): may breach the vendor’s terms.",
};

/** `relais providers`: every provider and what it still needs; then what families stand for. */
export async function listProviders(client: Client, terminal: Terminal): Promise<ExitCode> {
  const { language } = terminal;
  const list = await client.json(providerListSchema, `${API}/providers`);
  const headings = HEADINGS.map((heading) => heading[language]);
  terminal.print(table([headings, ...list.providers.map((provider) => rowOf(provider, language))]));
  terminal.print("");
  terminal.print(UNOFFICIAL);
  terminal.print("");
  terminal.print(table([FAMILY_HEADINGS.map((heading) => heading[language]), ...familyRows(list)]));
  return EXIT.completed;
}

function rowOf(provider: ProviderWire, language: Language): string[] {
  const { id, name, kind, modalities, models } = provider;
  const live = models.filter(({ status }) => status !== "shut_down").length;
  return [
    id,
    kind === "gateway" ? `${name} *` : name,
    modalities.map((modality) => MODALITY_NAMES[modality][language]).join(", "),
    live === 0 ? "–" : String(live),
    stateOf(provider)[language],
  ];
}

function stateOf({
  kind,
  is_configured,
  required_settings,
  missing_settings,
  base_url_setting,
}: ProviderWire): LocalText {
  if (!is_configured) {
    const missing = missing_settings.join(", ");
    return { fr: `il manque ${missing}`, en: `needs ${missing}` };
  }
  if (kind === "built_in") return { fr: "prêt, 0\u202f$", en: "ready, $0" };
  return required_settings.some((name) => name === base_url_setting)
    ? { fr: "adresse réglée", en: "address set" }
    : { fr: "clé réglée", en: "key set" };
}

function familyRows({ families }: ProviderList): string[][] {
  return families.map(({ id, model }) => [id, model]);
}
