import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openHttpRig, type HttpRig } from "../../test/support/http-rig.ts";
import { costReportSchema, type CostReport } from "./cost-schemas.ts";
import { today } from "./today.ts";

const KEYS = { openai: "sk-test" };
const TEXT = { step_number: 1, ai_provider: "openai:gpt-6.2-sol", prompt: "A poem on {topic}" };
const IMAGE = { step_number: 2, ai_provider: "openai:gpt-image-2", prompt: "Picture: {step1_output}" };

let rig: HttpRig;

beforeEach(async () => {
  rig = await openHttpRig({ keys: KEYS });
});

afterEach(() => rig.close());

async function report(query: string): Promise<CostReport> {
  const response = await rig.send("GET", `/api/combinations/costs${query}`, undefined, {
    "Accept-Language": "en",
  });
  expect(response.status).toBe(200);
  return costReportSchema.parse(await response.json());
}

async function csv(query = ""): Promise<string[]> {
  const response = await rig.send("GET", `/api/combinations/costs.csv${query}`);
  expect(response.headers.get("Content-Type")).toBe("text/csv; charset=utf-8");
  const bytes = Buffer.from(await response.arrayBuffer());
  return bytes.toString("utf8").split("\r\n");
}

async function run(body: Record<string, unknown>, status: "completed" | "failed" = "completed") {
  return await rig.waitFor(await rig.execute({ initial_input: "bees", ...body }), status);
}

describe("GET /costs", () => {
  test("is empty before anything was called, and rehearsals leave it so", async () => {
    await run({ steps: [TEXT], mode: "rehearsal" });
    const { totals, rows, from, to } = await report("");
    expect({ from, to }).toEqual({ from: `${today().slice(0, 8)}01`, to: today() });
    expect(rows).toEqual([]);
    expect(totals).toEqual({
      calls: 0,
      charged: 0,
      is_floor: false,
      unknown_calls: 0,
      failed_calls: 0,
      failed_billed: { calls: 0, charged: 0 },
      unused: { calls: 0, charged: 0 },
      in_doubt: { calls: 0, up_to: 0 },
      reused: { steps: 0, saved: 0 },
    });
  });

  test("tells models, providers, media and workflows apart, the dearest first", async () => {
    await run({ steps: [TEXT, IMAGE] });
    await run({ steps: [TEXT] });
    const response = await rig.send("POST", "/api/combinations/workflows", {
      name: "Mine",
      steps: [IMAGE_ALONE],
    });
    const { id }: { id: number } = JSON.parse(await response.text());
    await run({ workflow_id: id });
    await rig.send("DELETE", `/api/combinations/workflows/${id}`);

    const shown = async (by: string) =>
      (await report(`?by=${by}`)).rows.map(({ key, label, charged, calls }) => [key, label, charged, calls]);
    expect(await shown("model")).toEqual([
      ["openai:gpt-6.2-sol", "openai:gpt-6.2-sol", 0.04, 2],
      ["openai:gpt-image-2", "openai:gpt-image-2", 0.04, 2],
    ]);
    expect(await shown("provider")).toEqual([["openai", "OpenAI", 0.08, 4]]);
    expect(await shown("modality")).toEqual([
      ["image", "image", 0.04, 2],
      ["text", "text", 0.04, 2],
    ]);
    expect(await shown("workflow")).toEqual([
      ["", null, 0.06, 3],
      [String(id), "Mine", 0.02, 1],
    ]);
    const { rows, totals } = await report("?by=day&split=modality");
    expect(totals).toMatchObject({ charged: 0.08, calls: 4 });
    expect(rows).toMatchObject([
      {
        key: today(),
        parts: [
          { key: "image", charged: 0.04 },
          { key: "text", charged: 0.04 },
        ],
      },
    ]);
  });

  test("agrees with the counters for Prometheus", async () => {
    await run({ steps: [TEXT, IMAGE] });
    await run({ steps: [TEXT], mode: "rehearsal" });
    const metrics = await (await rig.send("GET", "/metrics")).text();
    expect(metrics).toMatch(/^relais_executions\{status="completed"\} 2$/m);
    expect(metrics).toMatch(/^relais_attempts\{status="succeeded"\} 2$/m);
  });

  test("says unknown where nothing is known, and that an amount is a floor where a part is not", async () => {
    const { id } = await run({ steps: [TEXT, IMAGE] });
    await rig.db
      .updateTable("attempts")
      .set({ cost_nano_usd: null, cost_basis: "unknown" })
      .where("execution_id", "=", id)
      .where("step_number", "=", 1)
      .execute();
    const { totals, rows } = await report("?by=model");
    expect(totals).toMatchObject({ charged: 0.02, is_floor: true, unknown_calls: 1 });
    expect(rows[1]).toMatchObject({ key: "openai:gpt-6.2-sol", charged: null, is_floor: true });
  });

  test.each([
    "?from=yesterday",
    "?to=2026-02-30",
    "?from=2026-03-02&to=2026-03-01",
    "?by=colour",
    "?split=x",
  ])("refuses %s", async (query) => {
    for (const address of query.startsWith("?by") || query.startsWith("?split")
      ? ["costs"]
      : ["costs", "costs.csv"]) {
      const response = await rig.send("GET", `/api/combinations/${address}${query}`);
      expect(response.status).toBe(422);
    }
  });
});

const IMAGE_ALONE = { ...IMAGE, step_number: 1, prompt: "Picture: {topic}" };

describe("GET /costs.csv", () => {
  test("has a line for each paid call, in exact decimals", async () => {
    const { id } = await run({ steps: [TEXT], title: "Bees" });
    await run({ steps: [TEXT], mode: "rehearsal" });
    const [head, first, end, ...more] = await csv();
    expect(head).toBe(
      "\uFEFFtime,execution_id,title,workflow_id,template_id,step_number,item,call_number,provider,model,status,unused,reserved_usd,charged_usd,cost_basis",
    );
    expect(first).toMatch(
      new RegExp(
        `^${today()}T[\\d:.]+Z,${id},Bees,,,1,,1,openai,openai:gpt-6.2-sol,succeeded,0,0.02,0.02,metered$`,
      ),
    );
    expect([end, more]).toEqual(["", []]);
  });

  test.each([
    ['=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
    ["+1", "'+1"],
    ["-1", "'-1"],
    ["@SUM(1)", "'@SUM(1)"],
    ["a, b", '"a, b"'],
  ])("never lets a spreadsheet carry out the title %j", async (title, cell) => {
    await run({ steps: [TEXT], title });
    const [, first = ""] = await csv();
    expect(first.split(/,1?,?,?,1,,1,openai/)[0]).toContain(cell);
  });

  test("leaves what is unknown empty", async () => {
    const { id } = await run({ steps: [TEXT] });
    await rig.db
      .updateTable("attempts")
      .set({ status: "in_doubt", cost_nano_usd: null, cost_basis: "unknown", reserved_basis: "unknown" })
      .where("execution_id", "=", id)
      .execute();
    const [, first] = await csv();
    expect(first).toMatch(/,in_doubt,0,,,unknown$/);
  });

  test("gives nothing of another period, and all of a long one", async () => {
    const { id } = await run({ steps: [TEXT] });
    const attempt = await rig.db
      .selectFrom("attempts")
      .selectAll()
      .where("execution_id", "=", id)
      .executeTakeFirstOrThrow();
    const many = Array.from({ length: 2_500 }, (_, index) => ({
      ...attempt,
      id: `copy-${index}`,
      number: index + 2,
    }));
    for (let start = 0; start < many.length; start += 500) {
      await rig.db
        .insertInto("attempts")
        .values(many.slice(start, start + 500))
        .execute();
    }
    const lines = await csv();
    expect(new Set(lines).size).toBe(2_503);
    expect(await csv("?from=2020-01-01&to=2020-01-31")).toHaveLength(2);
  });
});

describe("the costs of an execution", () => {
  test("hold what was expected against what was charged, step by step", async () => {
    const { costs } = await run({ steps: [TEXT, IMAGE] });
    expect(costs).toMatchObject({ calls: 2, charged: 0.04, cost_basis: "metered" });
    const [text, image] = costs.steps;
    expect(text).toMatchObject({
      step_number: 1,
      calls: 1,
      charged: 0.02,
      estimate: { certainty: "assumed" },
    });
    expect(image).toMatchObject({ step_number: 2, calls: 1, charged: 0.02 });
    const likely = (text?.estimate?.likely ?? 0) + (image?.estimate?.likely ?? 0);
    expect(costs.estimate?.likely).toBeCloseTo(likely, 9);
    expect(costs.estimate?.high).toBeGreaterThanOrEqual(costs.estimate?.likely ?? Infinity);
    expect(text?.estimate?.likely).toBeGreaterThan(0);
  });

  test("expect nothing of a rehearsal", async () => {
    const { costs } = await run({ steps: [TEXT], mode: "rehearsal" });
    expect(costs).toMatchObject({ estimate: null, calls: 1, charged: 0, cost_basis: "free" });
  });

  test("show calls that failed and were billed, that nobody used, and that may have been billed", async () => {
    const { id } = await run({ steps: [TEXT] });
    const attempt = await rig.db.selectFrom("attempts").selectAll().executeTakeFirstOrThrow();
    const others = [
      { status: "failed" as const, cost_nano_usd: 5_000_000, cost_basis: "reported" as const },
      { status: "failed" as const, cost_nano_usd: 0, cost_basis: "free" as const },
      {
        status: "succeeded" as const,
        cost_nano_usd: 7_000_000,
        cost_basis: "metered" as const,
        is_unused: 1,
      },
      { status: "in_doubt" as const, cost_nano_usd: null, cost_basis: "unknown" as const },
      { status: "released" as const, cost_nano_usd: null, cost_basis: null },
    ];
    await rig.db
      .insertInto("attempts")
      .values(
        others.map((other, index) =>
          Object.assign({}, attempt, other, { id: `other-${index}`, number: index + 2 }),
        ),
      )
      .execute();
    const response = await rig.send("GET", `/api/combinations/executions/${id}`);
    const { costs }: { costs: unknown } = JSON.parse(await response.text());
    expect(costs).toMatchObject({
      calls: 5,
      charged: 0.032,
      cost_basis: "unknown",
      failed_billed: { calls: 1, charged: 0.005 },
      unused: { calls: 1, charged: 0.007 },
      in_doubt: { calls: 1, up_to: 0.02 },
    });
  });

  test("say what results that were taken over saved, here and in the report", async () => {
    const { id } = await run({ steps: [TEXT, IMAGE] });
    const response = await rig.send("POST", `/api/combinations/executions/${id}/rerun`, { from_step: 2 });
    const { execution_id: again }: { execution_id: number } = JSON.parse(await response.text());
    const { costs } = await rig.waitFor(again, "completed");
    expect(costs).toMatchObject({ calls: 1, charged: 0.02, reused: { steps: 1, saved: 0.02 } });
    const [text, image] = costs.steps;
    expect(text).toMatchObject({ calls: 0, charged: 0, estimate: null, reused: { steps: 1, saved: 0.02 } });
    expect(image).toMatchObject({ calls: 1, charged: 0.02, reused: { steps: 0, saved: null } });
    expect(image?.estimate?.likely).toBe(costs.estimate?.likely);
    const { totals } = await report("");
    expect(totals).toMatchObject({ calls: 3, charged: 0.06, reused: { steps: 1, saved: 0.02 } });
  });

  test("say that a price is unknown, and are never 0 then", async () => {
    const steps = [{ ...TEXT, ai_provider: "openai:gpt-99" }];
    const { costs } = await run({ steps, unpriced: "allow" });
    expect(costs.steps[0]?.estimate).toEqual({ likely: null, low: 0, high: null, certainty: "unknown" });
  });
});
