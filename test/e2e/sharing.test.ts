import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { filled } from "../support/browser.ts";
import { useStage } from "./stage.ts";

const stage = useStage();

const STEPS = [
  { step_number: 1, name: "article", ai_provider: "gpt-4", prompt: "About {topic}:\n- in {tone}" },
  {
    step_number: 2,
    ai_provider: "dall-e",
    prompt: "A picture for {article}",
    parameters: { size: "1024x1024" },
  },
];
const INPUTS = [{ name: "tone", label: "The tone", type: "text" as const }];

describe("sharing a workflow", () => {
  test("exports a file that another Relais shows, prices and takes, while nothing runs", async () => {
    await stage.save({
      name: "Bees",
      description: "From an article to its picture",
      steps: STEPS,
      inputs: INPUTS,
    });
    const giver = await stage.open({ language: "en", path: "/combinations/new?workflow=1" });
    const { actions, sharing, topic } = giver.texts;
    await giver.button(actions.others).click();
    await giver.page.getByRole("menuitem", { name: sharing.export }).click();
    const [download] = await Promise.all([
      giver.page.waitForEvent("download"),
      giver.page.getByRole("link", { name: sharing.download }).click(),
    ]);
    expect(download.suggestedFilename()).toBe("Bees.yaml");
    const exported = await readFile(await download.path(), "utf8");
    expect(exported).toContain("relais_workflow: 1");

    const taker = await stage.open({ language: "en" });
    await taker.button(sharing.import).click();
    const dialog = taker.page.getByRole("dialog");
    await dialog.getByLabel(sharing.paste).fill(exported);
    await dialog.getByRole("button", { name: sharing.show }).click();
    await dialog.getByRole("heading", { name: "Bees" }).waitFor();
    const shown = await dialog.getByRole("definition").allInnerTexts();
    expect(shown[0]).toContain("OpenAI");
    expect(shown[0]).toContain("api.openai.com");
    expect(shown[0]).toContain(sharing.noKey);
    expect(shown[1]).toBe(`${topic.label}, The tone`);
    await dialog.getByText(/≈ \$0\.\d+/).waitFor();
    await dialog.getByRole("button", { name: sharing.add }).click();
    await taker.page.getByText(filled(sharing.imported, { name: "Bees" })).waitFor();
    expect(new URL(taker.page.url()).search).toBe("?workflow=2");
    const answer = await fetch(`${stage.server.url}/api/combinations/executions`);
    expect(await answer.json()).toMatchObject({ executions: [] });
  });

  test("refuses a file that breaks a rule, with the place, and saves nothing", async () => {
    const screen = await stage.open({ language: "en" });
    const { sharing } = screen.texts;
    await screen.button(sharing.import).click();
    const dialog = screen.page.getByRole("dialog");
    const bad = { name: "Bad", steps: [{ ...STEPS[0], prompt: "About {nothing}" }] };
    await dialog.locator('input[type="file"]').setInputFiles({
      name: "bad.json",
      mimeType: "application/json",
      buffer: Buffer.from(JSON.stringify(bad)),
    });
    await dialog.getByText("steps[0].prompt").waitFor();
    expect(await dialog.getByRole("button", { name: sharing.add }).isDisabled()).toBe(true);
  });
});
