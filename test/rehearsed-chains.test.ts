import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listStepRuns } from "../src/db/step-run-store.ts";
import { loadPriceList } from "../src/pricing/price-list.ts";
import { createLocalProvider } from "../src/providers/local/local.ts";
import { createRegistry } from "../src/providers/registry.ts";
import { createStepPort } from "../src/steps/step-port.ts";
import { stepSchema, type StepDraft } from "../src/workflow/definition.ts";
import { findTemplate, localizeTemplate } from "../src/workflow/templates.ts";
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
    const spokenWords = voice?.output?.files[0]?.words?.map(({ word }) => word) ?? [];
    expect(spokenWords.length).toBeGreaterThan(3);
    expect(scenes).toContain(spokenWords.slice(0, 3).join(" "));
    expect(summary?.output?.json).toEqual({ a: 1 });
  });

  test("puts the sound of the film template under its clip, whose picture stays as it is", async () => {
    const template = findTemplate("video-runway");
    if (!template) throw new Error("there is no such template");
    const runs = await rehearse(...localizeTemplate(template, "en").steps);
    const [clip, , film] = runs.slice(2).map(({ output }) => output?.files[0]);
    expect(film).toMatchObject({ mediaType: "video/mp4", name: "the tides.mp4" });
    expect(film).toMatchObject({ width: clip?.width, height: clip?.height });
    const { durationSeconds = 0 } = film ?? {};
    expect(Math.abs(durationSeconds - (clip?.durationSeconds ?? 0))).toBeLessThan(0.1);
    expect(runs[4]).toMatchObject({ performedBy: "local", costBasis: "free" });
  });

  test("captions what was spoken item by item, one after the other, at the times of the voice", async () => {
    const lines = ["The tide comes in.", "And then, slowly, it goes out again!"];
    const drafts = [
      { ai_provider: "openai-tts", prompt: "{item}", for_each: { in: "{topic}" } },
      { ai_provider: "captions", prompt: "Tides", parameters: { speech: "{step1_output}" } },
    ];
    const steps = drafts.map((draft, index) => stepSchema.parse({ step_number: index + 1, ...draft }));
    const initialInput = lines.join("\n");
    const id = await rig.engine.create(newExecution(steps, { mode: "rehearsal", initialInput }));
    await rig.waitFor(id, ["completed", "failed"]);
    const runs = await listStepRuns(rig.db, id);
    const [first, second] = runs.filter(({ stepNumber, item }) => stepNumber === 1 && item >= 0);
    const captions = runs.find(({ stepNumber }) => stepNumber === 2);
    expect(first?.output?.files).toMatchObject([
      { spokenText: lines[0], words: [{ word: "The" }, { word: "tide" }, {}, {}] },
    ]);
    // Once with its file, and nowhere else in the row.
    expect(first?.output).not.toHaveProperty("words");
    expect(captions).toMatchObject({ status: "completed", performedBy: "local", costBasis: "free" });
    expect(captions?.output).toMatchObject({
      medium: "document",
      json: { word_times: "voice", words: 11 },
      files: [
        { name: "Tides.srt", mediaType: "application/x-subrip" },
        { name: "Tides.vtt", mediaType: "text/vtt" },
      ],
    });
    const [subtitles] = captions?.output?.files ?? [];
    const srt = new TextDecoder().decode(await rig.read(subtitles?.hash ?? ""));
    const offset = first?.output?.files[0]?.durationSeconds ?? 0;
    const start = offset + (second?.output?.files[0]?.words?.[0]?.start ?? 0);
    const clock = new Date(start * 1_000).toISOString().slice(11, 23).replace(".", ",");
    expect(srt).toContain(`2\n${clock} --> `);
    expect(srt).toContain("And then, slowly, it goes out again!");
  });
});
