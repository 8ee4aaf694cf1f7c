import { describe, expect, test } from "vitest";
import type { ModelInfo } from "../workflow/models.ts";
import { estimateStep, sumEstimates, type StepToEstimate } from "./estimate.ts";
import { loadPriceList } from "./price-list.ts";

const list = loadPriceList();

function step(
  id: string,
  modality: ModelInfo["modality"],
  change: Partial<StepToEstimate> = {},
): StepToEstimate {
  const label = { fr: "", en: "" };
  return {
    model: {
      id,
      provider: id.split(":")[0] ?? "",
      modality,
      takes: [],
      parameters:
        modality === "text"
          ? { max_output_tokens: { type: "integer", min: 16, max: 9_999, default: 4_096, label } }
          : {},
      status: "live",
      shutdown_date: null,
      replacement: null,
      typical_seconds: [5, 20],
    },
    prompt: "",
    usesPreviousOutput: false,
    parameters: {},
    day: "2026-11-22",
    ...change,
  };
}

describe("estimateStep", () => {
  test("takes a page for a text: 100 / 4 x $2.50 + 1,000 x $10, per million", () => {
    const estimate = estimateStep(list, step("openai:gpt-6.2-sol", "text", { prompt: "x".repeat(100) }));
    expect(estimate).toEqual({
      likelyNanoUsd: 25 * 2_500 + 1_000 * 10_000,
      lowNanoUsd: 25 * 2_500 + 300 * 10_000,
      highNanoUsd: 600 * 2_500 + 4_096 * 10_000,
      basis: "estimated",
      secondsLow: 5,
      secondsHigh: 20,
    });
  });

  test("takes a page for what a voice reads: 2,800 x $0.10 per thousand", () => {
    const likely = 280_000_000;
    const read = step("elevenlabs:eleven_multilingual_v2", "speech", { prompt: "{step1_output}" });
    expect(estimateStep(list, read).likelyNanoUsd).toBe(likely);
    const instructed = { ...read, prompt: "Warm and slow.", usesPreviousOutput: true };
    expect(estimateStep(list, instructed).likelyNanoUsd).toBe(likely);
  });

  test("says unknown where no price is known", () => {
    const estimate = estimateStep(list, step("suno:gateway", "music"));
    expect(estimate).toMatchObject({ likelyNanoUsd: null, lowNanoUsd: 0, basis: "unknown" });
  });

  test("is free for local models", () => {
    expect(estimateStep(list, step("local:text", "text"))).toMatchObject({ likelyNanoUsd: 0, basis: "free" });
  });
});

describe("sumEstimates", () => {
  const picture = estimateStep(list, step("black-forest-labs:flux-pro-1.1", "image"));
  const free = estimateStep(list, step("local:text", "text"));

  test("adds amounts up and keeps the weakest basis", () => {
    const sum = sumEstimates([
      { estimate: picture, links: { stepNumber: 1, dependsOn: [] } },
      { estimate: picture, links: { stepNumber: 2, dependsOn: [1] } },
      { estimate: free, links: { stepNumber: 3, dependsOn: [2] } },
    ]);
    expect(sum).toEqual({
      likelyNanoUsd: 80_000_000,
      lowNanoUsd: 80_000_000,
      highNanoUsd: 80_000_000,
      basis: "estimated",
      secondsLow: 15,
      secondsHigh: 60,
    });
  });

  test("counts the time of steps that run side by side once", () => {
    const sum = sumEstimates([
      { estimate: picture, links: { stepNumber: 1, dependsOn: [] } },
      { estimate: picture, links: { stepNumber: 2, dependsOn: [1] } },
      { estimate: { ...picture, secondsHigh: 50 }, links: { stepNumber: 3, dependsOn: [1] } },
    ]);
    expect(sum).toMatchObject({ secondsLow: 10, secondsHigh: 70, likelyNanoUsd: 120_000_000 });
  });

  test("does not know the sum where it does not know a part", () => {
    const unknown = estimateStep(list, step("suno:gateway", "music"));
    const sum = sumEstimates([
      { estimate: picture, links: { stepNumber: 1, dependsOn: [] } },
      { estimate: unknown, links: { stepNumber: 2, dependsOn: [] } },
    ]);
    expect(sum).toMatchObject({ likelyNanoUsd: null, lowNanoUsd: 40_000_000, basis: "unknown" });
  });
});
