import { afterAll, describe, expect, test } from "vitest";
import { filled, type Screen } from "../support/browser.ts";
import { FAKE_LIST_KEY, startFakeModelLists } from "../support/fake-model-lists.ts";
import type { FakeServer } from "../support/fake-server.ts";
import { useStage } from "./stage.ts";

let lists: FakeServer;
const stage = useStage(async () => {
  lists = await startFakeModelLists();
  return {
    RELAIS_SECRET_KEY: "neuf vagues sur la digue grise",
    OPENAI_BASE_URL: `${lists.url}/openai`,
    MISTRAL_API_KEY: "key-of-the-environment",
  };
});
afterAll(() => lists.stop());

const ARTICLE = "/combinations/new?template=contenu-educatif";

async function giveKey(screen: Screen, value: string): Promise<void> {
  const { keys, actions } = screen.texts;
  const field = screen.page.getByLabel(filled(keys.fieldLabel, { name: "OpenAI" }), { exact: true });
  await field.fill(value);
  expect(await field.getAttribute("type")).toBe("password");
  await screen.page
    .getByRole("form", { name: filled(keys.formLabel, { name: "OpenAI" }) })
    .getByRole("button", { name: actions.save })
    .click();
}

describe("keys on the settings page", () => {
  test("take the notice of the editor away without a reload, tested and told in words", async () => {
    const screen = await stage.open({ path: ARTICLE });
    const { keys, settings } = screen.texts;
    await screen.page.getByText("OPENAI_API_KEY", { exact: true }).waitFor();
    await screen.link(keys.openSettings).first().click();
    await screen.heading(settings.sections.keys).waitFor();
    await screen.page.getByText(keys.fromEnvironment, { exact: true }).waitFor();
    await screen.button(filled(keys.addOf, { name: "OpenAI" })).click();
    await giveKey(screen, "sk-wrong-0123456789");
    await screen.text(/OpenAI refuse la clé/).waitFor();
    await screen.button(filled(keys.changeOf, { name: "OpenAI" })).click();
    await giveKey(screen, FAKE_LIST_KEY);
    await screen.text(/OpenAI accepte la clé/).waitFor();
    expect(await screen.accessibilityProblems()).toEqual([]);
    expect(await screen.page.content()).not.toContain(FAKE_LIST_KEY);
    await screen.page.goBack();
    await screen.button(screen.texts.editor.rehearse).waitFor();
    await screen.text("OPENAI_API_KEY").waitFor({ state: "detached" });
    expect(lists.paidCalls).toBe(0);
  });

  test("are found and taken away again on a phone, in English", async () => {
    await fetch(`${stage.server.url}/api/combinations/keys/OPENAI_API_KEY`, {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ value: FAKE_LIST_KEY }),
    });
    const screen = await stage.open({
      path: "/combinations/settings#keys",
      language: "en",
      size: "phone",
    });
    const { keys } = screen.texts;
    await screen.field(keys.search).fill("open_ai");
    await screen.text(keys.nothingFound).waitFor();
    await screen.field(keys.search).fill("openai_api");
    await screen.text(filled(keys.fromPageEnding, { ending: "6789" })).waitFor();
    expect(await screen.overflow()).toBe(0);
    await screen.button(filled(keys.removeOf, { name: "OpenAI" })).click();
    await screen.page.getByRole("dialog").getByRole("button", { name: keys.removeConfirm }).click();
    await screen.button(filled(keys.addOf, { name: "OpenAI" })).waitFor();
    await screen.text(keys.missingShort).waitFor();
  });
});
