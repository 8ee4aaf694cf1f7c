import { describe, expect, test } from "vitest";
import { filled } from "../support/browser.ts";
import { useStage } from "./stage.ts";

const stage = useStage();

const SCENES = {
  type: "object",
  properties: { scenes: { type: "array", minItems: 3, maxItems: 3, items: { type: "string" } } },
  required: ["scenes"],
  additionalProperties: false,
};

describe("a step that runs once per item", () => {
  test("is set up in the editor with a list that an earlier step writes, and shows every item", async () => {
    const screen = await stage.open({ language: "fr" });
    const { editor, execution, status, topic } = screen.texts;
    await screen.link(screen.texts.templates.blank).click();
    await screen.field(editor.prompt).fill("Trois quartiers pour {topic}");
    await screen.button(editor.addStep).click();
    await screen.page
      .getByRole("dialog")
      .getByRole("option", { name: /^GPT-4/ })
      .click();
    const second = screen.region(filled(editor.step, { number: 2 }));
    await second.getByText(editor.forEach.summary, { exact: true }).first().click();
    await second.getByRole("switch", { name: editor.forEach.switch }).press("Space");
    await second.getByRole("button", { name: editor.forEach.makeList }).click();
    await second.getByText(filled(editor.forEach.summaryOn, { list: "{step1_output.items}" })).waitFor();
    await second.getByRole("textbox", { name: editor.prompt }).fill("Une phrase sur ");
    await second.getByRole("button", { name: filled(editor.insertNamed, { reference: "{item}" }) }).click();
    await screen.field(topic.label).fill("les abeilles en ville");
    await screen.button(editor.rehearse).click();

    const dialog = screen.page.getByRole("dialog");
    await dialog.getByRole("complementary").getByText(status.completed, { exact: true }).waitFor();
    const id = Number(new URL(screen.page.url()).searchParams.get("results"));
    const { steps, steps_data, results } = await stage.execution(id);
    expect(steps[1]).toMatchObject({ prompt: "Une phrase sur {item}", for_each: { max_parallel: 3 } });
    const total = steps_data[1]?.items_total ?? 0;
    expect(total).toBeGreaterThan(1);
    const list = dialog.getByRole("list", { name: filled(execution.items.label, { name: "Étape 2" }) });
    expect(await list.getByRole("listitem").count()).toBe(total);
    await dialog
      .getByText(filled(execution.items.progress, { done: total, total }))
      .first()
      .waitFor();
    const first = results[1]?.items?.[0]?.text ?? "";
    await list.getByRole("listitem").first().locator("summary").click();
    await list
      .getByText(first.trim().split("\n").at(-1) ?? "", { exact: false })
      .first()
      .waitFor();
  });

  test("shows the pictures of its items side by side, each to be downloaded", async () => {
    const id = await stage.execute({
      steps: [
        { step_number: 1, ai_provider: "gpt-4", prompt: "Scènes : {topic}", output_schema: SCENES },
        {
          step_number: 2,
          name: "croquis",
          ai_provider: "dall-e",
          prompt: "{item}",
          for_each: { in: "{step1_output.scenes}", max_parallel: 2 },
        },
      ],
      initial_input: "la mer",
      mode: "rehearsal",
    });
    const screen = await stage.open({ language: "en", path: `/combinations/executions/${id}` });
    const list = screen.page.getByRole("list", {
      name: filled(screen.texts.execution.items.label, { name: "croquis" }),
    });
    await screen.text(screen.texts.execution.totalCost).waitFor();
    // Small ones: fifty whole pictures would be too much for a phone.
    const widths = () =>
      list
        .getByRole("img")
        .evaluateAll((all) => all.map((img) => (img instanceof HTMLImageElement ? img.naturalWidth : 0)));
    await expect
      .poll(async () => (await widths()).filter((width) => width > 0 && width <= 320).length)
      .toBe(3);
    const names = await list
      .getByRole("link")
      .evaluateAll((links) => links.map((link) => link.getAttribute("download")));
    expect(names).toEqual(["02-croquis-01.png", "02-croquis-02.png", "02-croquis-03.png"]);
    expect(await screen.accessibilityProblems()).toEqual([]);

    // Opened, each is large, with the way to its neighbours.
    const { items } = screen.texts.execution;
    await list.getByRole("button", { name: filled(items.open, { number: 1 }), exact: true }).click();
    const viewer = screen.page.getByRole("dialog");
    await viewer.getByText(filled(items.viewer, { name: "croquis", number: 1 })).waitFor();
    await screen.page.keyboard.press("ArrowRight");
    await viewer.getByText(filled(items.viewer, { name: "croquis", number: 2 })).waitFor();
    expect(await viewer.getByRole("button", { name: screen.texts.preview.next }).isEnabled()).toBe(true);
    await viewer.getByRole("button", { name: screen.texts.preview.larger }).click();
    expect(await screen.accessibilityProblems()).toEqual([]);
    await screen.page.keyboard.press("Escape");
    await viewer.waitFor({ state: "detached" });
    await screen.text(screen.texts.execution.totalCost).waitFor();
  });

  test("makes one of its items again, and keeps the others", async () => {
    const step = { step_number: 1, name: "notes", ai_provider: "gpt-4", prompt: "Une note sur {item}" };
    const id = await stage.execute({
      steps: [{ ...step, for_each: { in: "{topic}" } }],
      initial_input: "la mer\nle vent",
      mode: "rehearsal",
    });
    await stage.finished(id);
    const screen = await stage.open({ language: "en", path: `/combinations/executions/${id}` });
    await screen.page.locator("summary").nth(1).click();
    const again = filled(screen.texts.execution.items.rerun, { number: 2 });
    await screen.button(again).click();
    const dialog = screen.page.getByRole("dialog");
    await dialog.getByText(filled(screen.texts.rerun.item, { number: 2 })).waitFor();
    await dialog.getByRole("button", { name: "$0" }).click();
    await screen.page.waitForURL((url) => !url.pathname.endsWith(`/${id}`));
    const { steps_data } = await stage.finished(
      Number(new URL(screen.page.url()).pathname.split("/").at(-1)),
    );
    expect(steps_data[0]?.items?.map(({ performed_by }) => performed_by)).toEqual(["cache", "local"]);
  });
});
