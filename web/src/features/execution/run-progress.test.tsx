import { createInstance } from "i18next";
import { renderToStaticMarkup } from "react-dom/server";
import { I18nextProvider, initReactI18next } from "react-i18next";
import { describe, expect, test } from "vitest";
import type { Execution, StepData } from "../../api/types.ts";
import en from "../../languages/en.json" with { type: "json" };
import fr from "../../languages/fr.json" with { type: "json" };
import { RunProgress } from "./run-progress.tsx";

function step(number: number, status: StepData["status"]): StepData {
  return {
    step_number: number,
    name: `step${number}`,
    ai_provider: "local:video",
    modality: "video",
    status,
    attempts: 1,
    model: null,
    performed_by: null,
    started_at: null,
    completed_at: null,
    cost: null,
    cost_basis: "free",
    error: null,
    reused_from: null,
    saved_usd: null,
    waiting_reason: null,
    decide_by: null,
    repaired: false,
    items_total: null,
    items_done: null,
    items_failed: null,
    items: null,
  };
}

async function shown(language: "fr" | "en", fractions: Record<number, number>, ...steps: StepData[]) {
  const texts = createInstance();
  await texts.use(initReactI18next).init({
    lng: language,
    resources: { fr: { translation: fr }, en: { translation: en } },
  });
  const execution: Pick<Execution, "current_step" | "total_steps" | "steps_data"> = {
    current_step: 1,
    total_steps: steps.length,
    steps_data: steps,
  };
  const html = renderToStaticMarkup(
    <I18nextProvider i18n={texts}>
      <RunProgress execution={execution} output={{ texts: {}, fractions }} />
    </I18nextProvider>,
  );
  return { html, announced: /<output[^>]*>(.*)<\/output>/.exec(html)?.[1] ?? "" };
}

describe("RunProgress", () => {
  test.each([
    ["fr", "42\u202F%"],
    ["en", "42%"],
  ] as const)("writes beside the bar how far a step is, in %s", async (language, percent) => {
    const { html, announced } = await shown(language, { 1: 0.42 }, step(1, "running"), step(2, "pending"));
    expect(html).toContain(`>${percent}<`);
    // What is read aloud at every change holds no figure that changes all the time.
    expect(announced).toContain("step1");
    expect(announced).not.toContain("%");
  });

  test("names the steps where several are at work", async () => {
    const { html } = await shown("en", { 1: 0.42, 2: 0.1 }, step(1, "running"), step(2, "running"));
    expect(html).toContain(">step1 42%<");
    expect(html).toContain(">step2 10%<");
  });

  test("writes no figure for a step that says none, or has ended", async () => {
    const { html } = await shown("en", { 1: 0.42 }, step(1, "completed"), step(2, "running"));
    expect(html).not.toMatch(/\d%/);
  });
});
