import type { Locator } from "playwright-core";
import { describe, expect, test } from "vitest";
import { filled, type Screen } from "../support/browser.ts";
import { pictureSize, soundOf } from "./media.ts";
import { useStage } from "./stage.ts";

const stage = useStage();
const RUNS = "/combinations/executions";

const poem = (topic: string) => ({
  steps: [{ step_number: 1, ai_provider: "gpt-4", prompt: "Un poème sur {topic}" }],
  initial_input: topic,
  mode: "rehearsal" as const,
});

/** The line of an execution in the history, as a row or, on a phone, as a card. */
function line(screen: Screen, topic: string): Locator {
  const row = screen.page.getByRole("row").or(screen.page.getByRole("listitem"));
  return row.filter({ has: screen.page.getByRole("link"), hasText: topic });
}

describe.each(["desktop", "phone"] as const)("the history on a %s", (size) => {
  test("opens a result again after the server was restarted", async () => {
    const topic = `La mer vue d'un ${size}`;
    const body = { template_id: "creation-contenu", initial_input: topic, mode: "rehearsal" as const };
    const id = await stage.execute(body);
    const before = await stage.finished(id);
    await stage.restart();

    const screen = await stage.open({ path: RUNS, size });
    await line(screen, topic).getByRole("link").click();
    await screen.heading("Création de Contenu").waitFor();
    const picture = screen.page.getByRole("img", { name: topic });
    expect(await pictureSize(picture)).toEqual({ width: 1_536, height: 1_024 });
    expect((await soundOf(screen.page.locator("audio"))).peak).toBeGreaterThan(0.1);
    const text = await screen.page.getByRole("main").innerText();
    const title = /^# (.*)$/m.exec(before.results[0]?.text ?? "")?.[1] ?? "missing";
    expect(text).toContain(title);
    expect(await stage.execution(id)).toEqual(before);
  });

  test("opens in the editor what was run, also without a workflow", async () => {
    const topic = `Un phare (${size})`;
    const id = await stage.execute(poem(topic));
    await stage.finished(id);
    const screen = await stage.open({ path: `${RUNS}/${id}`, size });
    await screen.link(screen.texts.execution.openEditor).click();
    await screen.field(screen.texts.editor.prompt).waitFor();
    expect(await screen.field(screen.texts.editor.prompt).inputValue()).toBe("Un poème sur {topic}");
    expect(await screen.field(screen.texts.topic.label).inputValue()).toBe(topic);
  });

  test("deletes an execution only after asking", async () => {
    const [doomed, kept] = [`À effacer (${size})`, `À garder (${size})`];
    const id = await stage.execute(poem(doomed));
    await stage.finished(id);
    await stage.finished(await stage.execute(poem(kept)));

    const screen = await stage.open({ path: RUNS, size });
    const remove = screen.button(filled(screen.texts.history.deleteNamed, { id }));
    await remove.click();
    const dialog = screen.page.getByRole("dialog", { name: screen.texts.history.deleteTitle_one });
    await dialog.getByRole("button", { name: screen.texts.actions.keep }).click();
    await dialog.waitFor({ state: "hidden" });
    expect(await line(screen, doomed).count()).toBe(1);

    await remove.click();
    await dialog.getByRole("button", { name: screen.texts.actions.delete }).click();
    await screen.text(screen.texts.history.deleted_one).waitFor();
    await line(screen, doomed).waitFor({ state: "detached" });
    expect(await line(screen, kept).count()).toBe(1);

    screen.expectTrouble(/404/);
    await screen.page.goto(`${RUNS}/${id}`);
    await screen.text(screen.texts.notFound.heading).waitFor();
  });
});

describe("the history", () => {
  test("shows only what is in the chosen status", async () => {
    const topic = "Un filtre";
    await stage.finished(await stage.execute(poem(topic)));
    const screen = await stage.open({ path: RUNS });
    await line(screen, topic).waitFor();
    const filter = screen.field(screen.texts.history.filter);
    await filter.selectOption(screen.texts.status.failed);
    await screen.text(screen.texts.history.noneTitle).waitFor();
    expect(await line(screen, topic).count()).toBe(0);
    await filter.selectOption(screen.texts.status.completed);
    await line(screen, topic).waitFor();
  });
});
