import { describe, expect, test } from "vitest";
import en from "../../web/src/languages/en.json" with { type: "json" };
import fr from "../../web/src/languages/fr.json" with { type: "json" };
import { filled, type Screen } from "../support/browser.ts";
import { useStage } from "./stage.ts";

const stage = useStage();
const SETTINGS = "/combinations/settings";

/** Language of the document, and the colour of its ground: dark under 0.5, light above. */
function look(screen: Screen): Promise<{ lang: string; lightness: number }> {
  return screen.page.evaluate(() => {
    const channels = getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g) ?? [];
    const [red = 0, green = 0, blue = 0] = channels.map(Number);
    return { lang: document.documentElement.lang, lightness: (red + green + blue) / 3 / 255 };
  });
}

/** What of one language's texts stands on the screen, letter for letter. Words that both languages share are left out. */
async function foreignWords(screen: Screen, foreign: typeof fr, own: typeof fr): Promise<string[]> {
  const lines = (await screen.page.locator("body").innerText()).split("\n").map((line) => line.trim());
  const ownTexts = new Set(textsOf(own));
  const foreignTexts = new Set(textsOf(foreign).filter((text) => !ownTexts.has(text)));
  return lines.filter((line) => foreignTexts.has(line));
}

function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

describe("the language", () => {
  test("is French at first, and stays English once it was switched", async () => {
    const screen = await stage.open();
    await screen.heading(fr.templates.title).waitFor();
    await screen.link("Création de Contenu").waitFor();
    expect((await look(screen)).lang).toBe("fr");
    await screen.button("English").click();
    await screen.heading(en.templates.title).waitFor();
    await screen.link("Content Creation").waitFor();
    expect((await look(screen)).lang).toBe("en");

    await screen.page.reload();
    await screen.link("Content Creation").waitFor();
    expect((await look(screen)).lang).toBe("en");
    await screen.page.goto("/combinations/executions");
    await screen.heading(en.history.title).waitFor();
    await screen.page.goto(SETTINGS);
    await screen.page.getByRole("main").getByText("Français", { exact: true }).click();
    await screen.heading(fr.settings.title).waitFor();
    expect((await look(screen)).lang).toBe("fr");
  });

  test("is one alone on every screen", async () => {
    const body = { template_id: "pack-reseaux-sociaux", initial_input: "Tea", mode: "rehearsal" as const };
    const { id } = await stage.finished(await stage.execute(body));
    const screen = await stage.open({ language: "en" });
    const screens = [
      ["/combinations", en.templates.title],
      ["/combinations/new?template=pack-reseaux-sociaux", "Social Media Pack"],
      ["/combinations/executions", en.history.title],
      [`/combinations/executions/${id}`, en.execution.totalCost],
      [SETTINGS, en.settings.families],
      ["/combinations/nowhere", en.notFound.heading],
    ] as const;
    for (const [address, landmark] of screens) {
      await screen.page.goto(address);
      await screen.text(landmark).first().waitFor();
      await screen.page.waitForLoadState("networkidle");
      const found = await foreignWords(screen, fr, en);
      // The switch names the other language in that language.
      expect({ address, found: found.filter((word) => word !== "Français") }).toEqual({ address, found: [] });
    }
  });
});

describe("the theme", () => {
  test.each([
    ["light", 0.9],
    ["dark", 0.15],
  ] as const)("follows the system that is %s", async (theme, expected) => {
    const screen = await stage.open({ theme });
    await screen.heading(fr.templates.title).waitFor();
    expect((await look(screen)).lightness).toBeCloseTo(expected, 0);
    expect((await look(screen)).lightness > 0.5).toBe(theme === "light");
  });

  test("stays dark on a light system once it was chosen", async () => {
    const screen = await stage.open({ theme: "light" });
    const choose = (from: string) => screen.button(filled(fr.theme.switch, { theme: from })).click();
    await choose(fr.theme.auto);
    await choose(fr.theme.light);
    await screen.button(filled(fr.theme.switch, { theme: fr.theme.dark })).waitFor();
    expect((await look(screen)).lightness).toBeLessThan(0.2);
    await screen.page.reload();
    await screen.heading(fr.templates.title).waitFor();
    expect((await look(screen)).lightness).toBeLessThan(0.2);
  });

  test("can be chosen on a phone, where the rail has no room for it", async () => {
    const screen = await stage.open({ size: "phone" });
    await screen.link(fr.nav.settings).click();
    await screen.page.getByRole("main").getByText(fr.theme.dark, { exact: true }).click();
    expect(await screen.page.getByRole("radio", { name: fr.theme.dark }).isChecked()).toBe(true);
    expect((await look(screen)).lightness).toBeLessThan(0.2);
  });
});
