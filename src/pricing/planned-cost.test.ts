import { describe, expect, test } from "vitest";
import type { Modality } from "../workflow/media.ts";
import type { ParameterSpec } from "../workflow/models.ts";
import type { Json } from "../workflow/values.ts";
import { costOfUsage } from "./cost.ts";
import { costOfUncountedText, costByParameters, worstCase, type CostedCall } from "./planned-cost.ts";
import { loadPriceList } from "./price-list.ts";
import { imageOutputTokens } from "./quantities.ts";

const list = loadPriceList();
const day = "2026-11-22";

const ANY: ParameterSpec = { type: "string", max_length: 10, label: { fr: "Un", en: "One" } };

/** Of a model that takes the parameters that are given, and only those. */
function call(id: string, modality: Modality, parameters: Record<string, Json> = {}, prompt = "") {
  const specs = Object.fromEntries(Object.keys(parameters).map((name) => [name, ANY]));
  const model: CostedCall["model"] = { id, modality, parameters: specs };
  return { model, parameters, prompt, images: 0, inputSeconds: null, day };
}

describe("imageOutputTokens", () => {
  test.each([
    ["1024x1024", "high", 7_024],
    ["1536x1024", "high", 5_488],
    ["1792x1024", "high", 5_063],
    ["1024x1792", "high", 5_063],
    ["1024x1024", "low", 196],
  ])("gives the published figure for %s at %s", (size, quality, tokens) => {
    expect(imageOutputTokens(list, "openai:gpt-image-2", { size, quality }, false)).toBe(tokens);
  });

  test("adds the margin, and knows nothing of an unknown quality", () => {
    const size = "1024x1024";
    expect(imageOutputTokens(list, "openai:gpt-image-2", { size, quality: "high" }, true)).toBe(8_780);
    expect(
      imageOutputTokens(list, "openai:gpt-image-2", { size, quality: "constructor" }, true),
    ).toBeUndefined();
    expect(imageOutputTokens(list, "openai:gpt-image-9", { size, quality: "high" }, true)).toBeUndefined();
  });
});

describe("worstCase", () => {
  test("takes every byte as a token and the whole length: (200 + 500) x $2.50 + 1,000 x $10, per million", () => {
    const text = call("openai:gpt-6.2-sol", "text", { max_output_tokens: 1_000 }, "é".repeat(100));
    expect(worstCase(list, text)).toEqual({ nanoUsd: 11_750_000, basis: "estimated" });
  });

  test("counts pictures that go in: (0 + 500 + 20,000) x $2.50 per million more", () => {
    const text = call("openai:gpt-6.2-sol", "text", { max_output_tokens: 1_000 });
    expect(worstCase(list, { ...text, images: 2 })).toEqual({ nanoUsd: 61_250_000, basis: "estimated" });
  });

  test("adds what a text costs besides its tokens: 500 x $0.25 + 1,000 x $2.50, per million, + $0.025 for the web", () => {
    const text = call("perplexity:perplexity/sonar", "text", { max_output_tokens: 1_000 });
    expect(worstCase(list, text)).toEqual({ nanoUsd: 27_625_000, basis: "estimated" });
  });

  test("takes a picture with its margin: 500 x $5 + 8,780 x $30, per million", () => {
    const image = call("openai:gpt-image-2", "image", { size: "1024x1024", quality: "high" });
    expect(worstCase(list, image)).toEqual({ nanoUsd: 265_900_000, basis: "estimated" });
  });

  test("counts a picture for what it is to a model that counts more: (500 + 50,000) x $0.15 + 16 x $0.60, per million", () => {
    const text = { ...call("openai:gpt-4o-mini", "text", { max_output_tokens: 16 }), images: 1 };
    expect(worstCase(list, text)).toEqual({ nanoUsd: 7_584_600, basis: "estimated" });
    const usage = { inputTokens: 48_169, outputTokens: 16 };
    const bill = costOfUsage(list, {
      model: "openai:gpt-4o-mini",
      modality: "text",
      usage,
      parameters: {},
      day,
    });
    expect(worstCase(list, text).nanoUsd).toBeGreaterThanOrEqual(bill.nanoUsd ?? Infinity);
  });

  test("takes a slow voice: 900 letters are 300 s at $0.015 a minute, + 1,400 x $0.60 per million", () => {
    const speech = call("openai:gpt-4o-mini-tts", "speech", {}, "a".repeat(900));
    expect(worstCase(list, speech)).toEqual({ nanoUsd: 75_840_000, basis: "estimated" });
  });

  test.each([
    ["今天天气很好我们去公园散步吧", 14, 4],
    ["承志", 2, 2],
    ["7", 1, 0.7],
    ["97", 2, 2.4],
    ["W", 1, 1],
    ["%", 1, 1],
    ["🌊", 1, 1.5],
  ])(
    "takes a voice that reads %s a hundred times to be as slow as one can be",
    (text, signs, slowSeconds) => {
      const usual = call("openai:gpt-4o-mini-tts", "speech", {}, text.repeat(100));
      const slow = { characters: signs * 100, inputTokens: 0, audioSeconds: slowSeconds * 100 };
      const { id, modality } = usual.model;
      const bill = costOfUsage(list, { model: id, modality, usage: slow, parameters: {}, day });
      expect(worstCase(list, usual).nanoUsd).toBeGreaterThanOrEqual(bill.nanoUsd ?? Infinity);
    },
  );

  test.each([
    ["minimal", 1_120 + 2_000],
    ["medium", 32_768],
    ["high", 32_768],
  ])("takes a picture to be thought about at the effort %s, with all that goes in", (effort, tokens) => {
    const parameters = { resolution: "1k", reasoning_effort: effort };
    const image = { ...call("google:gemini-nano-banana-2.1", "image", parameters, "é"), images: 3 };
    expect(worstCase(list, image).nanoUsd).toBe((502 + 30_000) * 1_500 + tokens * 30_000);
  });

  test.each([
    ["black-forest-labs:flux-2-pro", 8, 30_000_000 + 8 * 60_000_000],
    ["luma-agents:uni-1", 9, 40_400_000 + 9 * 3_000_000],
    ["luma-agents:uni-1-max", 9, 100_000_000 + 9 * 3_000_000],
    ["xai:grok-imagine-image", 3, 20_000_000 + 3 * 2_000_000],
  ])("counts pictures that go into %s", (id, images, nanoUsd) => {
    const image = { ...call(id, "image", { size: "1024x1024" }), images };
    expect(worstCase(list, image)).toEqual({ nanoUsd, basis: "estimated" });
  });

  test("does not know what pictures cost that cost extra, nobody knows how much", () => {
    const film = call("xai:grok-imagine-video-1.5-lite", "video", { duration: 5, resolution: "480p" });
    expect(worstCase(list, film)).toEqual({ nanoUsd: 100_000_000, basis: "estimated" });
    expect(worstCase(list, { ...film, images: 1 })).toEqual({ nanoUsd: null, basis: "unknown" });
  });

  test("takes a Chinese sign for two, as MiniMax does: 2,000 x $100 per million", () => {
    const speech = call("minimax:speech-2.8-hd", "speech", {}, "海".repeat(1_000));
    expect(worstCase(list, speech).nanoUsd).toBe(200_000_000);
  });

  test("takes a second of sound for ten where no less is billed: 10 s at $0.111 an hour", () => {
    const sound = { ...call("groq:whisper-large-v3", "transcript"), inputSeconds: 1 };
    expect(worstCase(list, sound).nanoUsd).toBe(308_334);
  });

  test("takes a film by its length: 5 x $0.12", () => {
    const film = call("runway:gen4.5", "video", { duration: 5 });
    expect(worstCase(list, film)).toEqual({ nanoUsd: 600_000_000, basis: "estimated" });
  });

  test("is free for local models", () => {
    expect(worstCase(list, call("local:video", "video"))).toEqual({ nanoUsd: 0, basis: "free" });
  });

  test.each([
    call("openai:gpt-99", "text", { max_output_tokens: 10 }),
    call("openai:gpt-6.2-sol", "text"),
    call("openai:gpt-image-2", "image", { size: "1024x1024", quality: "auto" }),
    call("suno:gateway", "music"),
  ])("is unknown where a price or a bound is missing: $model.id $parameters", (planned) => {
    expect(worstCase(list, planned)).toEqual({ nanoUsd: null, basis: "unknown" });
  });

  test("is never less than the bill of the longest answer to a prompt of one token a byte", () => {
    for (const prompt of ["", "short", "长".repeat(5_000), "a".repeat(272_500)]) {
      const worst = worstCase(list, call("openai:gpt-6.2-sol", "text", { max_output_tokens: 4_096 }, prompt));
      const inputTokens = Buffer.byteLength(prompt);
      const usage = { inputTokens, cacheWriteInputTokens: inputTokens, outputTokens: 4_096 };
      const bill = costOfUsage(list, {
        model: "openai:gpt-6.2-sol",
        modality: "text",
        usage,
        parameters: {},
        day,
      });
      expect(worst.nanoUsd).toBeGreaterThanOrEqual(bill.nanoUsd ?? Infinity);
    }
  });
});

function withoutThought(planned: ReturnType<typeof call>): CostedCall {
  return { ...planned, model: { ...planned.model, thinks: false } };
}

describe("costOfUncountedText", () => {
  test("counts what arrived, and never more than the worst case", () => {
    const text = withoutThought(call("openai:gpt-4o", "text", { max_output_tokens: 1_000 }));
    expect(costOfUncountedText(list, text, "x".repeat(100)).nanoUsd).toBe(500 * 2_500 + 100 * 10_000);
    expect(costOfUncountedText(list, text, "x".repeat(9_999))).toEqual(worstCase(list, text));
  });

  test("counts reasoning that does not show", () => {
    const parameters = { max_output_tokens: 4_096, reasoning_effort: "low" };
    const text = call("openai:gpt-6.2-sol", "text", parameters);
    expect(costOfUncountedText(list, text, "").nanoUsd).toBe(500 * 2_500 + 2_000 * 10_000);
  });

  test.each(["medium", "high", "xhigh", "max", "constructor"])(
    "takes reasoning at the effort %s to have filled the whole length",
    (effort) => {
      const parameters = { max_output_tokens: 128_000, reasoning_effort: effort };
      const text = call("openai:gpt-6.2-sol", "text", parameters);
      expect(costOfUncountedText(list, text, "")).toEqual({
        nanoUsd: 500 * 2_500 + 128_000 * 10_000,
        basis: "estimated",
      });
    },
  );

  test("counts no reasoning where none was asked for", () => {
    const parameters = { max_output_tokens: 4_096, reasoning_effort: "none" };
    const text = call("openai:gpt-6-sol", "text", parameters);
    const without = withoutThought(call("openai:gpt-6-sol", "text", { max_output_tokens: 4_096 }));
    expect(costOfUncountedText(list, text, "xy")).toEqual(costOfUncountedText(list, without, "xy"));
    expect(costOfUncountedText(list, text, "xy").nanoUsd).toBeLessThan(worstCase(list, text).nanoUsd ?? 0);
  });
});

describe("costOfUncountedText of a model that says nothing of an effort", () => {
  const parameters = { max_output_tokens: 32_768 };
  const thinking = call("fireworks:accounts/fireworks/models/kimi-k3", "text", parameters);

  test("takes it to have thought all that it may: 500 x $3 + 32,768 x $15, per million", () => {
    const all = 500 * 3_000 + 32_768 * 15_000;
    expect(costOfUncountedText(list, thinking, "")).toEqual({ nanoUsd: all, basis: "estimated" });
  });

  test("does not believe an effort that the model is not known to take", () => {
    const asked = { ...thinking, parameters: { ...parameters, reasoning_effort: "none" } };
    expect(costOfUncountedText(list, asked, "")).toEqual(worstCase(list, asked));
  });
});

describe("costByParameters", () => {
  test("goes by the text that was made: 100 x $2.50 + 700 x $10, per million", () => {
    const parameters = { max_output_tokens: 4_096, reasoning_effort: "low" };
    const text = call("openai:gpt-6.2-sol", "text", parameters, "x".repeat(400));
    expect(costByParameters(list, text, { text: "y".repeat(1_600) })).toEqual({
      nanoUsd: 7_250_000,
      basis: "estimated",
    });
  });

  test("goes by the length of a voice: 60 s at $0.015 a minute + 250 x $0.60 per million", () => {
    const speech = call("openai:gpt-4o-mini-tts", "speech", {}, "x".repeat(1_000));
    expect(costByParameters(list, speech, { durationSeconds: 60 }).nanoUsd).toBe(15_150_000);
  });

  test("takes the length of a voice as it is, whatever speed it was asked for", () => {
    const fast = call("openai:gpt-4o-mini-tts", "speech", { speed: 2 }, "x".repeat(1_000));
    expect(costByParameters(list, fast, { durationSeconds: 60 }).nanoUsd).toBe(15_150_000);
  });

  test("is unknown where the live price is", () => {
    expect(costByParameters(list, call("suno:gateway", "music"), {}).nanoUsd).toBeNull();
  });
});
