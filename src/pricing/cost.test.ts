import { describe, expect, test } from "vitest";
import type { Modality } from "../workflow/media.ts";
import type { Usage } from "../workflow/usage.ts";
import { costOfUsage } from "./cost.ts";
import { loadPriceList } from "./price-list.ts";

const list = loadPriceList();
const cost = (model: string, usage: Usage, modality: Modality = "text") =>
  costOfUsage(list, { model, modality, usage, parameters: {}, day: "2026-11-22" });

const NO_TOKENS = { inputTokens: 100, outputTokens: 0 };

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
    expect(cost("openai:gpt-image-2", usage, "image")).toEqual({ nanoUsd: 210_970_000, basis: "metered" });
  });

  test("prices tokens of pictures that go in apart: 100 x $5 + 900 x $8 + 196 x $30, per million", () => {
    const usage = { inputTokens: 1_000, imageInputTokens: 900, outputTokens: 196 };
    expect(cost("openai:gpt-image-2", usage, "image")).toEqual({ nanoUsd: 13_580_000, basis: "metered" });
  });

  test("meters a voice by characters: 1,234 x $15 per million", () => {
    expect(cost("openai:tts-1", { characters: 1_234 }, "speech")).toEqual({
      nanoUsd: 18_510_000,
      basis: "metered",
    });
  });

  test("estimates where the price depends on a plan: 1,000 x $0.10 per thousand", () => {
    expect(cost("elevenlabs:eleven_v3", { characters: 1_000 }, "speech")).toEqual({
      nanoUsd: 100_000_000,
      basis: "estimated",
    });
  });

  test("estimates a voice that is billed by tokens it does not count: 60 s at $0.015 a minute + 250 x $0.60 per million", () => {
    const usage = { characters: 1_000, audioSeconds: 60 };
    expect(cost("openai:gpt-4o-mini-tts", usage, "speech")).toEqual({
      nanoUsd: 15_150_000,
      basis: "estimated",
    });
  });

  test("adds what a text costs besides its tokens: 1,000 x $0.25 + 100 x $2.50, per million, + $0.025 for the web", () => {
    const usage = { inputTokens: 1_000, outputTokens: 100 };
    expect(cost("perplexity:perplexity/sonar", usage)).toEqual({ nanoUsd: 25_500_000, basis: "estimated" });
  });

  test("bills each picture that went in, where they cost extra: $0.0404 + 9 x $0.003", () => {
    const call = { model: "luma-agents:uni-1", modality: "image", usage: { images: 1 }, images: 9 } as const;
    expect(costOfUsage(list, { ...call, parameters: {}, day: "2026-11-22" }).nanoUsd).toBe(67_400_000);
  });

  test("bills the tokens that go into a film besides, about as many as were sent where nobody counts them", () => {
    const call = {
      model: "google:gemini-omni-1.2-flash",
      modality: "video",
      usage: { videoSeconds: 8 },
    } as const;
    const parameters = { resolution: "720p" };
    const day = "2026-11-22";
    const sent = { ...call, parameters, day, likelyInputTokens: 6_000 };
    expect(costOfUsage(list, sent)).toEqual({ nanoUsd: 8 * 70_000_000 + 6_000 * 1_500, basis: "estimated" });
  });

  test("bills no less than the least of the price: 10 s at $0.04 an hour for a second", () => {
    const second = cost("groq:whisper-large-v3-turbo", { audioSeconds: 1 }, "transcript");
    expect(second).toEqual({ nanoUsd: 111_112, basis: "metered" });
    expect(cost("groq:whisper-large-v3-turbo", { audioSeconds: 10 }, "transcript")).toEqual(second);
  });

  test("takes the vendor’s own figure before any price", () => {
    const call = { model: "runway:gen4.5", usage: { videoSeconds: 5 }, reportedNanoUsd: 700_000_000 };
    expect(costOfUsage(list, { ...call, modality: "video", parameters: {}, day: "2026-11-22" })).toEqual({
      nanoUsd: 700_000_000,
      basis: "reported",
    });
  });

  test("costs nothing to make locally", () => {
    expect(cost("local:text", { outputTokens: 1_000 })).toEqual({ nanoUsd: 0, basis: "free" });
  });

  test.each([
    ["a model without a price", "openai:gpt-99", { inputTokens: 1, outputTokens: 1 }],
    ["usage in a unit without a price", "openai:tts-1", { audioSeconds: 3 }, "speech"],
    ["no usage at all", "openai:gpt-6.2-sol", {}],
    ["usage without what came out", "openai:gpt-6.2-sol", { inputTokens: 10 }],
    ["a gateway with a price of its own", "suno:gateway", { generations: 1 }, "music"],
    ["a picture of no tokens", "google:gemini-nano-banana-2.1", { ...NO_TOKENS, images: 1 }, "image"],
    ["a voice of no tokens", "google:gemini-3.8-flash-tts", { ...NO_TOKENS, audioSeconds: 3 }, "speech"],
  ] as const)("says unknown, never zero, for %s", (_name, model, usage, modality: Modality = "text") => {
    expect(cost(model, usage, modality)).toEqual({ nanoUsd: null, basis: "unknown" });
  });
});
