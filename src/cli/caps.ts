import type { Language, LocalText } from "../errors.ts";
import { capListSchema, type Cap } from "../http/cap-schemas.ts";
import { parseId } from "../http/path-id.ts";
import { CommandFailure, EXIT, type ExitCode } from "./command-failure.ts";
import type { Client } from "./client.ts";
import { API } from "./follow.ts";
import { atLeastText, atMostText, capText, usdText } from "./number-text.ts";
import { table } from "./table.ts";
import type { Terminal } from "./terminal.ts";

/** Caps to change: in US dollars; one that is not there stays. */
export interface CapChanges {
  day?: number | "none";
  month?: number | "none";
  total?: number | "none";
  /** The number of a workflow or the id of a template; everything together where it is not given. */
  for?: string;
}

const HEADINGS: LocalText[] = [
  { fr: "de quoi", en: "of what" },
  { fr: "période", en: "period" },
  { fr: "plafond", en: "cap" },
  { fr: "dépensé", en: "spent" },
  { fr: "mis de côté", en: "set aside" },
  { fr: "reste", en: "left" },
];
const PERIODS: Record<Cap["period"], LocalText> = {
  day: { fr: "jour", en: "day" },
  month: { fr: "mois", en: "month" },
  total: { fr: "en tout", en: "in all" },
};
const ALL: LocalText = { fr: "toutes les exécutions", en: "all runs" };
const NO_CAP: LocalText = { fr: "aucun", en: "none" };
const FROM_ENVIRONMENT: LocalText = {
  fr: "(*) donné par l’environnement ; « relais caps set » le remplace.",
  en: "(*) given by the environment; “relais caps set” replaces it.",
};

/** `relais caps` and `relais caps set`: changes caps where there are changes, and shows them all. */
export async function showCaps(
  client: Client,
  terminal: Terminal,
  changes: CapChanges | null,
): Promise<ExitCode> {
  const { language } = terminal;
  const { caps } = await client.json(
    capListSchema,
    `${API}/caps`,
    changes === null ? {} : requestOf(changes),
  );
  terminal.print(
    table([HEADINGS.map((heading) => heading[language]), ...caps.map((cap) => rowOf(cap, language))]),
  );
  if (caps.some(({ source }) => source === "environment")) {
    terminal.print("");
    terminal.print(FROM_ENVIRONMENT);
  }
  return EXIT.completed;
}

/** @throws CommandFailure where nothing is to be changed. */
function requestOf(changes: CapChanges): RequestInit {
  const scope = scopeOf(changes.for);
  const caps = (["day", "month", "total"] as const).flatMap((period) => {
    const usd = changes[period];
    return usd === undefined ? [] : [{ scope, period, cap_usd: usd === "none" ? null : usd }];
  });
  if (caps.length === 0) throw new CommandFailure(NOTHING_TO_SET, EXIT.usage);
  return { method: "PUT", body: JSON.stringify({ caps }) };
}

function scopeOf(target: string | undefined): string {
  if (target === undefined) return "all";
  return parseId(target) === null ? `template:${target}` : `workflow:${target}`;
}

function rowOf(cap: Cap, language: Language): string[] {
  const { scope, name, period, date, cap_usd: usd, source } = cap;
  const mark = source === "environment" ? " *" : "";
  return [
    scope === "all" ? ALL[language] : `${name ?? "?"} (${scope})`,
    [PERIODS[period][language], date].filter(Boolean).join(" "),
    usd === null ? NO_CAP[language] : `${capText(usd, language)}${mark}`,
    usdText(cap.spent_usd, language),
    atMostText(cap.reserved_usd, language),
    cap.left_usd === null ? "–" : atLeastText(cap.left_usd, language),
  ];
}

const NOTHING_TO_SET: LocalText = {
  fr: "Dites quel plafond régler, par exemple « relais caps set --day 5 --month 50 », ou « --day none » pour l’enlever. Rien n’a changé.",
  en: "Say which cap to set, for example “relais caps set --day 5 --month 50”, or “--day none” to take it off. Nothing has changed.",
};
