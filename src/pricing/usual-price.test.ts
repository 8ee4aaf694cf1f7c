import { describe, expect, test } from "vitest";
import type { ModelInfo } from "../workflow/models.ts";
import { parsePriceList, type Price } from "./price-list.ts";
import { freePrice, usualPrice } from "./usual-price.ts";

const DAY = "2026-11-22";
const LABEL = { fr: "Durée", en: "Duration" };

function price(unit: Price["unit"], usd: string, rest: Partial<Price> = {}): Price {
  return {
    model: "vendor:m",
    unit,
    usd,
    per: 1,
    valid_from: null,
    valid_to: null,
    above_input_tokens: null,
    is_approximate: false,
    condition: null,
    source: "https://example.com",
    checked: DAY,
    ...rest,
  };
}

function of(modality: ModelInfo["modality"], prices: Price[], parameters: ModelInfo["parameters"] = {}) {
  const list = parsePriceList({
    prices,
    billed_input_images: [],
    image_input_tokens: [],
    image_output_tokens: [],
    thought_image_output_tokens: [],
    speech_output_tokens: [],
  });
  return usualPrice(list, { id: "vendor:m", modality, parameters }, DAY);
}

describe("the price that people compare models by", () => {
  test("is that of a million tokens in and out for texts, whatever the list counts by", () => {
    const prices = [
      price("input_token", "0.002", { per: 1_000 }),
      price("output_token", "10", { per: 1_000_000 }),
    ];
    expect(of("text", prices)).toEqual({ unit: "million_tokens", usd: 2, outputUsd: 10, basis: "metered" });
  });

  test("is that of one picture, as it is listed", () => {
    expect(of("image", [price("image", "0.04")])).toEqual({
      unit: "image",
      usd: 0.04,
      outputUsd: null,
      basis: "metered",
    });
  });

  test("is estimated where it hangs on parameters, or may differ", () => {
    const two = [price("image", "0.04"), price("image", "0.08", { when: { quality: "high" } })];
    expect(of("image", two)).toMatchObject({ usd: 0.04, basis: "estimated" });
    expect(of("image", [price("image", "0.04", { is_approximate: true })]).basis).toBe("estimated");
  });

  test("is that of a second of film, and of a whole film where its length is not known", () => {
    const duration = { type: "integer", min: 1, max: 9, default: 5, label: LABEL } as const;
    expect(of("video", [price("video_second", "0.1")], { duration })).toMatchObject({
      unit: "video_second",
      usd: 0.1,
      basis: "metered",
    });
    expect(of("video", [price("generation", "2")], { duration })).toMatchObject({
      usd: 0.4,
      basis: "estimated",
    });
    expect(of("video", [price("generation", "2")])).toMatchObject({ unit: "generation", usd: 2 });
  });

  test("is that of a thousand characters of a voice and a minute of a recording", () => {
    expect(of("speech", [price("character", "30", { per: 1_000_000 })])).toMatchObject({ usd: 0.03 });
    expect(of("transcript", [price("audio_second", "0.006", { per: 60 })])).toMatchObject({
      unit: "audio_minute",
      usd: 0.006,
    });
  });

  test.each(["text", "image", "speech", "music", "sound", "video", "transcript"] as const)(
    "is unknown, and never 0, for a %s without a price",
    (modality) => {
      expect(of(modality, [])).toMatchObject({ usd: null, outputUsd: null, basis: "unknown" });
    },
  );

  test("is 0 for what nobody bills", () => {
    expect(freePrice({ modality: "text" })).toMatchObject({ usd: 0, outputUsd: 0, basis: "free" });
    expect(freePrice({ modality: "image" })).toMatchObject({ usd: 0, outputUsd: null, basis: "free" });
  });
});
