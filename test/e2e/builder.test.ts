import type { JSHandle, Locator } from "playwright-core";
import { describe, expect, test } from "vitest";
import { workflowSchema } from "../../src/http/schemas.ts";
import { filled, type Screen } from "../support/browser.ts";
import { useStage } from "./stage.ts";

const TEMPLATE = "/combinations/new?template=creation-contenu";
const LANGUAGES = ["fr", "en"] as const;

// Keys that are never used: nothing here runs live.
const stage = useStage(() =>
  Promise.resolve({ OPENAI_API_KEY: "not-a-key", ELEVENLABS_API_KEY: "not-a-key" }),
);

function card(screen: Screen, number: number): Locator {
  return screen.region(filled(screen.texts.editor.step, { number }));
}

function prompt(screen: Screen, number: number): Locator {
  return card(screen, number).getByLabel(screen.texts.editor.prompt, { exact: true });
}

/** Whether the other actions hold one that gives up what was changed. */
async function offersReset(screen: Screen): Promise<boolean> {
  const { actions, editor, sharing } = screen.texts;
  await screen.button(actions.others).click();
  await screen.page.getByRole("menuitem", { name: sharing.export }).waitFor();
  const count = await screen.page.getByRole("menuitem", { name: editor.reset }).count();
  await screen.page.keyboard.press("Escape");
  return count === 1;
}

/** The names of the steps, in their order. */
function namesOf(screen: Screen): Promise<string[]> {
  return screen.page
    .getByRole("list", { name: screen.texts.editor.steps })
    .getByLabel(screen.texts.editor.stepName, { exact: true })
    .evaluateAll((fields: HTMLInputElement[]) => fields.map(({ value }) => value));
}

/** All that is said aloud from now on: what is said next may take the place of it before anybody looks. */
function hear(screen: Screen): Promise<JSHandle<string[]>> {
  return screen.page.evaluateHandle(() => {
    const heard: string[] = [];
    const listen = () => {
      for (const region of document.querySelectorAll("[role=status]")) heard.push(region.textContent);
    };
    new MutationObserver(listen).observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
    });
    return heard;
  });
}

async function openTemplate(language: (typeof LANGUAGES)[number], size: "desktop" | "phone" = "desktop") {
  const screen = await stage.open({ path: TEMPLATE, language, size });
  await card(screen, 3).waitFor();
  // The models have arrived: what is missing is told from then on.
  await expect.poll(() => card(screen, 1).getByRole("combobox").first().isEnabled()).toBe(true);
  return screen;
}

describe.each(LANGUAGES)("the builder in %s", (language) => {
  test("brings a removed step back with all it held, from the message and from the keyboard", async () => {
    const screen = await openTemplate(language);
    const { editor, builder } = screen.texts;
    const names = await namesOf(screen);
    const written = await prompt(screen, 2).inputValue();
    const remove = () => screen.button(filled(editor.remove, { number: 2 })).click();

    await remove();
    await expect.poll(() => namesOf(screen)).toEqual([names[0], names[2]]);
    await screen.page.getByRole("alert").getByRole("button", { name: builder.undo }).click();
    await expect.poll(() => namesOf(screen)).toEqual(names);
    expect(await prompt(screen, 2).inputValue()).toBe(written);

    await remove();
    await expect.poll(() => namesOf(screen)).toEqual([names[0], names[2]]);
    await screen.page.keyboard.press("Control+z");
    await expect.poll(() => namesOf(screen)).toEqual(names);
    await screen.page.keyboard.press("Control+Shift+Z");
    await expect.poll(() => namesOf(screen)).toEqual([names[0], names[2]]);
    await screen.page.keyboard.press("Control+z");
    await expect.poll(() => prompt(screen, 2).inputValue()).toBe(written);
    // Nothing was changed in the end.
    expect(await offersReset(screen)).toBe(false);
  });

  test("adds a step with a slash, after the one that is chosen, and references follow", async () => {
    const screen = await openTemplate(language);
    const { builder, editor } = screen.texts;
    const names = await namesOf(screen);
    const search = screen.page.getByRole("combobox", { name: builder.palette.search });
    await prompt(screen, 3).fill("{step2_output}");

    // In a text a slash is a slash.
    await prompt(screen, 1).press("End");
    await prompt(screen, 1).press("/");
    expect(await search.count()).toBe(0);
    expect(await prompt(screen, 1).inputValue()).toContain("/");

    await screen.button(filled(builder.drag.handle, { number: 1 })).press("/");
    await search.waitFor();
    await search.fill(language === "fr" ? "legendes" : "subtitles");
    await screen.page.getByRole("option", { name: /^Captions/ }).waitFor();
    expect(await screen.accessibilityProblems()).toEqual([]);
    await search.press("Enter");
    await search.waitFor({ state: "detached" });
    await expect.poll(() => namesOf(screen)).toEqual([names[0], "", names[1], names[2]]);
    expect(await prompt(screen, 4).inputValue()).toBe("{step3_output}");
    await expect.poll(() => card(screen, 2).getByRole("combobox").first().inputValue()).toBe("Captions");

    // The button adds at the end.
    await screen.button(editor.addStep).click();
    await search.press("Enter");
    await expect.poll(() => namesOf(screen)).toEqual([names[0], "", names[1], names[2], ""]);
  });

  test("moves a step by its handle with the keyboard, and says where it is", async () => {
    const screen = await openTemplate(language);
    const { builder } = screen.texts;
    const [first = "", second = "", third = ""] = await namesOf(screen);
    await prompt(screen, 3).fill("{step1_output} {step2_output}");
    const handle = screen.button(filled(builder.drag.handle, { number: 3 }));
    const heard = await hear(screen);
    const said = async (text: string, place: number): Promise<void> => {
      const step = filled(builder.drag.named, { number: 3, name: third });
      await expect.poll(() => heard.jsonValue()).toContain(filled(text, { step, place, total: 3 }));
    };

    await handle.press("Space");
    await said(builder.drag.lifted, 3);
    await screen.page.keyboard.press("ArrowUp");
    await said(builder.drag.over, 2);
    await screen.page.keyboard.press("ArrowUp");
    await said(builder.drag.over, 1);
    await screen.page.keyboard.press("Space");
    await expect.poll(() => namesOf(screen)).toEqual([third, first, second]);
    expect(await prompt(screen, 1).inputValue()).toBe("{step2_output} {step3_output}");
    // What it refers to comes later now, which is said where it stands.
    await expect.poll(() => prompt(screen, 1).getAttribute("aria-invalid")).toBe("true");

    // Alt with an arrow moves the chosen step without its handle.
    await prompt(screen, 1).press("Alt+ArrowDown");
    await expect.poll(() => namesOf(screen)).toEqual([first, third, second]);
    await screen.page.keyboard.press("Control+z");
    await screen.page.keyboard.press("Control+z");
    await expect.poll(() => namesOf(screen)).toEqual([first, second, third]);

    await screen.button(filled(builder.duplicate, { number: 1 })).click();
    await expect.poll(() => namesOf(screen)).toEqual([first, `${first}_2`, second, third]);
    expect(await prompt(screen, 4).inputValue()).toBe("{step1_output} {step3_output}");
    expect(await offersReset(screen)).toBe(true);
  });

  test("lists the shortcuts, and turns off those of a single key", async () => {
    const screen = await openTemplate(language);
    const { shortcuts, keys, palette } = screen.texts.builder;
    const { keyboard } = screen.page;
    const dialog = screen.page.getByRole("dialog", { name: shortcuts.title });
    await keyboard.press("?");
    await dialog.getByText(shortcuts.does.undo, { exact: true }).waitFor();
    await dialog.getByText(keys.enter, { exact: true }).first().waitFor();
    expect(await screen.accessibilityProblems()).toEqual([]);
    await dialog.getByRole("switch", { name: shortcuts.characters }).press("Space");
    await dialog.getByText(shortcuts.off, { exact: true }).first().waitFor();
    await keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });

    await keyboard.press("/");
    await keyboard.press("?");
    await keyboard.press("Control+s");
    await screen.page.getByRole("dialog", { name: screen.texts.editor.saveTitle }).waitFor();
    expect(await screen.page.getByLabel(palette.search).count()).toBe(0);
    expect(await dialog.count()).toBe(0);
    await keyboard.press("Escape");

    await screen.page.reload();
    await screen.button(shortcuts.button).click();
    expect(await dialog.getByRole("switch", { name: shortcuts.characters }).isChecked()).toBe(false);
  });

  test("says what a run costs before it is pressed, and when the cap is too low", async () => {
    const screen = await openTemplate(language, language === "fr" ? "phone" : "desktop");
    const { editor, builder, assumes } = screen.texts;
    const run = screen.button(editor.run);
    await screen.field(screen.texts.topic.label).fill("Blockchain");
    const price = language === "fr" ? /≈\s0,\d\d\s\$ · \d+–\d+\ss/ : /≈\s\$0\.\d\d · \d+–\d+\ss/;
    await expect.poll(() => run.innerText()).toMatch(price);
    await screen.field(editor.cap).fill("100");
    await expect.poll(() => run.innerText()).toMatch(price);
    await screen.field(editor.cap).fill("0");
    await expect.poll(() => run.innerText()).toContain(builder.cap.short.too_low);

    await screen.button(builder.price.why).click();
    const details = screen.page.getByRole("dialog", { name: builder.price.title });
    await details.getByText(filled(assumes.title, { what: assumes.answer_length })).waitFor();
    await details.getByText(builder.price.most, { exact: true }).waitFor();
    expect(await screen.accessibilityProblems()).toEqual([]);
    await screen.page.keyboard.press("Escape");
    await details.waitFor({ state: "detached" });
    expect(await screen.cutLabels()).toEqual([]);
    expect(await screen.overflow()).toBe(0);
  });
});

describe("what cannot be as it is", () => {
  test("is gone to when a run is refused, however far up it is", async () => {
    const screen = await stage.open({ path: TEMPLATE, size: "phone" });
    screen.expectTrouble(/422/);
    const { editor, topic } = screen.texts;
    await screen.field(topic.label).fill("La mer");
    await prompt(screen, 1).fill("");
    await prompt(screen, 3).focus();
    await screen.button(editor.rehearse).click();
    await expect
      .poll(() => prompt(screen, 1).evaluate((field) => field === document.activeElement))
      .toBe(true);
    expect(await stage.executions()).toEqual([]);
  });

  test("is told before saving: that the combination was saved in another window meanwhile", async () => {
    const steps = [{ step_number: 1, ai_provider: "gpt-4", prompt: "Écris sur {topic}" }];
    const { id } = workflowSchema.parse(
      await (await stage.post("workflows", { name: "À deux", steps })).json(),
    );
    const screen = await stage.open({ path: `/combinations/new?workflow=${id}` });
    const { actions, editor } = screen.texts;
    const dialog = screen.page.getByRole("dialog", { name: editor.saveTitle });
    const saveChanges = dialog.getByRole("button", { name: editor.saveChanges });
    await prompt(screen, 1).fill("Écris un poème sur {topic}");
    await screen.button(actions.save).click();
    await saveChanges.waitFor();
    expect(await dialog.getByText(editor.savedElsewhere).count()).toBe(0);
    await screen.page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });

    const other = await stage.open({ path: `/combinations/new?workflow=${id}` });
    await prompt(other, 1).fill("Écris une lettre sur {topic}");
    await other.button(actions.save).click();
    await other.button(editor.saveChanges).click();
    await other.text(filled(editor.saved, { name: "À deux" })).waitFor();

    await screen.button(actions.save).click();
    await dialog.getByText(editor.savedElsewhere).waitFor();
    expect(await prompt(screen, 1).inputValue()).toBe("Écris un poème sur {topic}");
    // Saved by who has been told, it is theirs: nothing more to tell.
    await saveChanges.click();
    await screen.text(filled(editor.saved, { name: "À deux" })).waitFor();
    await prompt(screen, 1).fill("Écris deux poèmes sur {topic}");
    await screen.button(actions.save).click();
    await saveChanges.waitFor();
    expect(await dialog.getByText(editor.savedElsewhere).count()).toBe(0);
  });
});

describe("undoing", () => {
  test("goes back field by field, and leaves text that is no part of the draft to the browser", async () => {
    const screen = await stage.open({ path: "/combinations/new" });
    const { editor, builder, topic } = screen.texts;
    const { keyboard } = screen.page;
    const subject = screen.field(topic.label);
    await prompt(screen, 1).pressSequentially("Un poème");
    await expect.poll(() => prompt(screen, 1).inputValue()).toBe("Un poème");
    await subject.pressSequentially("la mer");
    await subject.press("Control+z");
    await expect.poll(() => subject.inputValue()).toBe("");
    expect(await prompt(screen, 1).inputValue()).toBe("Un poème");
    await keyboard.press("Control+z");
    await expect.poll(() => prompt(screen, 1).inputValue()).toBe("");
    await keyboard.press("Control+z");
    await keyboard.press("Control+y");
    await expect.poll(() => prompt(screen, 1).inputValue()).toBe("Un poème");

    await screen.button(editor.addStep).click();
    const search = screen.page.getByRole("combobox", { name: builder.palette.search });
    await search.pressSequentially("voix");
    await search.press("Control+z");
    await expect.poll(() => search.inputValue()).not.toBe("voix");
    await search.press("Escape");
    expect(await prompt(screen, 1).inputValue()).toBe("Un poème");
  });
});
