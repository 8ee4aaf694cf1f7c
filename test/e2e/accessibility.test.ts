import type { Locator } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { batchAnswerSchema } from "../../src/http/batch-schemas.ts";
import { compareAnswerSchema } from "../../src/http/take-schemas.ts";
import { filled, type Screen, type SIZES } from "../support/browser.ts";
import { walkByKeyboard } from "../support/keyboard-walk.ts";
import { useStage } from "./stage.ts";

const stage = useStage(() =>
  Promise.resolve({ RELAIS_MONTH_CAP_USD: "40", RELAIS_SECRET_KEY: "neuf vagues sur la digue grise" }),
);
const MAX_TABS = 80;
const SCENES = {
  step_number: 1,
  name: "scenes",
  ai_provider: "gpt-4",
  prompt: "Trois scènes de {topic}, l’une après l’autre",
  output_schema: { type: "array", minItems: 3, maxItems: 3, items: { type: "string" } },
};
const PARAGRAPHS = {
  step_number: 2,
  name: "paragraphes",
  ai_provider: "gpt-4",
  prompt: "Un paragraphe sur {item}",
  for_each: { in: "{scenes}" },
  approval: { timeout_hours: 24 },
};
/** Two rows of which the first lacks what is required. */
const TABLE = "Sujet;Le lieu du concert;Ton\nLa mer;;calme\nLe vent;Lyon;vif\n";
let finishedId = 0;
let waitingId = 0;
const FORM = {
  name: "Une affiche",
  description: "Le texte d’une affiche.",
  steps: [{ step_number: 1, ai_provider: "gpt-4", prompt: "{topic} {place} {tone} {seats} {photo}" }],
  inputs: [
    { name: "place", label: "Le lieu du concert", type: "text" as const, required: true },
    { name: "tone", label: "Ton", type: "choice" as const, choices: ["Calme", "Vif"] },
    { name: "seats", label: "Places", type: "number" as const, default: 120 },
    { name: "photo", label: "Photo du groupe", type: "file" as const },
  ],
};
let itemsId = 0;
let batchId = 0;

beforeAll(async () => {
  const topic = "Un-mot-très-long-qui-ne-se-coupe-pas-".repeat(8);
  const body = { template_id: "creation-contenu", initial_input: topic, mode: "rehearsal" as const };
  const execution = await stage.finished(await stage.execute(body));
  finishedId = execution.id;
  await stage.save({ name: topic.slice(0, 120), steps: execution.steps });
  const rehearsed = { initial_input: "la mer", mode: "rehearsal" as const };
  waitingId = await stage.execute({ ...rehearsed, steps: [{ ...SCENES, approval: true }] });
  itemsId = await stage.execute({ ...rehearsed, steps: [SCENES, PARAGRAPHS] });
  await stage.save(FORM);
  const compared = await stage.post(`executions/${finishedId}/compare`, {
    step_number: 1,
    models: ["anthropic:claude-opus-5-5"],
  });
  const { takes } = compareAnswerSchema.parse(await compared.json());
  const batch = await stage.post("batches", {
    steps: [{ step_number: 1, ai_provider: "gpt-4", prompt: "Sur {topic}", approval: true }],
    rows: [{ initial_input: topic }, { initial_input: "le vent" }],
    mode: "rehearsal",
  });
  batchId = batchAnswerSchema.parse(await batch.json()).batch_id;
  await Promise.all(takes.map(({ execution_id }) => stage.finished(execution_id)));
});

interface Place {
  name: string;
  path: () => string;
  /** What is there once the screen is complete. */
  ready: (screen: Screen) => Locator;
  /** Opens what is not open from the start. */
  arrange?: (screen: Screen) => Promise<void>;
}

const PLACES: Place[] = [
  {
    name: "the gallery",
    path: () => "/combinations",
    ready: (screen) => screen.link("Pack Réseaux Sociaux"),
  },
  {
    name: "the editor",
    path: () => "/combinations/new?template=creation-contenu",
    ready: (screen) => screen.region(filled(screen.texts.editor.step, { number: 3 })),
    arrange: async (screen) => {
      const closed = screen.page.locator("details:not([open]) > summary");
      while ((await closed.count()) > 0) await closed.first().click();
      const card = screen.region(filled(screen.texts.editor.step, { number: 2 }));
      await card.getByRole("switch", { name: screen.texts.editor.forEach.switch }).press("Space");
      await card.getByRole("switch", { name: screen.texts.editor.approval }).press("Space");
      await card.getByLabel(screen.texts.editor.approvalTime).waitFor();
      const models = screen.page.getByRole("combobox").first();
      // The list of a phone is the browser's own.
      if (await models.evaluate((field) => field instanceof HTMLSelectElement)) return;
      await models.click();
      await screen.page.getByRole("listbox").waitFor();
    },
  },
  {
    name: "the dialog that saves",
    path: () => "/combinations/new?template=creation-contenu",
    ready: (screen) => screen.button(screen.texts.actions.save),
    arrange: async (screen) => {
      await screen.button(screen.texts.actions.save).click();
      await screen.page.getByRole("dialog").getByLabel(screen.texts.editor.name).waitFor();
    },
  },
  {
    name: "the results over the editor",
    path: () => `/combinations/new?template=creation-contenu&results=${finishedId}`,
    ready: (screen) => screen.page.getByRole("slider"),
  },
  {
    name: "an execution",
    path: () => `/combinations/executions/${finishedId}`,
    ready: (screen) => screen.page.getByRole("slider"),
  },
  {
    name: "a result that waits to be approved",
    path: () => `/combinations/executions/${waitingId}`,
    ready: (screen) => screen.button(screen.texts.decision.edit),
    arrange: async (screen) => {
      await screen.button(screen.texts.decision.edit).click();
      await screen.field(screen.texts.decision.editJson).waitFor();
    },
  },
  {
    name: "items that wait to be approved",
    path: () => `/combinations/executions/${itemsId}`,
    ready: (screen) => screen.button(screen.texts.decision.edit).nth(2),
  },
  {
    name: "the dialog that runs again",
    path: () => `/combinations/executions/${finishedId}`,
    ready: (screen) => screen.page.getByRole("slider"),
    arrange: async (screen) => {
      const { more, fromHere, kept } = screen.texts.rerun;
      await screen.button(filled(more, { number: 2 })).click();
      await screen.page.getByRole("menuitem", { name: fromHere }).click();
      await screen.page.getByRole("dialog").getByText(kept, { exact: true }).first().waitFor();
    },
  },
  {
    name: "the dialog that compares models",
    path: () => `/combinations/executions/${finishedId}`,
    ready: (screen) => screen.page.getByRole("slider"),
    arrange: async (screen) => {
      const { rerun, takes } = screen.texts;
      await screen.button(filled(rerun.more, { number: 1 })).click();
      await screen.page.getByRole("menuitem", { name: takes.compare }).click();
      await screen.page.getByRole("dialog").getByText(takes.editPrompt).click();
      await screen.page.getByRole("checkbox", { name: "openai:gpt-4o-mini" }).check();
    },
  },
  {
    name: "takes side by side",
    path: () => `/combinations/executions/${finishedId}`,
    ready: (screen) => screen.page.getByRole("slider"),
    arrange: async (screen) => {
      const { takes } = screen.texts;
      await screen.button(screen.texts.execution.copy).first().scrollIntoViewIfNeeded();
      await screen
        .button(filled(takes.open, { name: "anthropic:claude-opus-5-5" }))
        .first()
        .click();
      const dialog = screen.page.getByRole("dialog");
      await dialog.getByRole("button", { name: takes.use, disabled: false }).first().waitFor();
      await dialog.getByRole("button", { name: takes.showDifference }).click();
    },
  },
  {
    name: "the graph",
    path: () => "/combinations/new?template=creation-contenu",
    ready: (screen) => screen.region(filled(screen.texts.editor.step, { number: 3 })),
    arrange: async (screen) => {
      const { graph } = screen.texts;
      const show = screen.button(graph.show);
      if (await show.isVisible()) await show.click();
      await screen.page.getByRole("button", { name: /^2 illustration/ }).click();
      await screen.button(graph.connect).waitFor();
    },
  },
  {
    name: "the search for a step",
    path: () => "/combinations/new?template=creation-contenu",
    ready: (screen) => screen.button(screen.texts.editor.addStep),
    arrange: async (screen) => {
      await screen.button(screen.texts.editor.addStep).click();
      await screen.page.getByRole("combobox", { name: screen.texts.builder.palette.search }).waitFor();
      await screen.page.getByRole("listbox").getByText("Captions", { exact: true }).waitFor();
    },
  },
  {
    name: "the shortcuts",
    path: () => "/combinations/new?template=creation-contenu",
    ready: (screen) => screen.region(filled(screen.texts.editor.step, { number: 3 })),
    arrange: async (screen) => {
      const { shortcuts } = screen.texts.builder;
      await screen.page.keyboard.press("?");
      await screen.page.getByRole("dialog", { name: shortcuts.title }).waitFor();
    },
  },
  {
    name: "the form of a workflow",
    path: () => `/combinations/run/2?run-id=${finishedId}`,
    ready: (screen) => screen.page.getByLabel("Le lieu du concert"),
    arrange: async (screen) => {
      await screen.page.getByRole("slider").waitFor();
      await screen.button(screen.texts.templates.rehearse).click();
      await screen.text(/«\s*Le lieu du concert\s*»/).waitFor();
    },
  },
  {
    name: "a new batch",
    path: () => "/combinations/batches/new?workflow=2",
    ready: (screen) => screen.field(screen.texts.batch.list),
    arrange: async (screen) => {
      const { batch } = screen.texts;
      const csv = { name: "villes.csv", mimeType: "text/csv", buffer: Buffer.from(TABLE) };
      await screen.page.locator("input[type=file][accept*=csv]").setInputFiles(csv);
      await screen.field(filled(batch.cell, { field: screen.texts.topic.label, number: 2 })).waitFor();
    },
  },
  {
    name: "a batch",
    path: () => `/combinations/batches/${batchId}`,
    ready: (screen) => screen.link("le vent"),
  },
  {
    name: "the library",
    path: () => "/combinations/library",
    ready: (screen) => screen.page.getByRole("list", { name: screen.texts.library.title }),
  },
  {
    name: "a file of the library",
    path: () => "/combinations/library?kind=image",
    ready: (screen) => screen.page.getByRole("list", { name: screen.texts.library.title }),
    arrange: async (screen) => {
      const files = screen.page.getByRole("list", { name: screen.texts.library.title });
      await files.getByRole("button").first().click();
      await screen.link(screen.texts.library.openExecution).waitFor();
    },
  },
  {
    name: "the history",
    path: () => "/combinations/executions",
    ready: (screen) => screen.link("Création de Contenu"),
  },
  {
    name: "the spending",
    path: () => "/combinations/costs",
    ready: (screen) => screen.text(screen.texts.costs.emptyTitle),
  },
  {
    name: "the settings",
    path: () => "/combinations/settings",
    ready: (screen) => screen.heading(screen.texts.settings.families),
    arrange: async (screen) => {
      const { keys } = screen.texts;
      await screen.button(filled(keys.addOf, { name: "OpenAI" })).click();
      await screen.field(filled(keys.fieldLabel, { name: "OpenAI" })).waitFor();
      await screen.page.getByRole("table").last().waitFor();
    },
  },
  {
    name: "a place that is not there",
    path: () => "/combinations/nowhere",
    ready: (screen) => screen.text(screen.texts.notFound.heading),
  },
];

async function visit(place: Place, size: keyof typeof SIZES): Promise<Screen> {
  const screen = await stage.open({ path: place.path(), size });
  await place.ready(screen).waitFor();
  await place.arrange?.(screen);
  return screen;
}

describe.each(PLACES)("$name", (place) => {
  test.each([
    ["phone", "phone"],
    ["desktop", "wide"],
  ] as const)(
    "has no serious barrier on a %s, light or dark or by keyboard, and fits a %s window",
    async (size, fits) => {
      const screen = await visit(place, size);
      for (const theme of ["light", "dark"] as const) {
        await screen.changeTheme(theme);
        const problems = await screen.accessibilityProblems();
        expect({ theme, problems }).toEqual({ theme, problems: [] });
      }
      await screen.resize(fits);
      expect({ overflow: await screen.overflow(), cut: await screen.cutLabels() }).toEqual({
        overflow: 0,
        cut: [],
      });
      const barriers = size === "desktop" ? await walkByKeyboard(screen.page) : [];
      expect(barriers).toEqual([]);
    },
  );
});

/** Presses Tab until the element has the focus, which has to be seen. */
async function tabTo(screen: Screen, target: Locator): Promise<void> {
  const lookOf = () =>
    target.evaluate(async (element) => {
      await new Promise(requestAnimationFrame);
      await Promise.allSettled(element.getAnimations().map(({ finished }) => finished));
      const { outlineStyle, borderColor } = getComputedStyle(element);
      return `${outlineStyle} ${borderColor}`;
    });
  const unfocused = await lookOf();
  let tabs = 0;
  do {
    await screen.page.keyboard.press("Tab");
    tabs += 1;
  } while (tabs < MAX_TABS && !(await target.evaluate((element) => element === document.activeElement)));
  expect(tabs, `presses of Tab to ${String(target)}`).toBeLessThan(MAX_TABS);
  expect(await lookOf(), `look of ${String(target)} with the focus`).not.toBe(unfocused);
}

/** The words on what has the focus; null where nothing has it. */
function focusedText(screen: Screen): Promise<string | null> {
  return screen.page.evaluate(() => {
    const { activeElement } = document;
    return activeElement === document.body ? null : (activeElement?.textContent ?? null);
  });
}

describe("the keyboard alone", () => {
  test("does the main job: choose, name a topic, rehearse, look at the results, close", async () => {
    const screen = await stage.open();
    const { keyboard } = screen.page;
    const { texts } = screen;
    await screen.link("Création de Contenu").waitFor();
    await tabTo(screen, screen.field(texts.topic.label));
    await keyboard.type("Le clavier");
    await tabTo(screen, screen.link(filled(texts.templates.useNamed, { name: "Création de Contenu" })));
    await keyboard.press("Enter");
    await screen.region(filled(texts.editor.step, { number: 3 })).waitFor();
    await tabTo(screen, screen.field(texts.topic.label));
    expect(await screen.field(texts.topic.label).inputValue()).toBe("Le clavier");
    await tabTo(screen, screen.button(texts.editor.rehearse));
    await keyboard.press("Enter");

    const dialog = screen.page.getByRole("dialog");
    await dialog.getByText(texts.execution.totalCost).waitFor();
    await tabTo(screen, dialog.getByRole("link", { name: /2-illustration\.png/ }));
    // The focus never leaves the dialog.
    for (let tabs = 0; tabs < 20; tabs += 1) {
      await keyboard.press("Tab");
      expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true);
    }
    await keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await expect.poll(() => focusedText(screen)).toBe(texts.editor.rehearse);
  });

  test("closes the results while a sound has the focus", async () => {
    const path = `/combinations/new?template=creation-contenu&results=${finishedId}`;
    const screen = await stage.open({ path });
    const dialog = screen.page.getByRole("dialog");
    await tabTo(
      screen,
      dialog.getByRole("button", { name: filled(screen.texts.preview.play, { name: "" }) }),
    );
    await screen.page.keyboard.press("Tab");
    expect(await dialog.getByRole("slider").evaluate((slider) => slider === document.activeElement)).toBe(
      true,
    );
    await screen.page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await screen.button(screen.texts.editor.rehearse).waitFor();
  });

  test("closes a picture that fills the window before the results below it", async () => {
    const path = `/combinations/new?template=creation-contenu&results=${finishedId}`;
    const screen = await stage.open({ path });
    const dialogs = screen.page.getByRole("dialog");
    await tabTo(
      screen,
      dialogs.getByRole("button", { name: filled(screen.texts.preview.zoom, { name: "" }) }),
    );
    await screen.page.keyboard.press("Enter");
    await screen.button(screen.texts.preview.larger).waitFor();
    await screen.page.keyboard.press("+");
    await screen.text("150").waitFor();
    await screen.page.keyboard.press("Escape");
    await expect.poll(() => dialogs.count()).toBe(1);
    await screen.page.keyboard.press("Escape");
    await expect.poll(() => dialogs.count()).toBe(0);
  });

  test("skips the rail", async () => {
    const screen = await stage.open();
    await screen.link("Création de Contenu").waitFor();
    await screen.page.keyboard.press("Tab");
    expect(await focusedText(screen)).toBe(screen.texts.nav.skip);
    await screen.page.keyboard.press("Enter");
    await screen.page.keyboard.press("Tab");
    const isInside = await screen.page
      .getByRole("main")
      .evaluate((main) => main.contains(document.activeElement) && main !== document.activeElement);
    expect(isInside).toBe(true);
  });
});
