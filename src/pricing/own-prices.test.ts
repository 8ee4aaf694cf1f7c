import { describe, expect, test } from "vitest";
import { costOfUsage } from "./cost.ts";
import { parseOwnPrices, withOwnPrices } from "./own-prices.ts";
import { loadPriceList } from "./price-list.ts";

const day = "2026-11-22";

function costWith(prices: object[], model: string, usage: object) {
  const list = withOwnPrices(loadPriceList(), parseOwnPrices({ prices }, day));
  return costOfUsage(list, { model, usage, parameters: {}, day });
}

describe("a person’s own prices", () => {
  const model = "elevenlabs:eleven_multilingual_v2";

  test("win over those that ship, for their unit: 1,000 characters at $0.18", () => {
    const own = { model, unit: "character", usd: "0.18", per: 1_000 };
    expect(costWith([own], model, { characters: 1_000 })).toEqual({ nanoUsd: 180_000_000, basis: "metered" });
  });

  test("are taken as numbers too, without losing a nano-dollar", () => {
    const own = { model, unit: "character", usd: 0.000_123_457, per: 1 };
    expect(costWith([own], model, { characters: 3 }).nanoUsd).toBe(370_371);
  });

  test("give a price to models that have none", () => {
    const own = { model: "suno:V5", unit: "generation", usd: 0.06 };
    expect(costWith([own], "suno:V5", { generations: 1 })).toEqual({ nanoUsd: 60_000_000, basis: "metered" });
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

  test("leave other units of the same model as they are", () => {
    const own = { model: "openai:gpt-6.2-sol", unit: "output_token", usd: 20, per: 1_000_000 };
    const cost = costWith([own], "openai:gpt-6.2-sol", { inputTokens: 1_000, outputTokens: 1_000 });
    expect(cost.nanoUsd).toBe(1_000 * 2_000 + 1_000 * 20_000);
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
