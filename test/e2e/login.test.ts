import { describe, expect, test } from "vitest";
import { useStage } from "./stage.ts";

const TOKEN = "a-token-of-this-test-0123456789";
const stage = useStage(() => Promise.resolve({ RELAIS_ACCESS_TOKEN: TOKEN }));

describe("the login page", () => {
  test("turns a wrong token down, and leads with the right one to where the person wanted to go", async () => {
    const screen = await stage.open({ path: "/combinations/costs" });
    screen.expectTrouble(/401/);
    const token = screen.field("Jeton d’accès");
    await token.fill("not-the-token");
    await screen.button("Entrer").click();
    await screen.text("Ce n’est pas le jeton de ce serveur.").waitFor();
    await token.fill(TOKEN);
    await token.press("Enter");
    await screen.heading(screen.texts.costs.title).waitFor();
    expect(new URL(screen.page.url()).pathname).toBe("/combinations/costs");
  });
});
