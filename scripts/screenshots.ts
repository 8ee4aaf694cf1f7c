import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Language } from "../src/errors.ts";
import { findTemplate } from "../src/workflow/templates.ts";
import { filled, openBrowser, type Screen, type ScreenOptions } from "../test/support/browser.ts";
import { startRelais } from "../test/support/relais-process.ts";

/** `npm run screenshots`: takes the pictures of `docs/pictures/` anew, from a server of its own that rehearses. */

const PICTURES = fileURLToPath(new URL("../docs/pictures/", import.meta.url));
const MAX_BYTES = 400_000;

interface Series {
  /** End of the file names: `gallery.fr.png`. */
  suffix: string;
  language: Language;
  size: "desktop" | "phone";
  theme: "light" | "dark";
  topic: string;
}

const SERIES: Series[] = [
  { suffix: "fr", language: "fr", size: "desktop", theme: "light", topic: "Les abeilles en ville" },
  { suffix: "en-dark", language: "en", size: "desktop", theme: "dark", topic: "Bees in the city" },
  { suffix: "fr-phone", language: "fr", size: "phone", theme: "light", topic: "Les abeilles en ville" },
];

const dataFolder = mkdtempSync(path.join(tmpdir(), "relais-pictures-"));
mkdirSync(PICTURES, { recursive: true });
const [server, browser] = await Promise.all([startRelais({ dataFolder, withPage: true }), openBrowser()]);
try {
  for (const series of SERIES) await photograph(series);
} finally {
  await browser.close();
  await server.stop();
  rmSync(dataFolder, { recursive: true });
}

async function photograph(series: Series): Promise<void> {
  const options: ScreenOptions = { url: server.url, ...series };
  const screen = await browser.open(options);
  const { texts } = screen;
  const article = nameOf("creation-contenu", series.language);
  await screen.field(texts.topic.label).fill(series.topic);
  await screen.link(article).waitFor();
  await take(screen, `gallery.${series.suffix}`);

  await screen.link(article).click();
  await screen.region(filled(texts.editor.step, { number: 3 })).waitFor();
  // The price comes a moment later than the steps.
  await screen.text(/^≈/).first().waitFor();
  await take(screen, `editor.${series.suffix}`);

  await screen.button(texts.editor.rehearse).click();
  await screen.text(filled(texts.execution.stepOf, { current: 2, total: 3 })).waitFor();
  await screen.page.getByRole("dialog").getByRole("heading", { level: 4 }).waitFor();
  await take(screen, `running.${series.suffix}`);
  await screen.text(texts.execution.totalCost).waitFor();
  await take(screen, `results.${series.suffix}`);
  await screen.page.getByRole("img", { name: series.topic }).scrollIntoViewIfNeeded();
  await take(screen, `results-picture.${series.suffix}`);

  await screen.page.goto("/combinations");
  await rehearse(screen, nameOf("production-video", series.language), series.topic);
  await screen.link(texts.nav.executions).click();
  await screen.link(article).first().waitFor();
  await take(screen, `history.${series.suffix}`);
  await screen.link(texts.nav.settings).click();
  await screen.heading(texts.settings.families).waitFor();
  await take(screen, `settings.${series.suffix}`);
  await screen.close();
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
