import { afterAll, describe, expect, test } from "vitest";
import { filled } from "../support/browser.ts";
import { useStage } from "./stage.ts";
import { startVendors, type Vendors } from "./vendors.ts";

let vendors: Vendors;
const stage = useStage(async () => {
  vendors = await startVendors("# Un titre\n\nUn texte court.\n");
  return vendors.env;
});
afterAll(() => vendors.stop());

/** As a spreadsheet writes it on Windows: semicolons, and accents in one byte. */
const CSV = Buffer.from(
  "TON DU RECIT;Sujet;Remarque\r\ngrave;Les abeilles à Paris;x\r\nLéger;;y\r\nfort;La pluie;z\r\n",
  "latin1",
);

const STEP = {
  step_number: 1,
  ai_provider: "gpt-4",
  prompt: "Un poème {tone} sur {topic}",
  use_previous_output: false,
  parameters: { max_output_tokens: 200 },
  output_schema: null,
  for_each: null,
  approval: false,
  retry: { max_attempts: 3 },
  timeout_seconds: 600,
  on_error: "fail" as const,
};

describe("several topics at once", () => {
  test("come from a file, are mended in place, wait for their cap and go on when it is raised", async () => {
    await stage.save({
      name: "Poèmes",
      steps: [STEP],
      inputs: [
        {
          name: "tone",
          label: "Ton du récit",
          type: "choice",
          choices: ["Grave", "Léger"],
          required: true,
        },
      ],
    });
    const screen = await stage.open({ path: "/combinations" });
    const { page } = screen;
    const { batch, topic, decision } = screen.texts;
    const cell = (field: string, number: number) => screen.field(filled(batch.cell, { field, number }));
    await screen.button(filled(screen.texts.actions.othersFor, { name: "Poèmes" })).click();
    await page.getByRole("menuitem", { name: batch.severalTopics }).click();
    await screen.heading(batch.newTitle).waitFor();
    await screen.field(batch.list).fill("Une ligne déjà tapée");
    await page
      .locator("input[type=file]")
      .setInputFiles({ name: "villes.csv", mimeType: "text/csv", buffer: CSV });
    await expect.poll(() => cell(topic.label, 1).inputValue()).toBe("Les abeilles à Paris");
    const run = page.getByRole("button", { name: filled(batch.run_other, { count: 3 }) });
    await expect.poll(() => run.isDisabled()).toBe(true);
    await screen.text(filled(batch.wrongRows_other, { count: 2 })).waitFor();
    await cell(topic.label, 2).fill("Les toits");
    await cell("Ton du récit", 3).fill("léger");
    await screen.field(batch.cap).fill("0,0001");
    await expect.poll(() => run.textContent()).toMatch(/≈ 0,0\d+\s\$/u);
    expect(await screen.accessibilityProblems()).toEqual([]);
    // What was given is there again after a look elsewhere.
    await page.reload();
    await expect.poll(() => cell(topic.label, 2).inputValue()).toBe("Les toits");
    await expect.poll(() => run.isEnabled()).toBe(true);
    await run.click();

    await screen.text(filled(batch.capTitle_other, { count: 3 })).waitFor();
    expect(vendors.openai.calls).toHaveLength(0);
    expect(await screen.accessibilityProblems()).toEqual([]);
    await page.getByLabel(decision.capField).fill("1");
    await screen.button(decision.raiseCap).click();
    await screen.text(filled(batch.progress, { done: 3, total: 3 })).waitFor();
    expect(vendors.openai.calls).toHaveLength(3);
    const download = page.waitForEvent("download");
    await screen.link(batch.csv).click();
    expect((await download).suggestedFilename()).toBe("Relais 1 - Poèmes.csv");

    await page.getByRole("link", { name: "Les toits" }).click();
    await page.getByRole("link", { name: filled(batch.ofBatch, { row: 2, id: 1 }) }).waitFor();
  });

  test("are a list on a phone, in English, rehearsed for nothing", async () => {
    const screen = await stage.open({
      path: "/combinations/batches/new?template=creation-contenu",
      language: "en",
      size: "phone",
    });
    const { batch, status } = screen.texts;
    await screen.field(batch.list).fill("Bees\n\nRain");
    await screen.page.getByRole("button", { name: filled(batch.rehearse_other, { count: 2 }) }).click();
    await screen.button(batch.cancel).waitFor();
    expect(await screen.accessibilityProblems()).toEqual([]);
    await screen.button(batch.cancel).click();
    await screen.page.getByRole("dialog").getByRole("button", { name: batch.cancel }).click();
    await screen.text(filled(batch.progress, { done: 2, total: 2 })).waitFor();
    await expect.poll(() => screen.page.getByText(status.cancelled).count()).toBeGreaterThan(0);
    const width = await screen.page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(360);
  });

  test("have their bar at the foot of the screen before anything is given, and say where there is no batch", async () => {
    const screen = await stage.open({
      path: "/combinations/batches/new?template=creation-contenu",
      language: "en",
      size: "wide",
    });
    const { batch, notFound } = screen.texts;
    const bar = screen.region(batch.bar);
    const below = async () => {
      const box = await bar.boundingBox();
      return (screen.page.viewportSize()?.height ?? 0) - (box === null ? 0 : box.y + box.height);
    };
    await bar.waitFor();
    expect(await below()).toBe(0);
    await screen.resize("phone");
    // The bar of all places stands below it.
    await expect.poll(below).toBe(64);

    screen.expectTrouble(/404/);
    for (const address of ["batches/999", "batches/new?workflow=999", "executions/999", "run/999"]) {
      await screen.page.goto(`/combinations/${address}`);
      await screen.text(notFound.heading).waitFor();
    }
  });
});
