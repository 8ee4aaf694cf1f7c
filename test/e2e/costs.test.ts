import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Execution } from "../../src/http/schemas.ts";
import { formatCost, formatMoney } from "../../web/src/format.ts";
import { filled } from "../support/browser.ts";
import { useStage } from "./stage.ts";
import { startVendors, type Vendors } from "./vendors.ts";

let vendors: Vendors;
const stage = useStage(async () => {
  vendors = await startVendors("# Le titre\n\nLe texte.\n");
  return vendors.env;
});
const COSTS = "/combinations/costs";
let paid: Execution;

beforeAll(async () => {
  const body = { template_id: "creation-contenu", initial_input: "Les abeilles" };
  await stage.finished(await stage.execute({ ...body, mode: "rehearsal" }));
  const screen = await stage.open({ path: COSTS });
  await screen.text(screen.texts.costs.emptyTitle).waitFor();
  paid = await stage.finished(await stage.execute(body));
});
beforeEach(() => {
  vendors.openai.play("success");
});
afterAll(() => vendors.stop());

describe.each(["desktop", "phone"] as const)("the spending on a %s", (size) => {
  test("says what was charged, on what, and nothing of rehearsals", async () => {
    const screen = await stage.open({ path: "/combinations", size });
    await screen.link(screen.texts.nav.costs).click();
    const { costs } = screen.texts;
    await screen
      .region(costs.total)
      .getByText(filled(costs.callCount_other, { count: 3 }))
      .waitFor();
    const amount = formatCost(paid.total_cost, "metered", "fr");
    expect(await screen.region(costs.total).innerText()).toContain(amount);
    for (const table of [costs.by.workflow, costs.by.provider, costs.by.model]) {
      await screen.region(table).getByRole("row").nth(1).waitFor();
    }
    expect(await screen.region(costs.by.workflow).innerText()).toContain("Création de Contenu");
    const models = await screen.region(costs.by.model).innerText();
    for (const { performed_by, cost } of paid.results) {
      expect(models).toContain(performed_by);
      expect(models).toContain(formatMoney(cost, "fr"));
    }
    const chart = screen.page.getByRole("table", { name: costs.byDay });
    expect(await chart.getByRole("row").count()).toBe(1);
    expect(await chart.innerText()).toContain(amount);
  });

  test("shows another period, empty where nothing was paid", async () => {
    const screen = await stage.open({ path: COSTS, size });
    const { costs } = screen.texts;
    await screen.field(costs.period).selectOption(costs.periods.other);
    await screen.field(costs.to).fill("2025-01-31");
    await screen.text(costs.emptyTitle).waitFor();
    await screen.field(costs.period).selectOption(costs.periods.months12);
    await screen.region(costs.total).waitFor();
    expect(await screen.text(costs.emptyTitle).count()).toBe(0);
  });
});

describe("the spending", () => {
  test("is taken away as CSV, a line for each paid call", async () => {
    const screen = await stage.open({ path: COSTS });
    const download = screen.page.waitForEvent("download");
    await screen.link(screen.texts.costs.csv).click();
    const lines = (await readFile(await (await download).path(), "utf8")).trim().split("\r\n");
    expect(lines).toHaveLength(4);
    expect(lines.slice(1).every((line) => line.includes(",Création de Contenu,"))).toBe(true);
  });

  test("stands on its execution too, beside what was estimated", async () => {
    const screen = await stage.open({ path: `/combinations/executions/${paid.id}` });
    const { costs } = screen.texts.execution;
    const table = screen.page.getByRole("table");
    await screen.text(costs.title).click();
    await table.waitFor();
    const rows = await table.getByRole("row").allInnerTexts();
    expect(rows).toHaveLength(5);
    for (const [index, step] of paid.costs.steps.entries()) {
      expect(rows[index + 1]).toContain(formatCost(step.charged, step.cost_basis, "fr"));
      expect(rows[index + 1]).toContain(formatMoney(step.estimate?.likely ?? null, "fr"));
    }
  });
});
