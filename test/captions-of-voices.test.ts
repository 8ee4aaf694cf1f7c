import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listStepRuns } from "../src/db/step-run-store.ts";
import { createOutbound, type Outbound } from "../src/net/outbound.ts";
import { loadPriceList } from "../src/pricing/price-list.ts";
import { createElevenlabsProvider } from "../src/providers/elevenlabs.ts";
import { createLocalProvider } from "../src/providers/local/local.ts";
import { createOpenaiProvider } from "../src/providers/openai.ts";
import { createRegistry } from "../src/providers/registry.ts";
import { createStepPort } from "../src/steps/step-port.ts";
import { stepSchema, type StepDraft } from "../src/workflow/definition.ts";
import { newExecution, startEngine, type EngineRig } from "./support/engine-rig.ts";
import { FAKE_ELEVENLABS_KEY, startFakeElevenlabs } from "./support/fake-elevenlabs.ts";
import { FAKE_OPENAI_KEY, startFakeOpenai } from "./support/fake-openai.ts";
import type { FakeServer } from "./support/fake-server.ts";

let elevenlabs: FakeServer;
let openai: FakeServer;
let outbound: Outbound;
let rig: EngineRig;

beforeEach(async () => {
  elevenlabs = await startFakeElevenlabs();
  openai = await startFakeOpenai();
  outbound = createOutbound({ trustedOrigins: [elevenlabs.url, openai.url] });
  const registry = createRegistry({
    providers: [createLocalProvider(), createElevenlabsProvider(outbound), createOpenaiProvider(outbound)],
    config: {
      elevenlabs: { apiKey: FAKE_ELEVENLABS_KEY, baseUrl: elevenlabs.url },
      openai: { apiKey: FAKE_OPENAI_KEY, baseUrl: `${openai.url}/v1` },
    },
  });
  const steps = createStepPort({ registry, prices: loadPriceList() });
  rig = await startEngine({ steps, catalogue: registry });
});

afterEach(async () => {
  await rig.stop();
  await outbound.close();
  await Promise.all([elevenlabs.stop(), openai.stop()]);
});

async function run(...drafts: Omit<StepDraft, "step_number">[]) {
  const steps = drafts.map((draft, index) => stepSchema.parse({ step_number: index + 1, ...draft }));
  const id = await rig.engine.create(newExecution(steps));
  await rig.waitFor(id, ["completed", "failed", "waiting"]);
  const runs = await listStepRuns(rig.db, id);
  expect(runs.map(({ status, error }) => error ?? status)).toEqual(runs.map(() => "completed"));
  const outputs = runs.map(({ output }) => output);
  const vtt = outputs.at(-1)?.files.find(({ mediaType }) => mediaType === "text/vtt");
  return { runs, captions: outputs.at(-1), vtt: new TextDecoder().decode(await rig.read(vtt?.hash ?? "")) };
}

describe("captions", () => {
  test("take the voice's own times, for one paid call", async () => {
    const { runs, captions, vtt } = await run(
      { ai_provider: "elevenlabs", prompt: "**La mer** est calme ce soir !" },
      { ai_provider: "captions", prompt: "La mer", parameters: { speech: "{step1_output}" } },
    );
    expect(captions?.json).toMatchObject({ word_times: "voice", words: 6 });
    expect(vtt).toContain("La mer est calme ce soir\u00A0!");
    expect(runs[1]).toMatchObject({ costNanoUsd: 0, costBasis: "free" });
    expect(elevenlabs.paidCalls).toBe(1);
    const [sound] = runs[0]?.output?.files ?? [];
    expect(sound).toMatchObject({ spokenText: "La mer est calme ce soir !" });
    // The fake takes a fifteenth of a second for each character.
    expect(sound?.words?.[1]).toEqual({ word: "mer", start: 3 / 15, end: 6 / 15 });
  });

  test("take the times of a transcript where the voice has none, and the text that was spoken", async () => {
    const { captions, vtt } = await run(
      { ai_provider: "openai:tts-1", prompt: "The title, twice." },
      { ai_provider: "openai:whisper-1", prompt: "Write it down", use_previous_output: true },
      {
        ai_provider: "captions",
        prompt: "Title",
        parameters: { speech: "{step1_output}", transcript: "{step2_output}" },
      },
    );
    expect(captions?.json).toMatchObject({ word_times: "transcript", words: 3 });
    // The transcript heard “The title.”, from a tenth of a second on.
    expect(vtt).toContain("00:00:00.100 --> ");
    expect(vtt).toContain("The title, twice.");
    expect(openai.paidCalls).toBe(2);
  });
});
