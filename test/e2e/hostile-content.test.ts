import { afterAll, describe, expect, test } from "vitest";
import { filled, type Screen } from "../support/browser.ts";
import { useStage } from "./stage.ts";
import { startVendors, type Vendors } from "./vendors.ts";

const SCRIPT = "<script>window.isOwned = true</script>";
const PICTURE = '<img src="/missing.png" onerror="window.isOwned = true">';
const NAME = `Nom ${SCRIPT}${PICTURE}`;
const TOPIC = `Sujet ${SCRIPT}${PICTURE}`;
const PROMPT = `Consigne ${SCRIPT}${PICTURE} {topic}`;
const ANSWER = `# Titre ${PICTURE}

${SCRIPT}

Une réponse qui contient {topic} et {step2_output}.

[un lien](javascript:window.isOwned=true) et [un autre](data:text/html,${encodeURIComponent(SCRIPT)})

![une image](https://tracker.example/pixel.png)

<iframe srcdoc="${SCRIPT.replaceAll('"', "'")}"></iframe>

<a href="javascript:window.isOwned = true" onclick="window.isOwned = true">brut</a>
`;

let vendors: Vendors;
const stage = useStage(async () => {
  vendors = await startVendors(ANSWER);
  return vendors.env;
});
afterAll(() => vendors.stop());

/** Anything that the hostile texts have got done: a script that ran, an element or an address that could run one. */
function breaches(screen: Screen): Promise<string[]> {
  return screen.page.evaluate(() => {
    const dangerous =
      "iframe, object, embed, body script, [onerror], [onclick], [onload], img[src*='missing']";
    const found = [...document.querySelectorAll(dangerous)].filter(
      (element) => element.getAttribute("src")?.startsWith("/assets/") !== true,
    );
    const addresses = [...document.querySelectorAll("a")].filter(
      ({ protocol }) => !["http:", "https:", "blob:"].includes(protocol),
    );
    const ran = Reflect.get(window, "isOwned") === undefined ? [] : ["a script ran"];
    return [...ran, ...[...found, ...addresses].map(({ outerHTML }) => outerHTML)];
  });
}

describe("hostile content", () => {
  test("shows as text in the editor, the gallery, the results and the history", async () => {
    const screen = await stage.open();
    await screen.link(screen.texts.templates.blank).click();
    await screen.field(screen.texts.editor.prompt).fill(PROMPT);
    await screen.field(screen.texts.topic.label).fill(TOPIC);
    await screen.button(screen.texts.actions.save).click();
    const saving = screen.page.getByRole("dialog");
    await saving.getByLabel(screen.texts.editor.name).fill(NAME);
    await saving.getByRole("button", { name: screen.texts.actions.save }).click();
    await screen.heading(NAME).waitFor();
    await screen.text(filled(screen.texts.editor.saved, { name: NAME })).waitFor();
    expect(await breaches(screen)).toEqual([]);

    await screen.button(screen.texts.editor.run).click();
    const results = screen.page.getByRole("dialog", { name: NAME });
    await results.getByText("Une réponse qui contient {topic} et {step2_output}.").waitFor();
    await results.getByText(screen.texts.execution.totalCost).waitFor();
    const shown = await results.innerText();
    expect(shown).toContain(TOPIC);
    for (const text of [SCRIPT, PICTURE, "<iframe", "<a href="]) expect(shown).toContain(text);
    expect(await breaches(screen)).toEqual([]);
    expect(vendors.openai.calls).toHaveLength(1);
    expect(JSON.stringify(vendors.openai.calls[0]?.body)).toContain(JSON.stringify(PICTURE).slice(1, -1));

    await results.getByRole("link", { name: screen.texts.execution.openPage }).click();
    await screen.heading(NAME).waitFor();
    await screen.text("Une réponse qui contient").waitFor();
    expect(await breaches(screen)).toEqual([]);

    await screen.link(screen.texts.nav.executions).click();
    await screen.link(NAME).waitFor();
    await screen.text(TOPIC).first().waitFor();
    expect(await breaches(screen)).toEqual([]);

    await screen.link(screen.texts.nav.combinations).click();
    await screen.link(NAME).waitFor();
    await screen.button(filled(screen.texts.actions.othersFor, { name: NAME })).click();
    expect(await breaches(screen)).toEqual([]);
    await screen.page
      .getByRole("menuitem", {
        name: screen.texts.actions.delete,
        exact: true,
      })
      .click();
    await screen.page
      .getByRole("dialog")
      .getByText(filled(screen.texts.workflows.deleteTitle, { name: NAME }))
      .waitFor();
    expect(await breaches(screen)).toEqual([]);
  });

  test("is not run from the address either", async () => {
    const query = new URLSearchParams({ template: "creation-contenu", topic: TOPIC, results: SCRIPT });
    const screen = await stage.open({ path: `/combinations/new?${query}` });
    expect(await screen.field(screen.texts.topic.label).inputValue()).toBe(TOPIC);
    expect(await breaches(screen)).toEqual([]);
    await screen.page.goto(`/combinations/${encodeURIComponent(SCRIPT)}`);
    await screen.text(screen.texts.notFound.heading).waitFor();
    expect(await breaches(screen)).toEqual([]);
  });
});
