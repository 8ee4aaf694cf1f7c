import { readFile } from "node:fs/promises";
import path from "node:path";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { openSqliteStore } from "../../src/db/store.ts";
import { filled, type Screen } from "../support/browser.ts";
import { MIGRATIONS } from "../support/test-store.ts";
import { useStage } from "./stage.ts";

const stage = useStage();
const RUNS = "/combinations/executions";
const LIBRARY = "/combinations/library";
const MANY = 10_000;
const ROW_PIXELS = 76;

async function rehearse(provider: string, topic: string): Promise<number> {
  const steps = [{ step_number: 1, name: "essai", ai_provider: provider, prompt: "Sur {topic}" }];
  const id = await stage.execute({ steps, initial_input: topic, mode: "rehearsal" });
  await stage.finished(id);
  return id;
}

/** Writes so many executions that have ended, beside the server. */
async function fillHistory(): Promise<void> {
  const store = openSqliteStore(path.join(stage.dataFolder, "relais.db"), MIGRATIONS);
  await sql`
    insert into workflow_executions (title, status, mode, current_step, total_steps, steps, initial_input, epoch,
      created_at, started_at, completed_at)
    with recursive numbers(i) as (select 1 union all select i + 1 from numbers where i < ${MANY})
    select 'Série ' || i, 'completed', 'rehearsal', 1, 1, '[]', 'Le sujet ' || i, 1,
      '2026-01-01T10:00:00.000Z', '2026-01-01T10:00:00.000Z', '2026-01-01T10:00:01.000Z'
    from numbers`.execute(store.db);
  await store.close();
}

const rows = (screen: Screen) => screen.page.getByRole("row").filter({ has: screen.page.getByRole("link") });

/** Whether the number in a row of the filled history is larger. */
const isAbove = (row: Element, number: number) =>
  Number(/Série (\d+)/.exec(row.textContent ?? "")?.[1] ?? Number.NaN) > number;

/** The title in a row at the middle of the screen; empty while none is drawn there. */
const titleInSight = (screen: Screen) =>
  rows(screen).evaluateAll((all) => {
    const middle = window.innerHeight / 2;
    const row = all.find((each) => each.getBoundingClientRect().bottom > middle);
    return row && row.getBoundingClientRect().top < middle ? (row.querySelector("a")?.textContent ?? "") : "";
  });

describe("the history", () => {
  test("is searched and narrowed by its address, which the browser goes back through", async () => {
    await rehearse("gpt-4", "La tempête d'hiver");
    await rehearse("gpt-4", "Un été calme");
    const screen = await stage.open({ path: RUNS });
    await rows(screen).nth(1).waitFor();
    await screen.field(screen.texts.library.search).fill("tempete");
    await expect.poll(() => rows(screen).count()).toBe(1);
    expect(new URL(screen.page.url()).search).toBe("?q=tempete");

    await screen.field(screen.texts.history.filter).selectOption(screen.texts.status.failed);
    await screen.text(screen.texts.history.noneTitle).waitFor();
    expect(new URL(screen.page.url()).search).toBe("?q=tempete&status=failed");
    await screen.page.goBack();
    await expect.poll(() => rows(screen).count()).toBe(1);
    expect(await screen.field(screen.texts.history.filter).inputValue()).toBe("");

    const shared = await stage.open({ path: `${RUNS}?q=tempete`, language: "en" });
    await rows(shared).first().waitFor();
    expect(await rows(shared).count()).toBe(1);
    expect(await shared.field(shared.texts.library.search).inputValue()).toBe("tempete");
    await shared.button(shared.texts.library.clear).click();
    await expect.poll(() => rows(shared).count()).toBe(2);
    expect(new URL(shared.page.url()).search).toBe("");
  });

  test("shows an execution as it ran", async () => {
    const id = await rehearse("gpt-4", "Le sel");
    const screen = await stage.open({ path: `${RUNS}/${id}` });
    await screen.text(screen.texts.history.frozen).click();
    await screen.text("gpt-4").waitFor();
    expect(await screen.text("Sur {topic}").isVisible()).toBe(true);
  });

  test("removes those that are selected, by keyboard, and no other", async () => {
    for (const topic of ["Premier", "Deuxième", "Troisième"]) await rehearse("gpt-4", `Choix : ${topic}`);
    const screen = await stage.open({ path: `${RUNS}?q=choix` });
    await expect.poll(() => rows(screen).count()).toBe(3);
    await rows(screen).nth(0).getByRole("checkbox").focus();
    await screen.page.keyboard.press("Space");
    await rows(screen).nth(1).getByRole("checkbox").focus();
    await screen.page.keyboard.press("Space");
    const bar = screen.region(screen.texts.history.selection);
    await bar.getByRole("button", { name: screen.texts.actions.delete }).press("Enter");
    const title = filled(screen.texts.history.deleteTitle_other, { count: 2 });
    const dialog = screen.page.getByRole("dialog", { name: title });
    await dialog.getByRole("button", { name: screen.texts.actions.delete }).press("Enter");
    await expect.poll(() => rows(screen).count()).toBe(1);
    await rows(screen).filter({ hasText: "Premier" }).waitFor();
  });
});

describe.each(["desktop", "phone"] as const)("the library on a %s", (size) => {
  test("shows a picture with where it came from, and hands it over", async () => {
    const topic = `Une barque (${size})`;
    await rehearse("dall-e", topic);
    const screen = await stage.open({ path: LIBRARY, size });
    const tile = screen.page
      .getByRole("list", { name: screen.texts.library.title })
      .getByRole("button")
      .first();
    await tile.waitFor();
    // A small picture of it, not the whole one.
    const small = tile.locator("img");
    await expect.poll(() => small.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(320);
    await tile.click();
    const dialog = screen.page.getByRole("dialog");
    await dialog.getByText(topic, { exact: true }).waitFor();
    await dialog.getByText(screen.texts.execution.local).waitFor();
    await dialog.getByText("Sur {topic}").waitFor();
    const download = screen.page.waitForEvent("download");
    await dialog.getByRole("link", { name: screen.texts.library.download }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe("01-essai.png");
    expect((await readFile(await file.path())).subarray(1, 4).toString()).toBe("PNG");
    await dialog.getByRole("link", { name: screen.texts.library.openExecution }).click();
    await screen.page.waitForURL(/executions\/\d+$/);
  });
});

describe("a history of ten thousand", () => {
  test("draws few rows however far it is scrolled, and keeps its place", async () => {
    await fillHistory();
    const screen = await stage.open({ path: `${RUNS}?q=serie` });
    await rows(screen).first().waitFor();
    const drawn: number[] = [];
    while (await rows(screen).first().evaluate(isAbove, 9_500)) {
      await screen.page.evaluate(() => window.scrollBy(0, 3_000));
      await expect.poll(() => rows(screen).count()).toBeGreaterThan(5);
      drawn.push(await screen.page.locator("tbody tr").count());
    }
    expect(Math.max(...drawn)).toBeLessThan(60);
    const place = await screen.page.evaluate(() => window.scrollY);
    await expect.poll(() => titleInSight(screen)).not.toBe("");
    const title = await titleInSight(screen);
    await screen.page.getByRole("link", { name: title, exact: true }).click();
    await screen.heading(title).waitFor();
    await screen.page.goBack();
    await screen.page.getByRole("link", { name: title, exact: true }).waitFor();
    expect(Math.abs((await screen.page.evaluate(() => window.scrollY)) - place)).toBeLessThan(ROW_PIXELS);
    expect(await screen.page.locator("tbody tr").count()).toBeLessThan(60);
  });
});
