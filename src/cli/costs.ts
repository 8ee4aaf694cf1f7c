import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Language, LocalText } from "../errors.ts";
import { messageOf } from "../errors.ts";
import { costReportSchema, type CostGrouping, type CostSumsWire } from "../http/cost-schemas.ts";
import type { Client } from "./client.ts";
import { CommandFailure, EXIT, type ExitCode } from "./command-failure.ts";
import { API } from "./follow.ts";
import { atMostText, costText, usdText } from "./number-text.ts";
import { refusal } from "./refusal.ts";
import { table } from "./table.ts";
import type { Terminal } from "./terminal.ts";

export interface CostOptions {
  by: CostGrouping;
  /** UTC days, YYYY-MM-DD; the server's own choice where not given. */
  from: string | undefined;
  to: string | undefined;
  /** Where every paid call is written, one line each; in place of the table. */
  csvFile: string | undefined;
}

const HEADINGS: Record<CostGrouping, LocalText> = {
  day: { fr: "jour", en: "day" },
  month: { fr: "mois", en: "month" },
  workflow: { fr: "combinaison", en: "workflow" },
  provider: { fr: "fournisseur", en: "provider" },
  model: { fr: "modèle", en: "model" },
  modality: { fr: "fait", en: "makes" },
};
const CALLS: LocalText = { fr: "appels", en: "calls" };
const CHARGED: LocalText = { fr: "facturé", en: "charged" };
const FAILED: LocalText = { fr: "dont échoué", en: "of it failed" };
const IN_DOUBT: LocalText = { fr: "à vérifier (au plus)", en: "to check (at most)" };
const TOTAL: LocalText = { fr: "en tout", en: "in all" };
const NO_NAME: LocalText = { fr: "étapes non enregistrées", en: "steps that were not saved" };

/** `relais costs`: what was spent in a period, as a table or, call by call, as a CSV file. */
export async function showCosts(client: Client, options: CostOptions, terminal: Terminal): Promise<ExitCode> {
  const { by, from, to, csvFile } = options;
  const query = new URLSearchParams({ ...(from !== undefined && { from }), ...(to !== undefined && { to }) });
  if (csvFile !== undefined) return await writeCsv(client, { query, csvFile }, terminal);
  query.set("by", by);
  const { language } = terminal;
  const report = await client.json(costReportSchema, `${API}/costs?${query}`);
  const rows = report.rows.map((row) => cellsOf(row.label ?? NO_NAME[language], row, language));
  const headings = [HEADINGS[by], CALLS, CHARGED, FAILED, IN_DOUBT].map((heading) => heading[language]);
  terminal.print(`${report.from} – ${report.to} (UTC)`);
  terminal.print(table([headings, ...rows, cellsOf(TOTAL[language], report.totals, language)]));
  return EXIT.completed;
}

function cellsOf(name: string, sums: CostSumsWire, language: Language): string[] {
  const { calls, charged, is_floor, failed_billed, in_doubt } = sums;
  return [
    name,
    String(calls),
    costText(charged, is_floor ? "unknown" : "metered", language),
    failed_billed.calls === 0 ? "" : usdText(failed_billed.charged, language),
    in_doubt.calls === 0 ? "" : inDoubtText(in_doubt.up_to, language),
  ];
}

function inDoubtText(upTo: number | null, language: Language): string {
  return upTo === null ? costText(null, "unknown", language) : atMostText(upTo, language);
}

async function writeCsv(
  client: Client,
  { query, csvFile }: { query: URLSearchParams; csvFile: string },
  terminal: Terminal,
): Promise<ExitCode> {
  const answer = await client.fetch(`${API}/costs.csv?${query}`);
  if (!answer.ok) throw await refusal(answer);
  try {
    // A file that is there may be the only copy of something.
    await pipeline(Readable.from(answer.body ?? []), createWriteStream(csvFile, { flags: "wx" }));
  } catch (error) {
    throw new CommandFailure({
      fr: `Le fichier ${csvFile} ne peut pas être écrit (${messageOf(error)}). Donnez le nom d’un fichier qui n’existe pas encore.`,
      en: `The file ${csvFile} cannot be written (${messageOf(error)}). Give the name of a file that does not exist yet.`,
    });
  }
  terminal.note({ fr: `Écrit : ${csvFile}`, en: `Written: ${csvFile}` });
  return EXIT.completed;
}
