import { describe, expect, test } from "vitest";
import { filled } from "../support/browser.ts";
import { useStage } from "./stage.ts";

const stage = useStage();

describe("versions of a workflow", () => {
  test("show what a save has changed, and bring back what was before it", async () => {
    const steps = [{ step_number: 1, name: "poem", ai_provider: "gpt-4", prompt: "A poem about {topic}" }];
    await stage.save({ name: "Poems", steps });
    const screen = await stage.open({ language: "en", path: "/combinations/new?workflow=1" });
    const { editor, actions, versions } = screen.texts;
    const prompt = screen.page.getByLabel(editor.prompt, { exact: true });
    await prompt.fill("A song about {topic}");
    await screen.button(actions.save).click();
    await screen.page.getByRole("dialog").getByRole("button", { name: editor.saveChanges }).click();
    await screen.page.getByText(filled(editor.saved, { name: "Poems" })).waitFor();

    await screen.button(actions.others).click();
    await screen.page.getByRole("menuitem", { name: versions.open }).click();
    const dialog = screen.page.getByRole("dialog");
    const newest = dialog.getByRole("listitem", { name: filled(versions.version, { number: 2 }) });
    await newest.waitFor();
    expect(await newest.locator("del").allInnerTexts()).toEqual(["poem"]);
    expect(await newest.locator("ins").allInnerTexts()).toEqual(["song"]);
    await dialog.getByRole("button", { name: filled(versions.restore, { number: 1 }) }).click();

    await screen.page.getByText(filled(versions.restored, { version: 1 })).waitFor();
    expect(await prompt.inputValue()).toBe("A poem about {topic}");
    await screen.button(actions.others).click();
    await screen.page.getByRole("menuitem", { name: versions.open }).click();
    await dialog.getByRole("listitem", { name: filled(versions.version, { number: 3 }) }).waitFor();
    expect(await dialog.getByRole("listitem").count()).toBe(3);
  });
});
