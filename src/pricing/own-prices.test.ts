import { describe, expect, test } from "vitest";
import type { Modality } from "../workflow/media.ts";
import type { Json } from "../workflow/values.ts";
import { costOfUsage } from "./cost.ts";
import { parseOwnPrices, withOwnPrices } from "./own-prices.ts";
import { worstCase } from "./planned-cost.ts";
import { loadPriceList, type PriceList } from "./price-list.ts";

const day = "2026-11-22";

function listWith(prices: object[]): PriceList {
  return withOwnPrices(loadPriceList(), parseOwnPrices({ prices }, day));
}

function costWith(
  prices: object[],
  model: string,
  usage: object,
  { modality = "text", parameters = {} }: { modality?: Modality; parameters?: Record<string, Json> } = {},
) {
  return costOfUsage(listWith(prices), { model, modality, usage, parameters, day });
}

function worstWith(
  prices: object[],
  id: string,
  asked: { modality: Modality; parameters?: Record<string, Json>; prompt?: string; images?: number },
) {
  const { modality, parameters = {}, prompt = "A cat", images = 0 } = asked;
  const model = { id, modality, parameters: {} };
  return worstCase(listWith(prices), { model, parameters, prompt, images, inputSeconds: null, day });
}

describe("a person’s own prices", () => {
  const model = "elevenlabs:eleven_multilingual_v2";

  test("win over those that ship, for their unit: 1,000 characters at $0.18", () => {
    const own = { model, unit: "character", usd: "0.18", per: 1_000 };
    expect(costWith([own], model, { characters: 1_000 }, { modality: "speech" })).toEqual({
      nanoUsd: 180_000_000,
      basis: "metered",
    });
  });

  test("are taken as numbers too, without losing a nano-dollar", () => {
    const own = { model, unit: "character", usd: 0.000_123_457, per: 1 };
    expect(costWith([own], model, { characters: 3 }, { modality: "speech" }).nanoUsd).toBe(370_371);
  });

  test("give a price to models that have none", () => {
    const own = { model: "suno:V5", unit: "generation", usd: 0.06 };
    expect(costWith([own], "suno:V5", { generations: 1 }, { modality: "music" })).toEqual({
      nanoUsd: 60_000_000,
      basis: "metered",
    });
  });

  test("may hold for every model of a provider that has no price of its own", () => {
    const own = [
      { model: "openai-compatible:*", unit: "input_token", usd: 1, per: 1_000_000 },
      { model: "openai-compatible:*", unit: "output_token", usd: 2, per: 1_000_000 },
    ];
    const usage = { inputTokens: 1_000, outputTokens: 500 };
    expect(costWith(own, "openai-compatible:any", usage).nanoUsd).toBe(2_000_000);
    expect(costWith(own, "openai:unheard-of", usage).basis).toBe("unknown");
  });

  test.each([
    ["fal:fal-ai/kling-video/v3/turbo/pro/text-to-video", "video", { generations: 1, videoSeconds: 5 }],
    ["elevenlabs:music_v2", "music", { generations: 1, audioSeconds: 600 }],
  ] as const)("a call take the place of all that ships for %s, before and after", (id, modality, usage) => {
    const own = [{ model: id, unit: "generation", usd: 0.5 }];
    const parameters = { duration: 5 };
    expect(worstWith(own, id, { modality, parameters }).nanoUsd).toBe(500_000_000);
    expect(costWith(own, id, usage, { modality, parameters }).nanoUsd).toBe(500_000_000);
  });

  test("in two units are not added up: the same one is taken before and after", () => {
    const id = "runway:gen9";
    const own = [
      { model: id, unit: "generation", usd: 0.5 },
      { model: id, unit: "video_second", usd: 0.1 },
    ];
    const asked = { modality: "video", parameters: { duration: 9 } } as const;
    expect(worstWith(own, id, asked).nanoUsd).toBe(500_000_000);
    expect(costWith(own, id, { generations: 1, videoSeconds: 9 }, asked).nanoUsd).toBe(500_000_000);
  });

  test("a picture leave pictures that go in unknown, where their model bills them", () => {
    const own = [{ model: "black-forest-labs:flux-2-pro", unit: "image", usd: 0.02 }];
    const asked = { modality: "image", parameters: { size: "1024x1024" } } as const;
    expect(worstWith(own, "black-forest-labs:flux-2-pro", asked).nanoUsd).toBe(20_000_000);
    expect(worstWith(own, "black-forest-labs:flux-2-pro", { ...asked, images: 1 }).basis).toBe("unknown");
    const both = [...own, { model: "black-forest-labs:flux-2-pro", unit: "input_image", usd: 0.01 }];
    expect(worstWith(both, "black-forest-labs:flux-2-pro", { ...asked, images: 2 }).nanoUsd).toBe(40_000_000);
  });

  test("leave other units of the same model as they are where they are of tokens", () => {
    const own = { model: "openai:gpt-6.2-sol", unit: "output_token", usd: 20, per: 1_000_000 };
    const cost = costWith([own], "openai:gpt-6.2-sol", { inputTokens: 1_000, outputTokens: 1_000 });
    expect(cost.nanoUsd).toBe(1_000 * 2_000 + 1_000 * 20_000);
  });

  test.each([
    [{ num_images: 4 }],
    [{ num_outputs: 4 }],
    [{ n: 4 }],
    [{ batch_size: 4 }],
    [{ sampleCount: 4 }],
    [{ number_of_images: 4 }],
    [{ number_of_images: "4" }],
  ])("hold for one: how many %o makes is not known", (parameters) => {
    const own = [{ model: "fal:*", unit: "image", usd: 0.04 }];
    const asked = { modality: "image", parameters } as const;
    expect(worstWith(own, "fal:acme/pic", asked)).toEqual({ nanoUsd: null, basis: "unknown" });
    const one = { modality: "image", parameters: { num_images: 1 } } as const;
    expect(worstWith(own, "fal:acme/pic", one).nanoUsd).toBe(40_000_000);
  });

  test("take no notice of how fast or how short an unlisted model is asked to be", () => {
    const voice = [{ model: "google:gemini-9-tts", unit: "audio_second", usd: 0.001 }];
    const spoken = { modality: "speech", prompt: "Hello there, ".repeat(200) } as const;
    const fast = worstWith(voice, "google:gemini-9-tts", { ...spoken, parameters: { speed: 1_000 } });
    expect(fast).toEqual(worstWith(voice, "google:gemini-9-tts", spoken));
    const film = [{ model: "runway:*", unit: "video_second", usd: 0.1 }];
    const short = { modality: "video", parameters: { duration: 0.001 } } as const;
    // Six seconds: no vendor's shortest film is longer.
    expect(worstWith(film, "runway:gen9", short).nanoUsd).toBe(600_000_000);
    const endless = { modality: "video", parameters: { duration: 1e308 } } as const;
    expect(worstWith(film, "runway:gen9", endless).basis).toBe("unknown");
  });

  test("hold for a text that no list holds where its step says how long it may be", () => {
    const own = [
      { model: "openai:gpt-99", unit: "input_token", usd: 1, per: 1_000_000 },
      { model: "openai:gpt-99", unit: "output_token", usd: 10, per: 1_000_000 },
    ];
    const text = { modality: "text", prompt: "" } as const;
    expect(worstWith(own, "openai:gpt-99", text)).toEqual({ nanoUsd: null, basis: "unknown" });
    const bounded = { ...text, parameters: { max_output_tokens: 1_000 } };
    expect(worstWith(own, "openai:gpt-99", bounded).nanoUsd).toBe(500 * 1_000 + 1_000 * 10_000);
  });

  test.each([
    [{ prices: [{ model, unit: "character" }] }, "usd"],
    [{ prices: [{ model, unit: "word", usd: 1 }] }, "unit"],
    [{ prices: [{ model, unit: "character", usd: -1 }] }, "usd"],
    [{ prices: [{ model: "no provider", unit: "character", usd: 1 }] }, "model"],
    [{ prices: [{ model, unit: "character", usd: 1, note: "?" }] }, "note"],
    [[], "expected object"],
  ])("are refused where they are no prices: %j", (value, place) => {
    expect(() => parseOwnPrices(value, day)).toThrow(place);
  });
});
