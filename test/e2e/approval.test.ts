import { afterAll, describe, expect, test } from "vitest";
import { filled, type Screen } from "../support/browser.ts";
import { FAKE_OPENAI_KEY, startFakeOpenai } from "../support/fake-openai.ts";
import type { FakeServer } from "../support/fake-server.ts";
import { useStage } from "./stage.ts";

const WRONG = "Voici : un titre et deux points.";
const DATA = { title: "La mer", points: ["le calme", "le vent"] };
const WRITE = {
  step_number: 1,
  name: "brouillon",
  ai_provider: "gpt-4",
  prompt: "Sur {topic}",
  approval: true,
};
const NEXT = { step_number: 2, ai_provider: "gpt-4", prompt: "Résume : {brouillon}" };

let openai: FakeServer;
const stage = useStage(async () => {
  openai = await startFakeOpenai({ text: WRONG, correction: JSON.stringify(DATA) });
  return { OPENAI_API_KEY: FAKE_OPENAI_KEY, OPENAI_BASE_URL: `${openai.url}/v1` };
});

afterAll(() => openai.stop());

const draft = (screen: Screen, number: number) => screen.region(filled(screen.texts.editor.step, { number }));

function shownId(screen: Screen): number {
  return Number(new URL(screen.page.url()).searchParams.get("results"));
}

async function open(id: number, options: Parameters<typeof stage.open>[0] = {}): Promise<Screen> {
  const screen = await stage.open({ path: `/combinations/executions/${id}`, ...options });
  await screen.button(screen.texts.decision.approve).waitFor();
  return screen;
}

const untilStatus = (screen: Screen, word: string) =>
  screen.page.getByRole("complementary").getByText(word, { exact: true }).waitFor();

describe("a step that asks first", () => {
  test("is set in the editor, waits with its result in the rehearsal, and goes on once approved", async () => {
    const screen = await stage.open({ path: "/combinations/new" });
    const { editor, decision, status } = screen.texts;
    await draft(screen, 1).getByLabel(editor.prompt, { exact: true }).fill("Un poème sur {topic}");
    await draft(screen, 1).getByText(editor.options_zero, { exact: true }).click();
    await draft(screen, 1).getByRole("switch", { name: editor.approval }).check();
    await draft(screen, 1).getByLabel(editor.approvalTime).selectOption("24");
    await screen.button(editor.addStep).click();
    await screen.page
      .getByRole("dialog")
      .getByRole("option", { name: /^GPT-4/ })
      .click();
    await draft(screen, 2).getByLabel(editor.prompt, { exact: true }).fill("Résume {step1_output}");
    await screen.field(screen.texts.topic.label).fill("la mer");
    await screen.button(editor.rehearse).click();
    await screen.button(decision.approve).waitFor();
    await screen.text(/Il reste\s23\sheures/).waitFor();
    const id = shownId(screen);
    expect((await stage.execution(id)).steps[0]?.approval).toEqual({ timeout_hours: 24 });
    expect((await stage.execution(id)).results.map(({ step_number }) => step_number)).toEqual([1]);
    await screen.button(decision.approve).click();
    await untilStatus(screen, status.completed);
    expect((await stage.execution(id)).results).toHaveLength(2);
    await screen.button(decision.approve).waitFor({ state: "detached" });
  });

  test("takes an edited text, hands it on, and says who edited it", async () => {
    const id = await stage.execute({ steps: [WRITE, NEXT], initial_input: "la mer", mode: "rehearsal" });
    const screen = await open(id);
    const { decision, execution, status } = screen.texts;
    await screen.button(decision.edit).click();
    await screen.field(decision.editText).fill("Mon texte à moi.");
    await screen.button(decision.approveEdited).click();
    await untilStatus(screen, status.completed);
    const [first] = (await stage.execution(id)).results;
    expect(first).toMatchObject({ text: "Mon texte à moi.", edited: true, performed_by: "local" });
    await screen.text(execution.edited).waitFor();
    await screen.text("Mon texte à moi.").first().waitFor();
  });

  test("stays as it is until a rejection is confirmed, and then keeps its result", async () => {
    const id = await stage.execute({ steps: [WRITE, NEXT], initial_input: "la mer", mode: "rehearsal" });
    const screen = await open(id, { language: "en", size: "phone" });
    const { decision, actions, status } = screen.texts;
    await screen.button(decision.reject).click();
    await screen.button(actions.keep).click();
    expect((await stage.execution(id)).status).toBe("waiting");
    expect(await screen.overflow()).toBe(0);
    expect(await screen.cutLabels()).toEqual([]);
    expect(await screen.accessibilityProblems()).toEqual([]);
    await screen.button(decision.reject).click();
    await screen.page.getByRole("dialog").getByRole("button", { name: decision.reject }).click();
    await untilStatus(screen, status.failed);
    expect((await stage.execution(id)).results).toHaveLength(1);
    await screen
      .text(/You rejected this result/)
      .first()
      .waitFor();
  });

  test("is found in the history as waiting", async () => {
    const text = { initial_input: "l’attente", title: "Attente" };
    const id = await stage.execute({ steps: [WRITE], mode: "rehearsal", ...text });
    await expect.poll(async () => (await stage.execution(id)).status, { timeout: 20_000 }).toBe("waiting");
    const screen = await stage.open({ path: "/combinations/executions" });
    const row = screen.page.getByRole("row").filter({ hasText: "Attente" });
    await expect.poll(() => row.innerText()).toContain(screen.texts.status.waiting);
  });
});

describe("a text step that answers with data", () => {
  test("is given its schema in the editor, corrected once, and paid for twice", async () => {
    const screen = await stage.open({ path: "/combinations/new" });
    const { editor, execution, decision, status } = screen.texts;
    const card = draft(screen, 1);
    await card.getByLabel(editor.prompt, { exact: true }).fill("Un titre et des points sur {topic}");
    await card.getByText(editor.options_zero, { exact: true }).click();
    await card.getByRole("switch", { name: editor.answerSchema }).check();
    await card.getByRole("switch", { name: screen.texts.fields.shape.asJson }).check();
    const field = card.getByLabel(editor.answerSchemaField);
    const example = await field.inputValue();
    await field.fill("{ ");
    await card.getByText(/Ce n’est pas encore du JSON/).waitFor();
    expect(await screen.accessibilityProblems()).toEqual([]);
    await field.fill('{ "type": "objet" }');
    await field.fill(example);
    await card.getByText(/Ce n’est pas encore du JSON/).waitFor({ state: "detached" });
    await card.getByRole("switch", { name: editor.approval }).check();
    await screen.field(screen.texts.topic.label).fill("la mer");
    await screen.button(editor.run).click();
    await screen.button(decision.edit).waitFor();
    await screen.text(execution.corrected).waitFor();
    expect(openai.calls).toHaveLength(2);
    await screen.button(decision.edit).click();
    const edit = screen.field(decision.editJson);
    await edit.fill('{ "title": 1 }');
    screen.expectTrouble(/422/);
    await screen.button(decision.approveEdited).click();
    await screen.text(/Ce JSON ne suit pas le schéma/).waitFor();
    await edit.fill(JSON.stringify({ ...DATA, title: "L’océan" }));
    await screen.button(decision.approveEdited).click();
    await untilStatus(screen, status.completed);
    const { results, total_cost } = await stage.execution(shownId(screen));
    expect(results[0]).toMatchObject({ json: { title: "L’océan" }, edited: true, cost: total_cost });
    expect(openai.calls).toHaveLength(2);
  });
});
