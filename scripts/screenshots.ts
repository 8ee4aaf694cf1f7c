import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Language } from "../src/errors.ts";
import { findTemplate } from "../src/workflow/templates.ts";
import { sql } from "kysely";
import { openSqliteStore } from "../src/db/store.ts";
import { MIGRATIONS } from "../test/support/test-store.ts";
import { filled, openBrowser, type Screen } from "../test/support/browser.ts";
import { startRelais } from "../test/support/relais-process.ts";

/** `npm run screenshots`: takes the pictures of `docs/pictures/` anew, from a server of its own that rehearses. */

const PICTURES = fileURLToPath(new URL("../docs/pictures/", import.meta.url));
const MAX_BYTES = 400_000;
const DAYS = 17;
const DAY_MS = 86_400_000;
/** A provider, a model, and the least that a call of the picture of costs has cost. */
const CALLS = [
  ["openai", "gpt-6.2-sol", 9_000_000],
  ["openai", "gpt-image-2", 41_000_000],
  ["elevenlabs", "eleven_v3", 32_000_000],
] as const;

interface Series {
  /** End of the file names: `gallery.fr.png`. */
  suffix: string;
  language: Language;
  size: "desktop" | "phone";
  theme: "light" | "dark";
  topic: string;
  /** Those of a batch. */
  topics: string[];
}

/** Takes one picture, by its name. */
type Picture = (name: string) => Promise<void>;

const IN_FRENCH = {
  topic: "Les abeilles en ville",
  topics: [
    "Les toits végétalisés",
    "L’eau de pluie",
    "Le marché du samedi",
    "La nuit en ville",
    "Les jardins partagés",
  ],
};
const IN_ENGLISH = {
  topic: "Bees in the city",
  topics: ["Green roofs", "Rainwater", "The Saturday market", "The city at night", "Shared gardens"],
};

const SERIES: Series[] = [
  { suffix: "fr", language: "fr", size: "desktop", theme: "light", ...IN_FRENCH },
  { suffix: "en-dark", language: "en", size: "desktop", theme: "dark", ...IN_ENGLISH },
  { suffix: "fr-phone", language: "fr", size: "phone", theme: "light", ...IN_FRENCH },
];

const SETTINGS = {
  // No keys: nothing here runs live.
  OPENAI_API_KEY: "not-a-key",
  ELEVENLABS_API_KEY: "not-a-key",
  RELAIS_SECRET_KEY: "for the pictures alone",
  RELAIS_MONTH_CAP_USD: "20",
};

mkdirSync(PICTURES, { recursive: true });
const browser = await openBrowser();
try {
  for (const series of SERIES) await photograph(series);
} finally {
  await browser.close();
}

/** Each series has a server of its own, so that no picture shows what another has made. */
async function photograph(series: Series): Promise<void> {
  const dataFolder = mkdtempSync(path.join(tmpdir(), "relais-pictures-"));
  const server = await startRelais({ dataFolder, withPage: true, env: SETTINGS });
  try {
    await writeCalls(dataFolder);
    await photographAll(await browser.open({ url: server.url, ...series }), series);
  } finally {
    await server.stop();
    rmSync(dataFolder, { recursive: true });
  }
}

async function photographAll(screen: Screen, series: Series): Promise<void> {
  const picture = (name: string) => take(screen, `${name}.${series.suffix}`);
  await photographWork(screen, series, picture);
  await photographTakes(screen, picture);
  await photographForm(screen, series, picture);
  await photographBatch(screen, series, picture);
  await photographRecords(screen, series, picture);
  await screen.close();
}

/** From the gallery to the results. */
async function photographWork(screen: Screen, series: Series, picture: Picture): Promise<void> {
  const { texts } = screen;
  const article = nameOf("creation-contenu", series.language);
  await screen.field(texts.topic.label).fill(series.topic);
  await screen.link(article).waitFor();
  await picture("gallery");

  await screen.link(article).click();
  await screen.region(filled(texts.editor.step, { number: 3 })).waitFor();
  // The price comes a moment later than the steps, and the graph later still.
  await screen.button(texts.editor.run).getByText(/^≈/).waitFor();
  if (series.size === "desktop") await screen.button(texts.graph.showAll).waitFor();
  await picture("editor");

  await screen.button(texts.editor.rehearse).click();
  await screen.text(filled(texts.execution.stepOf, { current: 2, total: 3 })).waitFor();
  await screen.page.getByRole("dialog").getByRole("heading", { level: 4 }).waitFor();
  await picture("running");
  await screen.text(texts.execution.totalCost).waitFor();
  await picture("results");
  await screen.page.getByRole("img", { name: series.topic }).scrollIntoViewIfNeeded();
  await picture("results-picture");
}

/** Two models compared on the picture of the results that are open. */
async function photographTakes(screen: Screen, picture: Picture): Promise<void> {
  const { rerun, takes } = screen.texts;
  await screen.link(screen.texts.execution.openPage).click();
  await screen.button(filled(rerun.more, { number: 2 })).click();
  await screen.page.getByRole("menuitem", { name: takes.compare }).click();
  const dialog = screen.page.getByRole("dialog");
  const models = ["black-forest-labs:flux-2-pro", "ideogram:ideogram-4-5"];
  for (const model of models) await dialog.getByRole("checkbox", { name: model }).check();
  await dialog.locator("button[type=submit]").click();
  for (const model of models) {
    const column = dialog.getByRole("region", { name: model, exact: true });
    await column.getByRole("button", { name: takes.use, disabled: false }).waitFor();
  }
  await picture("compare");
}

async function photographForm(screen: Screen, series: Series, picture: Picture): Promise<void> {
  const { texts } = screen;
  await screen.page.goto(`/combinations/run/template/video-courte?topic=${encodeURIComponent(series.topic)}`);
  await screen.button(texts.templates.rehearse).waitFor();
  await screen.text(/^≈/).first().waitFor();
  await picture("form");
}

async function photographBatch(screen: Screen, series: Series, picture: Picture): Promise<void> {
  const { batch } = screen.texts;
  await screen.page.goto("/combinations/batches/new?template=creation-contenu");
  await screen.field(batch.list).fill(series.topics.join("\n"));
  const rehearsal = filled(batch.rehearse_other, { count: series.topics.length });
  await screen.page.getByRole("button", { name: rehearsal }).click();
  // In the middle: rows may end together, so that a number is passed over.
  await screen
    .text(new RegExp(`^${filled(batch.progress, { done: "[2-4]", total: series.topics.length })}$`))
    .waitFor();
  await picture("batch");
  await screen
    .text(filled(batch.progress, { done: series.topics.length, total: series.topics.length }))
    .waitFor();
}

/** What was made and what it has cost. */
async function photographRecords(screen: Screen, series: Series, picture: Picture): Promise<void> {
  const { texts } = screen;
  await screen.page.goto("/combinations");
  await rehearse(screen, nameOf("production-video", series.language), series.topic);
  await screen.page.goto("/combinations/executions");
  await screen.link(nameOf("creation-contenu", series.language)).first().waitFor();
  await picture("history");
  await screen.link(texts.nav.library).click();
  await screen.page.getByRole("list", { name: texts.library.title }).waitFor();
  await picture("library");
  await screen.link(texts.nav.costs).click();
  await screen.region(texts.costs.total).waitFor();
  await screen.field(texts.costs.period).selectOption(texts.costs.periods.days30);
  await screen.region(texts.costs.by.provider).getByRole("row").nth(1).waitFor();
  await picture("costs");
  await screen.link(texts.nav.settings).click();
  await screen.heading(texts.settings.families).waitFor();
  await picture("settings");
}

async function rehearse(screen: Screen, template: string, topic: string): Promise<void> {
  await screen.field(screen.texts.topic.label).fill(topic);
  await screen.button(filled(screen.texts.templates.rehearseNamed, { name: template })).click();
  await screen.text(screen.texts.execution.totalCost).waitFor();
}

function nameOf(template: string, language: Language): string {
  const found = findTemplate(template);
  if (found === undefined) throw new Error(`there is no template ${template}`);
  return found.name[language];
}

/** Writes paid calls of the past days into the journal, which adds them up: nothing is bought for a picture. */
async function writeCalls(dataFolder: string): Promise<void> {
  const store = openSqliteStore(path.join(dataFolder, "relais.db"), MIGRATIONS);
  await sql`
    insert into workflow_executions (id, template_id, title, status, mode, current_step, total_steps, steps, initial_input, epoch, created_at)
    values (1, 'creation-contenu', '', 'completed', 'live', 3, 3, '[]', '', 1, '2026-01-01T10:00:00.000Z')`.execute(
    store.db,
  );
  const now = Date.now();
  for (let day = 0; day < DAYS; day += 1) {
    const at = new Date(now - day * DAY_MS).toISOString();
    for (const [place, [provider, model, nanoUsd]] of CALLS.entries()) {
      const cost = nanoUsd * (1 + ((day * 5 + place * 3) % 7));
      const id = `${day}-${place}`;
      await sql`
        insert into attempts (id, execution_id, step_number, number, status, epoch, provider, model, request_hash,
          reserved_nano_usd, reserved_basis, cost_nano_usd, cost_basis, created_at)
        values (${id}, 1, ${place + 1}, ${day}, 'sent', 1, ${provider}, ${`${provider}:${model}`}, '', ${cost},
          'metered', ${cost}, 'metered', ${at})`.execute(store.db);
    }
  }
  await sql`update attempts set status = 'succeeded'`.execute(store.db);
  await sql`delete from workflow_executions`.execute(store.db);
  await store.close();
}

/** Takes the window as it is, once its pictures and fonts are there. */
async function take(screen: Screen, name: string): Promise<void> {
  const { page } = screen;
  await page.waitForLoadState("networkidle");
  await page.evaluate(async () => {
    await document.fonts.ready;
    await Promise.all([...document.images].map((image) => image.decode()));
  });
  const file = path.join(PICTURES, `${name}.png`);
  await page.screenshot({ path: file, animations: "disabled", caret: "hide" });
  const { size } = statSync(file);
  process.stdout.write(`${path.relative(process.cwd(), file)}  ${Math.round(size / 1_000)} kB\n`);
  if (size > MAX_BYTES) throw new Error(`${file} is larger than ${MAX_BYTES} bytes`);
}
