import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openHttpRig, type HttpRig } from "../../test/support/http-rig.ts";
import { pastOutputTokens } from "./past-runs.ts";

const MODEL = "openai:gpt-6.2-sol";
const STEPS = [{ stepNumber: 1, model: MODEL }];
const POEM = { step_number: 1, ai_provider: "local:text", prompt: "A poem on {topic}" };

let rig: HttpRig;

beforeEach(async () => {
  rig = await openHttpRig();
});

afterEach(() => rig.close());

/** An execution of a template, and a live call of its first step that took so many tokens. */
async function runOf(
  templateId: string,
  outputTokens: number | null,
  status: "succeeded" | "failed" = "succeeded",
): Promise<void> {
  const id = await rig.execute({ steps: [POEM], initial_input: "x", mode: "rehearsal" });
  await rig.waitFor(id, "completed");
  const usage = outputTokens === null ? null : JSON.stringify({ output_tokens: outputTokens });
  await rig.db
    .updateTable("workflow_executions")
    .set({ template_id: templateId, mode: "live" })
    .where("id", "=", id)
    .execute();
  await rig.db
    .updateTable("attempts")
    .set({ model: MODEL, usage, status })
    .where("execution_id", "=", id)
    .execute();
}

function past(templateId: string) {
  return pastOutputTokens(rig.db, { origin: { workflowId: null, templateId }, steps: STEPS });
}

describe("past runs", () => {
  test("give the median of what answers took, of their own template and model only", async () => {
    for (const tokens of [100, 900, 300]) await runOf("one", tokens);
    await runOf("two", 5_000);
    expect(await past("one")).toEqual(new Map([[1, { count: 3, outputTokens: 300 }]]));
  });

  test("leave out calls that failed or counted nothing", async () => {
    await runOf("one", 800, "failed");
    await runOf("one", null);
    expect(await past("one")).toEqual(new Map());
  });

  test("know nothing of steps that come from nowhere", async () => {
    await runOf("one", 100);
    const origin = { workflowId: null, templateId: null };
    expect(await pastOutputTokens(rig.db, { origin, steps: STEPS })).toEqual(new Map());
  });
});
