import { describe, expect, test } from "vitest";
import type { ModelInfo } from "../workflow/models.ts";
import type { Json } from "../workflow/values.ts";
import { estimateCall, freeEstimate, sumEstimates, type CallToEstimate } from "./estimate.ts";
import { loadPriceList } from "./price-list.ts";

const list = loadPriceList();
const NONE = { low: 0, likely: 0, high: 0 };

function call(
  id: string,
  modality: ModelInfo["modality"],
  change: Partial<CallToEstimate> = {},
  parameters: Record<string, Json> = {},
): CallToEstimate {
  return {
    model: {
      id,
      provider: id.split(":")[0] ?? "",
      modality,
      takes: [],
      parameters: {},
      status: "live",
      shutdown_date: null,
      replacement: null,
      typical_seconds: [5, 20],
    },
    parameters,
    prompt: NONE,
    answerTokens: { low: 300, likely: 1_000 },
    inputSeconds: NONE,
    correction: null,
    day: "2026-11-22",
    ...change,
  };
}

describe("estimateCall", () => {
  test("prices a text by what goes in and comes out: 25 x $2.50 + 1,000 x $10, per million", () => {
    const prompt = { low: 100, likely: 100, high: 100 };
    const asked = call("openai:gpt-6.2-sol", "text", { prompt }, { max_output_tokens: 4_096 });
    expect(estimateCall(list, asked)).toEqual({
      likelyNanoUsd: 25 * 2_500 + 1_000 * 10_000,
      lowNanoUsd: 25 * 2_500 + 300 * 10_000,
      highNanoUsd: 600 * 2_500 + 4_096 * 10_000,
      basis: "estimated",
      secondsLow: 5,
      secondsHigh: 20,
    });
  });

  test("adds the worst case of the call that corrects an answer to the high end, and to nothing else", () => {
    const prompt = { low: 100, likely: 100, high: 100 };
    const asked = call("openai:gpt-6.2-sol", "text", { prompt }, { max_output_tokens: 4_096 });
    const plain = estimateCall(list, asked);
    expect(estimateCall(list, { ...asked, correction: 1_000 })).toEqual({
      ...plain,
      highNanoUsd: plain.highNanoUsd + 1_600 * 2_500 + 4_096 * 10_000,
      secondsHigh: 40,
    });
  });

  test("prices a voice by the characters it speaks: 2,800 x $0.10 per thousand", () => {
    const asked = call("elevenlabs:eleven_multilingual_v2", "speech", { prompt: { ...NONE, likely: 2_800 } });
    expect(estimateCall(list, asked).likelyNanoUsd).toBe(280_000_000);
  });

  test("prices a transcript by the sound that goes in: 60 s at $0.0045 a minute", () => {
    const asked = call("openai:gpt-transcribe", "transcript", { inputSeconds: { ...NONE, likely: 60 } });
    expect(estimateCall(list, asked).likelyNanoUsd).toBe(4_500_000);
  });

  test("says unknown where no price is known", () => {
    const estimate = estimateCall(list, call("suno:V5", "music"));
    expect(estimate).toMatchObject({ likelyNanoUsd: null, lowNanoUsd: 0, basis: "unknown" });
  });
});

describe("sumEstimates", () => {
  const picture = estimateCall(list, call("black-forest-labs:flux-pro-1.1", "image"));
  const free = freeEstimate(call("local:text", "text").model);

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
    const unknown = estimateCall(list, call("suno:V5", "music"));
    const sum = sumEstimates([
      { estimate: picture, links: { stepNumber: 1, dependsOn: [] } },
      { estimate: unknown, links: { stepNumber: 2, dependsOn: [] } },
    ]);
    expect(sum).toMatchObject({ likelyNanoUsd: null, lowNanoUsd: 40_000_000, basis: "unknown" });
  });
});
