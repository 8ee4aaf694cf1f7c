import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listStepRuns } from "../src/db/step-run-store.ts";
import { loadPriceList } from "../src/pricing/price-list.ts";
import { createLocalProvider } from "../src/providers/local/local.ts";
import { createRegistry } from "../src/providers/registry.ts";
import { createStepPort } from "../src/steps/step-port.ts";
import { stepSchema, type StepDraft } from "../src/workflow/definition.ts";
import { newExecution, startEngine, type EngineRig } from "./support/engine-rig.ts";

let rig: EngineRig;

beforeEach(async () => {
  const registry = createRegistry({
    providers: [createLocalProvider({ textCharactersPerSecond: Number.POSITIVE_INFINITY })],
    config: {},
  });
  const steps = createStepPort({ registry, prices: loadPriceList() });
  rig = await startEngine({ steps, catalogue: registry });
});

afterEach(() => rig.stop());

async function rehearse(...drafts: Omit<StepDraft, "step_number">[]) {
  const steps = drafts.map((draft, index) => stepSchema.parse({ step_number: index + 1, ...draft }));
  const id = await rig.engine.create(newExecution(steps, { mode: "rehearsal", initialInput: "the tides" }));
  const execution = await rig.waitFor(id, ["completed", "failed"]);
  expect(execution).toMatchObject({ status: "completed", totalCostNanoUsd: 0, costBasis: "free" });
  return await listStepRuns(rig.db, id);
}

describe("a rehearsed chain", () => {
  test("transcribes what was spoken before it, over the length of the sound", async () => {
    const [spoken, heard, retold] = await rehearse(
      { ai_provider: "openai-tts", prompt: "The tide comes in twice a day, and goes out twice a day." },
      { ai_provider: "openai:whisper-1", prompt: "Names: {topic}", use_previous_output: true },
      { ai_provider: "gpt-4", prompt: "Retell {step2_output}" },
    );
    const seconds = spoken?.output?.files[0]?.durationSeconds ?? 0;
    expect(seconds).toBeGreaterThan(1);
    expect(heard?.output).toMatchObject({ medium: "text", files: [] });
    expect(heard?.output?.text).toContain("Rehearsal transcript");
    expect(heard?.output?.words?.at(-1)?.end).toBeCloseTo(seconds, 1);
    // What a minute costs, for this part of one.
    expect(heard?.liveCost).toEqual({ nanoUsd: Math.ceil(seconds) * 100_000, basis: "estimated" });
    expect(retold?.status).toBe("completed");
  });

  test("takes parts out of the JSON of a step, and fills them in as they are", async () => {
    const schema = {
      type: "object",
      required: ["title", "scenes"],
      properties: {
        title: { type: "string" },
        scenes: {
          type: "array",
          minItems: 2,
          items: {
            type: "object",
            required: ["narration"],
            properties: { narration: { type: "string" } },
          },
        },
      },
    };
    const [plan, voice, summary] = await rehearse(
      { ai_provider: "claude", prompt: "A film about {topic}", output_schema: schema },
      { ai_provider: "local:speech", prompt: "{step1_output.scenes.1.narration}" },
      {
        ai_provider: "gpt-4",
        prompt: "Sum up {step1_output.title} by {step1_output}",
        output_schema: { type: "object", required: ["a"], properties: { a: { const: 1 } } },
      },
    );
    expect(plan?.output).toMatchObject({
      medium: "json",
      json: { title: expect.any(String), scenes: [{}, { narration: expect.any(String) }, {}] },
    });
    expect(plan?.output).not.toHaveProperty("text");
    const scenes = JSON.stringify(plan?.output?.json);
    const spokenWords = voice?.output?.words?.map(({ word }) => word) ?? [];
    expect(spokenWords.length).toBeGreaterThan(3);
    expect(scenes).toContain(spokenWords.slice(0, 3).join(" "));
    expect(summary?.output?.json).toEqual({ a: 1 });
  });
});
