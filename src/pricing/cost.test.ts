import { describe, expect, test } from "vitest";
import type { Usage } from "../workflow/usage.ts";
import { costOfUsage } from "./cost.ts";
import { loadPriceList } from "./price-list.ts";

const list = loadPriceList();
const cost = (model: string, usage: Usage) =>
  costOfUsage(list, { model, usage, parameters: {}, day: "2026-11-22" });

describe("costOfUsage", () => {
  test("meters a text: 800 x $2 + 200 x $0.10 + 500 x $10, per million", () => {
    const usage = { inputTokens: 1_000, cachedInputTokens: 200, outputTokens: 500 };
    expect(cost("openai:gpt-6.2-sol", usage)).toEqual({ nanoUsd: 6_620_000, basis: "metered" });
  });

  test("takes the dearer tier of a long prompt: 300,000 x $4 + 1,000 x $15, per million", () => {
    const usage = { inputTokens: 300_000, outputTokens: 1_000 };
    expect(cost("openai:gpt-6.2-sol", usage)).toEqual({ nanoUsd: 1_215_000_000, basis: "metered" });
  });

  test("bills cached tokens in full where the cached price is not known", () => {
    const usage = { inputTokens: 1_000, cachedInputTokens: 1_000, outputTokens: 0 };
    expect(cost("anthropic:claude-sonnet-5-5", usage)).toEqual({ nanoUsd: 2_000_000, basis: "metered" });
  });

  test("meters a picture by its tokens: 50 x $5 + 7,024 x $30, per million", () => {
    const usage = { inputTokens: 50, outputTokens: 7_024, images: 1 };
    expect(cost("openai:gpt-image-2", usage)).toEqual({ nanoUsd: 210_970_000, basis: "metered" });
  });

  test("prices tokens of pictures that go in apart: 100 x $5 + 900 x $8 + 196 x $30, per million", () => {
    const usage = { inputTokens: 1_000, imageInputTokens: 900, outputTokens: 196 };
    expect(cost("openai:gpt-image-2", usage)).toEqual({ nanoUsd: 13_580_000, basis: "metered" });
  });

  test("meters a voice by characters: 1,234 x $15 per million", () => {
    expect(cost("openai:tts-1", { characters: 1_234 })).toEqual({ nanoUsd: 18_510_000, basis: "metered" });
  });

  test("estimates where the price depends on a plan: 1,000 x $0.10 per thousand", () => {
    expect(cost("elevenlabs:eleven_v3", { characters: 1_000 })).toEqual({
      nanoUsd: 100_000_000,
      basis: "estimated",
    });
  });

  test("estimates a voice that is billed by tokens it does not count: 60 s at $0.015 a minute + 250 x $0.60 per million", () => {
    const usage = { characters: 1_000, audioSeconds: 60 };
    expect(cost("openai:gpt-4o-mini-tts", usage)).toEqual({ nanoUsd: 15_150_000, basis: "estimated" });
  });

  test("takes the vendor’s own figure before any price", () => {
    const call = { model: "runway:gen4.5", usage: { videoSeconds: 5 }, reportedNanoUsd: 700_000_000 };
    expect(costOfUsage(list, { ...call, parameters: {}, day: "2026-11-22" })).toEqual({
      nanoUsd: 700_000_000,
      basis: "reported",
    });
  });

  test("costs nothing to make locally", () => {
    expect(cost("local:text", { outputTokens: 1_000 })).toEqual({ nanoUsd: 0, basis: "free" });
  });

  test.each([
    ["a model without a price", "openai:gpt-99", { inputTokens: 1, outputTokens: 1 }],
    ["usage in a unit without a price", "openai:tts-1", { audioSeconds: 3 }],
    ["no usage at all", "openai:gpt-6.2-sol", {}],
    ["usage without what came out", "openai:gpt-6.2-sol", { inputTokens: 10 }],
    ["a gateway with a price of its own", "suno:gateway", { generations: 1 }],
  ])("says unknown, never zero, for %s", (_name, model, usage) => {
    expect(cost(model, usage)).toEqual({ nanoUsd: null, basis: "unknown" });
  });
});
