import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Locator } from "playwright-core";
import { describe, expect, test } from "vitest";
import type { Language } from "../../src/errors.ts";
import type { Result } from "../../src/http/schemas.ts";
import { findTemplate, localizeTemplate, type LocalizedTemplate } from "../../src/workflow/templates.ts";
import { formatCost } from "../../web/src/format.ts";
import { filled, type Screen } from "../support/browser.ts";
import { filmOf, pictureSize, soundOf } from "./media.ts";
import { useStage } from "./stage.ts";

const stage = useStage();

const WORDS = {
  fr: {
    template: "Création de Contenu",
    poem: "Écris un poème sur l'IA",
    topic: "Intelligence Artificielle",
    workflow: "Mon Workflow Test",
  },
  en: {
    template: "Content Creation",
    poem: "Write a poem about AI",
    topic: "Artificial Intelligence",
    workflow: "My Test Workflow",
  },
};

function templateIn(language: Language, id: string): LocalizedTemplate {
  const template = findTemplate(id);
  if (template === undefined) throw new Error(`there is no template ${id}`);
  return localizeTemplate(template, language);
}

/** The rows of the workflows of a name. */
function savedUnder(name: string): Record<string, unknown>[] {
  const database = new DatabaseSync(path.join(stage.dataFolder, "relais.db"), { readOnly: true });
  const rows = database.prepare("SELECT steps FROM workflows WHERE name = ?").all(name);
  database.close();
  return rows;
}

/** The id of the execution that the address names. */
function shownId(screen: Screen): number {
  const { pathname, searchParams } = new URL(screen.page.url());
  return Number(searchParams.get("results") ?? pathname.split("/").at(-1));
}

/** Waits for the end of the execution on the screen, however long it is worked on, and then for the page to show it. */
async function untilDone(screen: Screen): Promise<void> {
  await screen.page.waitForURL(/results=\d+|executions\/\d+/);
  await stage.finished(shownId(screen));
  await screen.page.getByRole("complementary").getByText(screen.texts.execution.totalCost).waitFor();
}

/** The words on the list of models, which a phone shows as a list of its own. */
function chosenModel(card: Locator): Promise<string> {
  return card
    .getByRole("combobox")
    .first()
    .evaluate((field: HTMLInputElement | HTMLSelectElement) =>
      field instanceof HTMLSelectElement ? (field.selectedOptions[0]?.label ?? "") : field.value,
    );
}

/** What a step made, in the dialog over the editor or on the page of the execution. */
function made(screen: Screen, number: number, name = ""): Locator {
  const { step, stepTitle } = screen.texts.execution;
  const title = filled(name === "" ? step : stepTitle, { number, name });
  const dialog = screen.page.getByRole("dialog");
  const page = screen.page.getByRole("main");
  return dialog.or(page).getByRole("region", { name: title }).last();
}

describe.each([
  ["fr", "desktop"],
  ["en", "phone"],
] as const)("the main job in %s on a %s", (language, size) => {
  const words = WORDS[language];
  const template = templateIn(language, "creation-contenu");

  test("a template loads its three steps, filled in", async () => {
    const screen = await stage.open({ language, size });
    await screen.link(words.template).click();
    const steps = screen.page.getByRole("list", { name: screen.texts.editor.steps }).getByRole("region");
    await steps.nth(2).waitFor();
    expect(await steps.count()).toBe(3);
    const models = ["GPT-4", "DALL-E", "ElevenLabs"];
    for (const [index, { prompt, name }] of template.steps.entries()) {
      const card = screen.region(filled(screen.texts.editor.step, { number: index + 1 }));
      expect(await card.getByLabel(screen.texts.editor.prompt, { exact: true }).inputValue()).toBe(prompt);
      expect(await card.getByLabel(screen.texts.editor.stepName).inputValue()).toBe(name);
      await expect.poll(() => chosenModel(card)).toMatch(models[index] ?? "missing");
    }
  });

  test("one GPT-4 step on a topic gives a text", async () => {
    const screen = await stage.open({ language, size });
    await screen.link(screen.texts.templates.blank).click();
    const card = screen.region(filled(screen.texts.editor.step, { number: 1 }));
    await card.getByLabel(screen.texts.editor.prompt, { exact: true }).fill(words.poem);
    await expect.poll(() => chosenModel(card)).toMatch("GPT-4");
    await screen.field(screen.texts.topic.label).fill(words.topic);
    await screen.button(screen.texts.editor.rehearse).click();
    await untilDone(screen);
    const { results } = await stage.execution(shownId(screen));
    expect(results).toHaveLength(1);
    expect(results[0]).toMatchObject({ type: "text", performed_by: "local", cost: 0 });
    const lastLine = results[0]?.text?.trim().split("\n").at(-1) ?? "";
    expect(lastLine).not.toBe("");
    const poem = made(screen, 1);
    await poem.getByText(lastLine.replaceAll(/[*_#>]/g, "").trim()).waitFor();
    await poem.getByText(screen.texts.execution.local).waitFor();
  });

  test("a whole template runs step by step to a text, a picture, a voice and a total", async () => {
    const screen = await stage.open({ language, size });
    await screen.field(screen.texts.topic.label).fill("Blockchain");
    await screen.button(filled(screen.texts.templates.rehearseNamed, { name: words.template })).waitFor();
    const seen = await screen.record("progress", "aria-valuetext");
    await screen.link(words.template).click();
    expect(await screen.field(screen.texts.topic.label).inputValue()).toBe("Blockchain");
    await screen.button(screen.texts.editor.rehearse).click();
    const dialog = screen.page.getByRole("dialog", { name: words.template });
    await untilDone(screen);
    const progress = (await seen()).map(({ text }) => text);
    const stepOf = (current: number) => filled(screen.texts.execution.stepOf, { current, total: 3 });
    expect(progress).toEqual([stepOf(1), stepOf(2), stepOf(3)]);

    const article = made(screen, 1, "article");
    await article.getByRole("heading", { level: 4 }).waitFor();
    expect(await article.innerText()).toContain("Blockchain");
    expect(await article.innerText()).not.toContain("## ");
    const picture = made(screen, 2, "illustration").getByRole("img", { name: "Blockchain" });
    expect(await pictureSize(picture)).toEqual({ width: 1_536, height: 1_024 });
    const sound = await soundOf(made(screen, 3, "narration").locator("audio"));
    expect(sound.seconds).toBeGreaterThan(20);
    expect(Math.abs(sound.decodedSeconds - sound.seconds)).toBeLessThan(1);
    expect(sound.peak).toBeGreaterThan(0.1);

    const { results, total_cost, live_cost } = await stage.execution(shownId(screen));
    expect(results.map(({ performed_by }) => performed_by)).toEqual(["local", "local", "local"]);
    // Beside each result; what ran is also said below, where it is folded.
    expect(await dialog.getByText(screen.texts.execution.local).filter({ visible: true }).count()).toBe(3);
    expect({ total_cost, isLivePriced: (live_cost ?? 0) > 0 }).toEqual({ total_cost: 0, isLivePriced: true });
    const overview = await screen.page.getByRole("complementary").innerText();
    expect(overview).toMatch(new RegExp(`${screen.texts.execution.totalCost}\\s+(0\u202f\\$|\\$0)\\s`));
    expect(overview).toContain(screen.texts.execution.liveCost);
    expect(overview).toContain(formatCost(live_cost, "estimated", language));
    await dialog
      .getByRole("link", { name: /1-article\.md|2-illustration\.png|3-narration\.mp3/ })
      .last()
      .waitFor();
  });

  test("what is saved under a name stands in the table and in the list", async () => {
    const screen = await stage.open({ language, size });
    await screen.link(words.template).click();
    await screen.button(screen.texts.actions.save).click();
    const dialog = screen.page.getByRole("dialog", { name: screen.texts.editor.saveTitle });
    await dialog.getByLabel(screen.texts.editor.name).fill(words.workflow);
    await dialog.getByRole("button", { name: screen.texts.actions.save }).click();
    await screen.text(filled(screen.texts.editor.saved, { name: words.workflow })).waitFor();

    const rows = savedUnder(words.workflow);
    expect(rows).toHaveLength(1);
    const steps: { ai_provider: string; prompt: string }[] = JSON.parse(String(rows[0]?.["steps"]));
    expect(steps.map(({ ai_provider }) => ai_provider)).toEqual(["gpt-4", "dall-e", "elevenlabs"]);
    expect(steps.map(({ prompt }) => prompt)).toEqual(template.steps.map(({ prompt }) => prompt));

    await screen.link(screen.texts.nav.combinations).click();
    const list = screen.region(screen.texts.workflows.heading);
    await list.getByRole("link", { name: words.workflow, exact: true }).click();
    await screen.heading(words.workflow).waitFor();
    const third = screen.region(filled(screen.texts.editor.step, { number: 3 }));
    await third.waitFor();

    // Changed, it stays the one that it is.
    await third.getByRole("button", { name: filled(screen.texts.editor.remove, { number: 3 }) }).click();
    await screen.button(screen.texts.actions.save).click();
    await dialog.getByRole("button", { name: screen.texts.editor.saveChanges }).click();
    // What was said of the first time may still be on the screen.
    await dialog.waitFor({ state: "detached" });
    expect(savedUnder(words.workflow).map((row) => JSON.parse(String(row["steps"])).length)).toEqual([2]);
  });

  test("a missing key is named, and the rehearsal offered in its place runs", async () => {
    const screen = await stage.open({ language, size });
    await screen.field(screen.texts.topic.label).fill("Blockchain");
    await screen.link(words.template).click();
    const rehearse = screen.button(screen.texts.editor.rehearse);
    await expect.poll(() => rehearse.getAttribute("data-variant")).toBe("filled");
    expect(await screen.button(screen.texts.editor.run).getAttribute("data-variant")).toBe("default");
    screen.expectTrouble(/422/);
    await screen.button(screen.texts.editor.run).click();
    const alert = screen.page.getByRole("alert");
    await alert.getByText("OPENAI_API_KEY").first().waitFor();
    expect(await alert.innerText()).toContain("ELEVENLABS_API_KEY");
    expect(await alert.innerText()).not.toContain('rehearsal"');
    await alert.getByRole("button", { name: screen.texts.editor.rehearseInstead }).click();
    await untilDone(screen);
    expect(await stage.execution(shownId(screen))).toMatchObject({ mode: "rehearsal", status: "completed" });
  });
});

/** What a person sees and hears of a result, as far as a browser can tell. */
async function lookAt(section: Locator, { type, duration_seconds = 0 }: Result): Promise<string> {
  if (type === "image") {
    const { width, height } = await pictureSize(section.getByRole("img", { name: "abeilles" }));
    return `picture ${width}x${height}`;
  }
  if (type === "audio") {
    const { peak, decodedSeconds } = await soundOf(section.locator("audio"));
    const isWhole = Math.abs(decodedSeconds - duration_seconds) < 1;
    return peak > 0.1 && isWhole ? "voice" : `${decodedSeconds} s with a peak of ${peak}`;
  }
  if (type === "video") {
    const { width, height, seconds } = await filmOf(section.locator("video"));
    return `film ${width}x${height} ${Math.round(seconds)} s`;
  }
  await section.getByText("abeilles").first().waitFor();
  return type;
}

describe("the editor", () => {
  test("says once that the topic is missing, beside its field", async () => {
    const screen = await stage.open({ path: "/combinations/new?template=creation-contenu" });
    const topic = screen.field(screen.texts.topic.label);
    await topic.waitFor();
    screen.expectTrouble(/422/);
    await screen.button(screen.texts.editor.rehearse).click();
    await screen.text(/Un sujet est nécessaire/).waitFor();
    expect(await screen.text(/Un sujet est nécessaire/).count()).toBe(1);
    expect(await screen.page.locator("body").innerText()).not.toContain("initial_input");
    expect(await screen.page.getByRole("alert").count()).toBe(0);
    await topic.and(screen.page.locator(":focus")).waitFor();
    await topic.fill("Blockchain");
    await screen.text(/Un sujet est nécessaire/).waitFor({ state: "detached" });
  });

  test("says of a voice that follows no directions that only its text counts", async () => {
    const screen = await stage.open({ path: "/combinations/new?template=creation-contenu" });
    const hint = screen.texts.editor.noInstructions;
    await screen
      .region(filled(screen.texts.editor.step, { number: 3 }))
      .getByText(hint)
      .waitFor();
    expect(await screen.text(hint).count()).toBe(1);
    await screen.page.goto("/combinations/new?template=contenu-educatif");
    await screen.region(filled(screen.texts.editor.step, { number: 3 })).waitFor();
    await screen.page.waitForLoadState("networkidle");
    expect(await screen.text(hint).count()).toBe(0);
  });

  test("takes a model of a known vendor that is not in the list, and warns of it", async () => {
    const screen = await stage.open({ path: "/combinations/new" });
    const card = screen.region(filled(screen.texts.editor.step, { number: 1 }));
    await card.getByLabel(screen.texts.editor.prompt, { exact: true }).fill("Un poème sur {topic}");
    await card.getByRole("combobox").fill("openai:gpt-9-nova");
    await screen.page.getByRole("option", { name: "openai:gpt-9-nova" }).click();
    await card.getByText(filled(screen.texts.editor.unlisted, { model: "openai:gpt-9-nova" })).waitFor();
    await screen.field(screen.texts.topic.label).fill("la mer");
    await screen.button(screen.texts.editor.rehearse).click();
    await untilDone(screen);
    const { title, steps, status } = await stage.execution(shownId(screen));
    expect({ title, status, model: steps[0]?.ai_provider }).toEqual({
      title: "la mer",
      status: "completed",
      model: "openai:gpt-9-nova",
    });
  });
});

/** The editor, with the list of models held back until `arrive` is called. */
async function openBeforeList() {
  const screen = await stage.open({ path: "/combinations/settings" });
  const arrival = Promise.withResolvers<void>();
  await screen.page.route("**/providers", async (route) => {
    await arrival.promise;
    await route.continue();
  });
  await screen.page.goto("/combinations/new");
  const field = screen.page.getByRole("combobox", { name: screen.texts.editor.model });
  const option = (name: string) => screen.page.getByRole("option", { name, exact: true });
  return { screen, field, option, arrive: arrival.resolve };
}

describe("a model that is not in the list", () => {
  const MODEL = "openai:gpt-9-nova";

  test("can be typed before the list has arrived", async () => {
    const { screen, field, option, arrive } = await openBeforeList();
    await field.fill(MODEL);
    await screen
      .region(filled(screen.texts.editor.step, { number: 1 }))
      .getByText(screen.texts.loading)
      .waitFor();
    expect(await screen.text(screen.texts.editor.noModel).count()).toBe(0);
    arrive();
    await option(MODEL).waitFor();
    expect(await field.inputValue()).toBe(MODEL);
    await option(MODEL).click();
    await screen.text(filled(screen.texts.editor.unlisted, { model: MODEL })).waitFor();
  });

  test("can be typed over what was selected before the list has arrived", async () => {
    const { screen, field, option, arrive } = await openBeforeList();
    await field.selectText();
    arrive();
    await screen.page.getByRole("option", { name: /^local:video\b/ }).waitFor();
    await screen.page.keyboard.insertText(MODEL);
    expect(await field.inputValue()).toBe(MODEL);
    await option(MODEL).click();
    await screen.text(filled(screen.texts.editor.unlisted, { model: MODEL })).waitFor();
  });

  test("leaves the chosen one where it is typed and not taken", async () => {
    const screen = await stage.open({ path: "/combinations/new" });
    const model = screen.page.getByRole("combobox", { name: screen.texts.editor.model });
    await expect.poll(() => model.inputValue()).toBe("GPT-4");
    await model.fill(MODEL);
    await screen.page.getByRole("option", { name: MODEL }).waitFor();
    await model.blur();
    expect(await model.inputValue()).toBe("GPT-4");
    expect(await screen.text(filled(screen.texts.editor.unlisted, { model: MODEL })).count()).toBe(0);
  });

  test.each(["fr", "en"] as const)("is written in a field of its own on a phone, in %s", async (language) => {
    const screen = await stage.open({ path: "/combinations/new", language, size: "phone" });
    const { editor } = screen.texts;
    const list = screen.page.getByRole("combobox", { name: editor.model });
    await screen.field(editor.prompt).fill("{topic}");
    await screen.field(screen.texts.topic.label).fill("la mer");
    await list.selectOption({ label: editor.anotherModel });

    // Nothing runs with the model from before while the field is empty.
    screen.expectTrouble(/422/);
    await screen.button(editor.rehearse).click();
    const name = screen.field(editor.modelId);
    await expect.poll(() => name.getAttribute("aria-invalid")).toBe("true");

    // On the way there stands the name of a model that the list holds.
    await name.pressSequentially("openai:gpt-6.2-sol");
    await name.pressSequentially("-nova ");
    await screen.text(filled(editor.unlisted, { model: "openai:gpt-6.2-sol-nova" })).waitFor();
    expect(await screen.accessibilityProblems()).toEqual([]);
    expect(await screen.overflow()).toBeLessThanOrEqual(0);
    await screen.page.reload();
    expect(await name.inputValue()).toBe("openai:gpt-6.2-sol-nova");
    await screen.button(editor.rehearse).click();
    await untilDone(screen);
    const { steps, status } = await stage.execution(shownId(screen));
    expect({ status, model: steps[0]?.ai_provider }).toEqual({
      status: "completed",
      model: "openai:gpt-6.2-sol-nova",
    });
  });

  test("gives way to the list again on a phone", async () => {
    const screen = await stage.open({ path: "/combinations/new", size: "phone" });
    const { editor } = screen.texts;
    const list = screen.page.getByRole("combobox", { name: editor.model });
    await list.selectOption({ label: editor.anotherModel });
    await screen.field(editor.modelId).fill(MODEL);
    await list.selectOption("gpt-4");
    await screen.field(editor.modelId).waitFor({ state: "detached" });
    expect(await chosenModel(screen.page.getByRole("main"))).toMatch("GPT-4");
    expect(await screen.text(filled(editor.unlisted, { model: MODEL })).count()).toBe(0);
  });
});

describe("the gallery", () => {
  test.each([
    ["production-video", ["text", "picture 1344x768", "film 1280x720 5 s"]],
    ["campagne-marketing", ["text", "picture 1792x1024", "voice"]],
    ["contenu-educatif", ["text", "picture 1344x768", "voice"]],
    ["pack-reseaux-sociaux", ["text", "picture 1024x1024"]],
  ])("rehearses %s at once", async (id, expected) => {
    const screen = await stage.open();
    const name = templateIn("fr", id).name;
    await screen.field(screen.texts.topic.label).fill("Les abeilles en ville");
    await screen.button(filled(screen.texts.templates.rehearseNamed, { name })).click();
    await screen.heading(name).waitFor();
    await untilDone(screen);
    const { results, ...execution } = await stage.execution(shownId(screen));
    expect(execution).toMatchObject({ template_id: id, status: "completed", mode: "rehearsal" });
    const seen: string[] = [];
    for (const result of results) {
      seen.push(await lookAt(made(screen, result.step_number, result.name ?? ""), result));
    }
    expect(seen).toEqual(expected);
  });
});
