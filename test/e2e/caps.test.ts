import { afterAll, describe, expect, test } from "vitest";
import { filled, type Screen } from "../support/browser.ts";
import { useStage } from "./stage.ts";
import { startVendors, type Vendors } from "./vendors.ts";

let vendors: Vendors;
const stage = useStage(async () => {
  vendors = await startVendors("# Un titre\n\nUn texte.\n");
  return { ...vendors.env, RELAIS_MONTH_CAP_USD: "40" };
});
afterAll(() => vendors.stop());

const group = (screen: Screen) => screen.page.getByRole("form", { name: screen.texts.caps.all });

describe("spending caps", () => {
  test("are set in the settings, hold an execution, and let it go on when they are taken off", async () => {
    const screen = await stage.open({ path: "/combinations/settings" });
    const { caps, decision, settings } = screen.texts;
    await group(screen).getByText(caps.fromEnvironment).waitFor();
    const day = group(screen).getByLabel(caps.period.day);
    await day.fill("0,0001");
    await group(screen).getByRole("button", { name: screen.texts.actions.save }).click();
    await screen.text(caps.saved).waitFor();

    const id = await stage.execute({
      steps: [
        {
          step_number: 1,
          ai_provider: "gpt-4",
          prompt: "Un poème sur {topic}",
          use_previous_output: false,
          parameters: {},
          output_schema: null,
          for_each: null,
          approval: false,
          retry: { max_attempts: 3 },
          timeout_seconds: 600,
          on_error: "fail",
        },
      ],
      initial_input: "la mer",
    });
    await screen.page.goto(`/combinations/executions/${id}`);
    await screen.text(filled(decision.sharedTitle.day, { number: 1 })).waitFor();
    expect(vendors.openai.calls).toHaveLength(0);
    expect(await screen.accessibilityProblems()).toEqual([]);

    await screen.link(decision.openCaps).click();
    await screen.heading(settings.title).waitFor();
    await group(screen).getByLabel(caps.period.day).fill("");
    await group(screen).getByRole("button", { name: screen.texts.actions.save }).click();
    await screen.text(caps.saved).waitFor();
    const { status, total_cost: cost } = await stage.finished(id);
    expect(status).toBe("completed");
    expect(cost).toBeGreaterThan(0);
    await expect.poll(() => vendors.openai.calls.length).toBe(1);
  });

  test("are given to one combination, which then stands with its name", async () => {
    const screen = await stage.open({ path: "/combinations/settings" });
    const { caps } = screen.texts;
    await screen.page.getByLabel(caps.add).selectOption({ label: "Pack Réseaux Sociaux" });
    const form = screen.page.getByRole("form", { name: "Pack Réseaux Sociaux" });
    await form.getByLabel(caps.period.total).fill("12");
    await form.getByRole("button", { name: screen.texts.actions.save }).click();
    await screen.text(caps.saved).waitFor();
    await screen.page.reload();
    await form.getByText(/12,00/).waitFor();
    expect(await form.getByLabel(caps.period.total).inputValue()).toMatch(/^12/);
  });
});
