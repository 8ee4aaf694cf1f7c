import { describe, expect, test } from "vitest";
import { filled, type Screen } from "../support/browser.ts";
import { useStage } from "./stage.ts";

const stage = useStage(() => Promise.resolve({ OPENAI_API_KEY: "sk-test" }));

const TEMPLATE = "/combinations/new?template=creation-contenu";

function card(screen: Screen, number: number) {
  return screen.region(filled(screen.texts.editor.step, { number }));
}

function prompt(screen: Screen, number: number) {
  return card(screen, number).getByRole("textbox", { name: screen.texts.editor.prompt });
}

describe("a reference in a prompt", () => {
  test("is completed by keyboard, with what it held in the last execution", async () => {
    const step = { name: "article", ai_provider: "gpt-4", prompt: "Un article sur {topic}" };
    await stage.save({
      name: "Trois étapes",
      steps: [
        { step_number: 1, ...step },
        { step_number: 2, name: "dessin", ai_provider: "dall-e", prompt: "{article}" },
        { step_number: 3, ai_provider: "gpt-4", prompt: "Un titre pour {article}" },
      ],
    });
    const past = { workflow_id: 1, initial_input: "les abeilles en ville", mode: "rehearsal" } as const;
    await stage.finished(await stage.execute(past));
    const screen = await stage.open({ path: "/combinations/new?workflow=1", language: "fr" });
    const field = prompt(screen, 3);
    await field.fill("Lis ");
    await field.pressSequentially("{");
    const list = card(screen, 3).getByRole("listbox", { name: screen.texts.fields.variables });
    await list.getByRole("option", { name: /\{topic\}.*les abeilles en ville/ }).waitFor();
    await list.getByRole("option", { name: /\{article\}.*Les abeilles en ville/ }).waitFor();
    expect(await list.getByRole("img").count()).toBe(0);
    await expect.poll(() => list.locator("img").evaluateAll((all) => all.length)).toBe(2);
    expect(await screen.accessibilityProblems()).toEqual([]);

    await field.pressSequentially("ARTI");
    await expect.poll(() => list.getByRole("option").count()).toBe(1);
    const active = await field.getAttribute("aria-activedescendant");
    expect(await list.getByRole("option").getAttribute("id")).toBe(active);
    await field.press("Enter");
    expect(await field.inputValue()).toBe("Lis {article}");
    await list.waitFor({ state: "detached" });

    // Escape leaves what was typed; Enter is then a new line again.
    await field.pressSequentially(" {to");
    await list.waitFor();
    await field.press("Escape");
    await field.press("Enter");
    expect(await field.inputValue()).toBe("Lis {article} {to\n");
  });

  test("is taken by touch on a phone, under the field, where there was no execution yet", async () => {
    const screen = await stage.open({ path: "/combinations/new", language: "en", size: "phone" });
    const field = prompt(screen, 1);
    await field.pressSequentially("About {");
    const option = card(screen, 1).getByRole("option", { name: /\{topic\}/ });
    expect(await option.innerText()).toContain(screen.texts.fields.noRun);
    expect(await screen.overflow()).toBeLessThanOrEqual(0);
    await option.tap();
    expect(await field.inputValue()).toBe("About {topic}");
    expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
  });

  test("that is wrong is mended in one click", async () => {
    const screen = await stage.open({ path: TEMPLATE, language: "fr" });
    const { mend } = screen.texts.fields;
    await prompt(screen, 2).fill("Illustre {artcle}");
    await card(screen, 2)
      .getByText(/ne désigne rien/)
      .waitFor();
    await card(screen, 2)
      .getByRole("button", { name: filled(mend.write, { reference: "{article}" }) })
      .click();
    expect(await prompt(screen, 2).inputValue()).toBe("Illustre {article}");
    await card(screen, 2)
      .getByText(/ne désigne rien/)
      .waitFor({ state: "detached" });

    // One to a later step moves this one behind it.
    await prompt(screen, 2).fill("Illustre {topic}");
    await prompt(screen, 1).fill("D’après {illustration}");
    await screen.button(filled(mend.moveBehind, { number: 2 })).click();
    await expect.poll(() => prompt(screen, 2).inputValue()).toBe("D’après {illustration}");
  });
});

describe("the list of models", () => {
  test("says what each costs, whether its key is set, and what has taken the place of one that has gone", async () => {
    const screen = await stage.open({ path: "/combinations/new", language: "fr" });
    const { editor, fields } = screen.texts;
    const model = screen.page.getByRole("combobox", { name: editor.model });
    await expect.poll(() => model.inputValue()).toBe("GPT-4");
    await card(screen, 1).getByText(fields.model.keySet).waitFor();
    await card(screen, 1)
      .getByText(/2,00\s\$ lus, 10,00\s\$ écrits/)
      .first()
      .waitFor();

    await model.fill("black forest pro");
    await screen.page
      .getByRole("option", { name: /flux-pro-1\.1\b.*\$ l’image.*BFL_API_KEY manque/ })
      .first()
      .waitFor();
    await model.fill("dall-e-3");
    await screen.page.getByRole("option", { name: /dall-e-3.*prendre openai:gpt-image-2/ }).click();
    await expect.poll(() => model.inputValue()).toBe("openai:gpt-image-2");
    await card(screen, 1)
      .getByText(/≈ .* l’image/)
      .waitFor();
  });
});

describe("the shape of an answer", () => {
  test("is built in fields, written as a schema, and read again", async () => {
    const screen = await stage.open({ path: "/combinations/new", language: "fr" });
    const { editor, fields } = screen.texts;
    await card(screen, 1).getByText(editor.options_zero, { exact: true }).click();
    await card(screen, 1).getByRole("switch", { name: editor.answerSchema }).press("Space");
    await card(screen, 1).getByRole("button", { name: fields.shape.add }).click();
    const added = card(screen, 1).getByRole("group", {
      name: filled(fields.shape.field, { name: "field_3" }),
    });
    await added.getByLabel(fields.shape.kind).selectOption({ label: fields.shape.kinds.choice });
    await added.getByLabel(fields.shape.choices).fill("gai, grave, ");
    await added.getByLabel(fields.shape.name, { exact: true }).fill("Ton général");
    await card(screen, 1).getByRole("switch", { name: fields.shape.asJson }).press("Space");
    const json = card(screen, 1).getByLabel(editor.answerSchemaField);
    const schema: { properties: object; required: string[] } = JSON.parse(await json.inputValue());
    expect(schema.properties).toMatchObject({ Ton_general: { type: "string", enum: ["gai", "grave"] } });
    expect(schema.required).toEqual(["title", "points", "Ton_general"]);

    // What the fields cannot show stays as it is.
    const odd = JSON.stringify({ type: "array", items: { type: "string" } });
    await json.fill(odd);
    await card(screen, 1).getByText(fields.shape.notUnderstood).waitFor();
    expect(JSON.parse(await json.inputValue())).toEqual(JSON.parse(odd));
    expect(await screen.accessibilityProblems()).toEqual([]);
  });
});
