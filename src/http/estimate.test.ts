import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openHttpRig, type HttpRig } from "../../test/support/http-rig.ts";
import { estimateSchema, type Estimate } from "./schemas.ts";

let rig: HttpRig;

beforeEach(async () => {
  rig = await openHttpRig();
});

afterEach(() => rig.close());

async function estimate(body: object): Promise<Estimate> {
  const answer = await rig.send("POST", "/api/combinations/estimate", body);
  expect(answer.status).toBe(200);
  return estimateSchema.parse(await answer.json());
}

const WRITE = { step_number: 1, ai_provider: "gpt-4", prompt: "In 200 words, on {topic}" };
const DRAW = { step_number: 2, ai_provider: "black-forest-labs:flux-pro-1.1", prompt: "The sea" };

describe("POST /estimate", () => {
  test("says per step what a live run costs and how sure that is, and stores and sends nothing", async () => {
    const before = await rig.countRows();
    const { steps, ...total } = await estimate({ steps: [WRITE, DRAW], initial_input: "The sea" });
    expect(steps).toMatchObject([
      { step_number: 1, certainty: "assumed", assumes: ["answer_length"], past_runs: 0 },
      { step_number: 2, certainty: "exact", assumes: [], estimated_cost: 0.04 },
    ]);
    const [text, picture] = steps;
    expect(total.estimated_cost).toBeCloseTo((text?.estimated_cost ?? 0) + (picture?.estimated_cost ?? 0), 9);
    expect(total.estimated_cost_high).toBeGreaterThan(total.estimated_cost ?? Infinity);
    expect(total.missing_settings).toEqual(["OPENAI_API_KEY", "BFL_API_KEY"]);
    expect(await rig.countRows()).toEqual(before);
  });

  test("counts a topic that is given as it is, and assumes one that is not", async () => {
    const given = await estimate({ steps: [WRITE], initial_input: "x".repeat(4_000) });
    const open = await estimate({ steps: [WRITE] });
    expect(given.steps[0]?.assumes).not.toContain("topic_length");
    expect(open.steps[0]?.assumes).toContain("topic_length");
    // 4,000 characters are 1,000 tokens at $2.50 a million; 60 assumed ones are next to nothing.
    const difference = (given.estimated_cost ?? 0) - (open.estimated_cost ?? 0);
    expect(difference).toBeCloseTo((985 * 2.5) / 1_000_000, 5);
  });

  test("prices steps that refer to inputs which are given with them, and no others", async () => {
    const steps = [{ ...WRITE, prompt: "In a {tone} tone, on {topic}" }];
    const given = await estimate({ steps, inputs: { tone: "calm", unused: 1 } });
    expect(given.steps).toMatchObject([{ certainty: "assumed" }]);
    const answer = await rig.send("POST", "/api/combinations/estimate", { steps });
    expect(answer.status).toBe(422);
  });

  test("counts one correction of an answer with a schema in the high end alone, and says so", async () => {
    const output_schema = { type: "object" };
    const [plain, checked] = [
      await estimate({ steps: [WRITE], initial_input: "The sea" }),
      await estimate({ steps: [{ ...WRITE, output_schema }], initial_input: "The sea" }),
    ];
    expect(checked.steps[0]?.assumes).toEqual(["answer_length", "correction"]);
    expect(checked.estimated_cost_high).toBeGreaterThan(2 * (plain.estimated_cost_high ?? Infinity));
    // The schema itself goes in, and that is next to nothing.
    expect(checked.estimated_cost).toBeCloseTo(plain.estimated_cost ?? Infinity, 3);
  });

  test("hands what one step writes on to the next", async () => {
    const speak = { step_number: 2, ai_provider: "elevenlabs", prompt: "{step1_output}" };
    const { steps } = await estimate({ steps: [WRITE, speak], initial_input: "The sea" });
    // 200 words are 1,200 characters at $0.10 a thousand.
    expect(steps[1]).toMatchObject({ estimated_cost: 0.12, assumes: ["input_length"] });
  });

  test("multiplies by the items of a list: those that are given, or those that it has to assume", async () => {
    const draw = { ...DRAW, step_number: 1, prompt: "{item}", for_each: { in: "{topic}", max_parallel: 2 } };
    const given = await estimate({ steps: [draw], initial_input: "a\nb\nc" });
    expect(given.steps[0]).toMatchObject({ items: 3, assumes: [], certainty: "exact", estimated_cost: 0.12 });
    const open = await estimate({ steps: [draw] });
    expect(open.steps[0]).toMatchObject({ items: 5, assumes: ["item_count"], certainty: "assumed" });
    expect(open.estimated_cost).toBeCloseTo(0.2, 9);
    expect(open.estimated_cost_low).toBeCloseTo(0.04, 9);
    expect(open.estimated_cost_high).toBeCloseTo(0.8, 9);
    expect(open.estimated_seconds_high).toBe(3 * (given.estimated_seconds_high / 2));
  });

  test("counts the items that a schema allows, and that the step before has", async () => {
    const scenes = { type: "array", items: { type: "string" }, minItems: 8, maxItems: 12 };
    const write = { ...WRITE, output_schema: { type: "object", properties: { scenes } } };
    const draw = { ...DRAW, prompt: "{item}", for_each: { in: "{step1_output.scenes}" } };
    const again = { ...draw, step_number: 3, for_each: { in: "{step2_output}" }, prompt: "{index}" };
    const { steps } = await estimate({ steps: [write, draw, again] });
    expect(steps.slice(1)).toMatchObject([
      { items: 8, estimated_cost: 0.32, estimated_cost_high: 0.48 },
      { items: 8, estimated_cost: 0.32 },
    ]);
  });

  test("takes the number of items from past live runs", async () => {
    const draw = { ...DRAW, step_number: 1, prompt: "{item}", for_each: { in: "{topic}" } };
    const saved = await rig.send("POST", "/api/combinations/workflows", { name: "Draw", steps: [draw] });
    const { id: workflow_id }: { id: number } = JSON.parse(await saved.text());
    for (const initial_input of ["a", "a\nb\nc\nd\ne\nf\ng", "a\nb\nc"]) {
      const id = await rig.execute({ workflow_id, initial_input, mode: "rehearsal" });
      await rig.waitFor(id, "completed");
    }
    expect((await estimate({ workflow_id })).steps[0]?.items).toBe(5);
    await rig.db.updateTable("workflow_executions").set({ mode: "live" }).execute();
    expect((await estimate({ workflow_id })).steps[0]).toMatchObject({ items: 3, assumes: ["item_count"] });
  });

  test("says a floor where a price is unknown, never zero for the whole", async () => {
    const unknown = { step_number: 2, ai_provider: "suno:V5", prompt: "A song" };
    const { steps, ...total } = await estimate({ steps: [WRITE, unknown] });
    expect(steps[1]).toMatchObject({ estimated_cost: null, estimated_cost_high: null, certainty: "unknown" });
    expect(total).toMatchObject({ estimated_cost: null, estimated_cost_high: null, cost_basis: "unknown" });
    expect(total.estimated_cost_low).toBeGreaterThan(0);
  });

  test("estimates a template by its id", async () => {
    const { steps } = await estimate({ template_id: "creation-contenu" });
    expect(steps.map(({ step_number: number }) => number)).toEqual([1, 2, 3]);
  });

  test.each([
    [{}, 422],
    [{ steps: [{ ...WRITE, prompt: "{nothing}" }] }, 422],
    [{ template_id: "nothing" }, 404],
    [{ workflow_id: 999 }, 404],
    [{ steps: [WRITE], cap_usd: 1 }, 422],
  ])("refuses %j with %i", async (body, status) => {
    expect((await rig.send("POST", "/api/combinations/estimate", body)).status).toBe(status);
  });
});
