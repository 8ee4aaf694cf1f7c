import { afterAll, describe, expect, test } from "vitest";
import { filled, type Screen } from "../support/browser.ts";
import { useStage } from "./stage.ts";
import { startVendors, type Vendors } from "./vendors.ts";

const STEPS = [
  { step_number: 1, name: "article", ai_provider: "gpt-4", prompt: "Sur {topic}" },
  { step_number: 2, name: "title", ai_provider: "gpt-4", prompt: "Titre de {article}" },
];

let vendors: Vendors;
const stage = useStage(async () => {
  vendors = await startVendors("Un article sur les abeilles.");
  return vendors.env;
});

afterAll(() => vendors.stop());

async function openComparison(screen: Screen, number: number): Promise<void> {
  const { rerun, takes } = screen.texts;
  await screen.button(filled(rerun.more, { number })).click();
  await screen.page.getByRole("menuitem", { name: takes.compare }).click();
}

/** Chooses models by the words that stand beside them, and presses the button with the price. */
async function compare(screen: Screen, models: readonly string[]): Promise<void> {
  const dialog = screen.page.getByRole("dialog");
  for (const model of models) await dialog.getByRole("checkbox", { name: model }).check();
  await dialog.locator("button[type=submit]").click();
}

describe("takes of a step", () => {
  test("compares two models in a rehearsal, takes one, and shows both below the result", async () => {
    const first = await stage.finished(
      await stage.execute({ steps: STEPS, initial_input: "Les abeilles", mode: "rehearsal" }),
    );
    const screen = await stage.open({ path: `/combinations/executions/${first.id}` });
    const { takes, rerun, history } = screen.texts;
    await openComparison(screen, 1);
    await compare(screen, ["openai:gpt-4o-mini", "anthropic:claude-opus-5-5"]);
    const dialog = screen.page.getByRole("dialog");
    for (const model of ["openai:gpt-4o-mini", "anthropic:claude-opus-5-5"]) {
      await dialog
        .getByRole("region", { name: model, exact: true })
        .getByRole("button", { name: takes.use, disabled: false })
        .waitFor();
    }
    expect(await screen.accessibilityProblems()).toEqual([]);
    const column = dialog.getByRole("region", { name: "anthropic:claude-opus-5-5", exact: true });
    await column.getByRole("button", { name: takes.use }).click();
    await dialog.getByText(takes.chosen, { exact: true }).waitFor();
    await dialog.getByRole("button", { name: rerun.startFollowing }).click();
    await screen.page.waitForFunction((id) => !location.pathname.endsWith(`/${id}`), first.id);

    const strip = screen.page.getByRole("region", { name: filled(takes.of, { number: 1 }) });
    await screen.button(screen.texts.execution.copy).first().scrollIntoViewIfNeeded();
    await strip.waitFor();
    expect(await strip.getByRole("listitem").count()).toBe(3);
    const present = strip.locator("[aria-current=true]");
    expect(await present.innerText()).toContain("claude-opus-5-5");
    const second = await stage.execution(Number(new URL(screen.page.url()).pathname.split("/").at(-1)));
    expect(second.steps_data.map(({ performed_by }) => performed_by)).toEqual(["cache", "local"]);

    await screen.page.goto("/combinations/executions");
    await screen.button(filled(history.rerunNamed, { id: second.id })).waitFor();
    expect(await screen.button(filled(history.rerunNamed, { id: second.id - 1 })).count()).toBe(0);
  });

  test("says what live takes cost before they are bought, and buys these alone", async () => {
    const first = await stage.finished(await stage.execute({ steps: STEPS, initial_input: "Les ruches" }));
    const calls = vendors.openai.calls.length;
    const screen = await stage.open({ path: `/combinations/executions/${first.id}`, language: "en" });
    const { takes } = screen.texts;
    await openComparison(screen, 2);
    const dialog = screen.page.getByRole("dialog");
    await dialog.getByRole("checkbox", { name: "anthropic:claude-opus-5-5" }).check();
    expect(await dialog.locator("button[type=submit]").innerText()).toMatch(
      /^Make 1 take \(about \$0\.\d+\)$/,
    );
    expect(vendors.anthropic.calls).toHaveLength(0);
    await dialog.locator("button[type=submit]").click();
    const column = dialog.getByRole("region", { name: "anthropic:claude-opus-5-5", exact: true });
    await column.getByText("Un article sur les abeilles.").waitFor();
    expect(vendors.anthropic.calls).toHaveLength(1);
    expect(vendors.openai.calls).toHaveLength(calls);
    await dialog.getByLabel(takes.blind).check();
    await dialog.getByRole("region", { name: filled(takes.letter, { letter: "B" }), exact: true }).waitFor();
    expect(await dialog.innerText()).not.toContain("claude");
  });
});
