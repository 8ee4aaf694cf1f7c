import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { Screen } from "../support/browser.ts";
import { useStage } from "./stage.ts";

const stage = useStage();
const BUILT_SCRIPTS = fileURLToPath(new URL("../../web/dist/assets", import.meta.url));
const MOST_GZIPPED_BYTES = 250_000;
/** What has to wait until it is wanted, with words that stand in its script however it is built. */
const LATER = {
  "the graph": "react-flow__",
  "the layout of the graph": "rankdir",
  "the charts": "costs.byDay",
  "the reader of PDF": "GlobalWorkerOptions",
  "the reader of CSV": "UndetectableDelimiter",
  "the reader of Markdown": "micromark",
};

/** The scripts that the browser has loaded so far. */
async function loadedScripts({ page }: Screen): Promise<string[]> {
  const urls = await page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .map(({ name }) => name)
      .filter((name) => /\.m?js$/.test(new URL(name).pathname)),
  );
  return Promise.all([...new Set(urls)].map(async (url) => (await page.request.get(url)).text()));
}

function builtScripts(): string[] {
  return readdirSync(BUILT_SCRIPTS)
    .filter((name) => /\.m?js$/.test(name))
    .map((name) => readFileSync(path.join(BUILT_SCRIPTS, name), "utf8"));
}

describe("the first load", () => {
  test.each(["fr", "en"] as const)(
    "of the gallery in %s is light, and what is heavy waits",
    async (language) => {
      const screen = await stage.open({ language });
      await screen.heading(screen.texts.templates.title).waitFor();
      await screen.page.getByRole("link", { name: /^Pack Réseaux Sociaux$|^Social Media Pack$/ }).waitFor();
      const scripts = await loadedScripts(screen);
      const bytes = scripts.reduce((sum, script) => sum + gzipSync(script).byteLength, 0);
      expect(bytes).toBeGreaterThan(50_000);
      expect(bytes).toBeLessThan(MOST_GZIPPED_BYTES);
      const built = builtScripts();
      for (const [what, word] of Object.entries(LATER)) {
        const has = (among: string[]) => among.some((script) => script.includes(word));
        expect({ what, isBuilt: has(built), isLoaded: has(scripts) }).toEqual({
          what,
          isBuilt: true,
          isLoaded: false,
        });
      }
    },
  );
});
