import { expect, test } from "vitest";
import { filled } from "../support/browser.ts";
import { useStage } from "./stage.ts";

const stage = useStage();

test("without any key, the step of Midjourney is offered official models in one click", async () => {
  const screen = await stage.open({ path: "/combinations/new?template=production-video" });
  const { keys } = screen.texts;
  await screen.text("BFL_API_KEY").first().waitFor();
  const painter = screen.button(filled(keys.takeFor, { number: 2, model: "openai:gpt-image-2" }));
  await painter.waitFor();
  // The others name models of vendors, of which none is ready.
  expect(await screen.text(filled(keys.offer, { number: 1 })).count()).toBe(0);
  expect(await screen.text(filled(keys.offer, { number: 3 })).count()).toBe(0);

  await painter.click();
  await screen.text("BFL_API_KEY").first().waitFor({ state: "detached" });
  await screen.text("OPENAI_API_KEY").first().waitFor();
});
