import { afterAll, describe, expect, test } from "vitest";
import { filled, type Screen } from "../support/browser.ts";
import { pngOf } from "../support/fake-files.ts";
import { pictureSize } from "./media.ts";
import { useStage } from "./stage.ts";
import { startVendors, type Vendors } from "./vendors.ts";

const STEPS = [
  { step_number: 1, name: "article", ai_provider: "gpt-4", prompt: "Sur {topic}" },
  { step_number: 2, name: "picture", ai_provider: "dall-e", prompt: "Image de {article}" },
  { step_number: 3, name: "title", ai_provider: "gpt-4", prompt: "Titre de {article}" },
];

let vendors: Vendors;
const stage = useStage(async () => {
  vendors = await startVendors("# Le titre\n\nUn article sur les abeilles.\n");
  return vendors.env;
});

afterAll(() => vendors.stop());

/** The execution whose own page is shown. */
function shownId(screen: Screen): number {
  return Number(new URL(screen.page.url()).pathname.split("/").at(-1));
}

async function openMenu(screen: Screen, number: number, item: string): Promise<void> {
  await screen.button(filled(screen.texts.rerun.more, { number })).click();
  await screen.page.getByRole("menuitem", { name: item }).click();
}

/** Presses the button with the price, and waits for the page of another execution. */
async function start(screen: Screen, name: string): Promise<number> {
  const before = shownId(screen);
  await screen.page.getByRole("dialog").getByRole("button", { name }).click();
  await screen.page.waitForFunction((id) => !location.pathname.endsWith(`/${id}`), before);
  await screen.page
    .getByRole("complementary")
    .getByText(screen.texts.status.completed, { exact: true })
    .waitFor();
  return shownId(screen);
}

describe("running again", () => {
  test("shows what is kept and what it costs, then buys only that", async () => {
    const first = await stage.finished(await stage.execute({ steps: STEPS, initial_input: "Les abeilles" }));
    const calls = vendors.openai.calls.length;
    const screen = await stage.open({ path: `/combinations/executions/${first.id}` });
    const { rerun, execution } = screen.texts;
    await openMenu(screen, 2, rerun.fromHere);
    const dialog = screen.page.getByRole("dialog");
    await dialog.getByText(rerun.kept, { exact: true }).first().waitFor();
    expect(await dialog.getByText(rerun.kept, { exact: true }).count()).toBe(2);
    expect(await dialog.getByText(rerun.reason.asked, { exact: true }).count()).toBe(1);
    expect(await dialog.innerText()).toMatch(
      /2 résultats réutilisés, 0,00\s\$.*\s; 1 à produire, environ 0,\d+/,
    );
    expect(vendors.openai.calls).toHaveLength(calls);

    const second = await stage.execution(await start(screen, rerun.start));
    expect(vendors.openai.calls).toHaveLength(calls + 1);
    expect(second.results.map(({ performed_by }) => performed_by)).toEqual([
      "cache",
      first.results[1]?.performed_by,
      "cache",
    ]);
    await screen.link(filled(execution.madeFromStep, { id: first.id, number: 2 })).waitFor();
    await screen
      .link(filled(execution.reusedFrom, { id: first.id }))
      .first()
      .waitFor();
    expect(await screen.page.getByRole("complementary").innerText()).toContain(execution.saved);
  });

  test("lets a person edit a text, and makes what follows from it", async () => {
    const first = await stage.finished(await stage.execute({ steps: STEPS, initial_input: "Les ruches" }));
    const calls = vendors.openai.calls.length;
    const screen = await stage.open({ path: `/combinations/executions/${first.id}` });
    const { rerun, execution } = screen.texts;
    await openMenu(screen, 1, rerun.editText);
    const field = screen.page.getByRole("dialog").getByLabel(rerun.text, { exact: true });
    expect(await field.inputValue()).toBe(first.results[0]?.text);
    await field.fill("Mon propre article");
    const second = await stage.execution(await start(screen, rerun.startFollowing));
    expect(second.results[0]).toMatchObject({ text: "Mon propre article", performed_by: "person", cost: 0 });
    expect(vendors.openai.calls).toHaveLength(calls + 2);
    const sent = JSON.stringify(vendors.openai.calls.slice(calls));
    expect(sent).toContain("Mon propre article");
    await screen.text(execution.byHand).waitFor();
    expect((await stage.execution(first.id)).results).toEqual(first.results);
  });

  test("lets a person put a picture in the place of another, and buys nothing", async () => {
    const first = await stage.finished(await stage.execute({ steps: STEPS, initial_input: "Le miel" }));
    const calls = vendors.openai.calls.length;
    const screen = await stage.open({ path: `/combinations/executions/${first.id}` });
    const { rerun } = screen.texts;
    await openMenu(screen, 2, rerun.replaceFile);
    const choosing = screen.page.waitForEvent("filechooser");
    await screen.page.getByRole("dialog").getByRole("button", { name: rerun.file }).click();
    const file = { name: "moi.png", mimeType: "image/png", buffer: Buffer.from(pngOf(300, 200)) };
    await (await choosing).setFiles(file);
    const second = await stage.execution(await start(screen, rerun.startFollowing));
    expect(second.results[1]).toMatchObject({ performed_by: "person", width: 300, height: 200 });
    expect(await pictureSize(screen.page.getByRole("img", { name: "Le miel" }))).toEqual({
      width: 300,
      height: 200,
    });
    expect(vendors.openai.calls).toHaveLength(calls);
    expect(second.total_cost).toBe(0);
  });

  test("begins from the history too", async () => {
    const first = await stage.finished(
      await stage.execute({ steps: STEPS, initial_input: "Les fleurs", mode: "rehearsal" }),
    );
    const screen = await stage.open({ path: "/combinations/executions" });
    const { rerun, history } = screen.texts;
    await screen.button(filled(history.rerunNamed, { id: first.id })).click();
    await screen.page.getByLabel(rerun.from).selectOption("3");
    const second = await stage.execution(await start(screen, rerun.start));
    expect(second).toMatchObject({ rerun_of: first.id, rerun_from_step: 3, mode: "rehearsal" });
  });

  test("takes identical results instead of buying them, where asked", async () => {
    await stage.finished(await stage.execute({ steps: STEPS.slice(0, 1), initial_input: "Le pollen" }));
    const calls = vendors.openai.calls.length;
    const screen = await stage.open();
    await screen.link(screen.texts.templates.blank).click();
    await screen.field(screen.texts.editor.prompt).fill("Sur {topic}");
    await screen.field(screen.texts.topic.label).fill("Le pollen");
    await screen.field(screen.texts.editor.reuse).check();
    await screen.button(screen.texts.editor.run).click();
    await screen.page
      .getByRole("complementary")
      .getByText(screen.texts.status.completed, { exact: true })
      .waitFor();
    expect(vendors.openai.calls).toHaveLength(calls);
    await screen.text(screen.texts.execution.saved).waitFor();
  });
});
