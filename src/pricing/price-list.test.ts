import { describe, expect, test } from "vitest";
import { ZodError } from "zod";
import { amountOf, loadPriceList, parsePriceList, priceOf, pricesOf, type Price } from "./price-list.ts";

const PRICE: Price = {
  model: "vendor:model",
  unit: "character",
  usd: "0.1",
  per: 1_000,
  valid_from: null,
  valid_to: null,
  above_input_tokens: null,
  is_approximate: false,
  condition: null,
  source: "test",
  checked: "2026-11-22",
};

const NO_RULES = {
  billed_input_images: [],
  image_input_tokens: [],
  image_output_tokens: [],
  thought_image_output_tokens: [],
  speech_output_tokens: [],
};

const listOf = (price: object): unknown => ({ prices: [price], ...NO_RULES });

describe("the shipped price list", () => {
  test("has a source and a day for every price, and no two prices for the same thing", () => {
    const { prices } = loadPriceList();
    const keys = prices.map((price) =>
      [
        price.model,
        price.unit,
        price.valid_from,
        price.above_input_tokens,
        JSON.stringify(price.when),
      ].join(),
    );
    expect(new Set(keys).size).toBe(keys.length);
    expect(prices.length).toBeGreaterThan(50);
  });

  test("gives nothing away: no price is zero", () => {
    for (const price of loadPriceList().prices) expect(amountOf(price, price.per)).toBeGreaterThan(0n);
  });
});

describe("parsePriceList", () => {
  test("takes a good price", () => {
    expect(parsePriceList(listOf(PRICE)).prices).toEqual([PRICE]);
  });

  test.each([
    { ...PRICE, usd: 0.1 },
    { ...PRICE, usd: "1e-3" },
    { ...PRICE, usd: "-1" },
    { ...PRICE, per: 0 },
    { ...PRICE, unit: "word" },
    { ...PRICE, checked: "yesterday" },
    { ...PRICE, note: "unknown field" },
  ])("refuses %o", (price) => {
    expect(() => parsePriceList(listOf(price))).toThrow(ZodError);
  });
});

describe("pricesOf", () => {
  const list = parsePriceList({
    prices: [
      { ...PRICE, valid_to: "2026-05-31" },
      { ...PRICE, usd: "0.2", valid_from: "2026-06-01" },
    ],
    ...NO_RULES,
  });

  test("finds the price of the day", () => {
    expect(pricesOf(list, "vendor:model", "2026-05-31").map(({ usd }) => usd)).toEqual(["0.1"]);
    expect(pricesOf(list, "vendor:model", "2026-06-01").map(({ usd }) => usd)).toEqual(["0.2"]);
    expect(pricesOf(list, "vendor:other", "2026-06-01")).toEqual([]);
  });

  test("has no price before the first one, rather than a guess", () => {
    const later = parsePriceList({
      prices: [{ ...PRICE, valid_from: "2026-06-01" }],
      ...NO_RULES,
    });
    expect(pricesOf(later, "vendor:model", "2026-05-31")).toEqual([]);
  });
});

describe("priceOf", () => {
  test("takes the tier of a long prompt only above its limit", () => {
    const prices = [PRICE, { ...PRICE, usd: "0.3", above_input_tokens: 272_000 }];
    expect(priceOf(prices, "character", 272_000)?.usd).toBe("0.1");
    expect(priceOf(prices, "character", 272_001)?.usd).toBe("0.3");
    expect(priceOf(prices, "image")).toBeUndefined();
  });
});

describe("amountOf", () => {
  test.each([
    ["0.1", 1_000, 1, 100_000n],
    ["0.1", 1_000, 12_345, 1_234_500_000n],
    ["2", 1_000_000, 3, 6_000n],
    ["0.0001", 1_000_000, 1, 1n],
    ["0.01", 3, 1, 3_333_334n],
    ["0.015", 60, 1.5, 375_000n],
    ["0.015", 60, 0, 0n],
    ["123456.789012345", 1, 2, 246_913_578_024_690n],
  ])("makes $%s per %d times %d exact, rounded up", (usd, per, quantity, expected) => {
    expect(amountOf({ ...PRICE, usd, per }, quantity)).toBe(expected);
  });

  test("bills the least of a price for less, and nothing for nothing", () => {
    const price = { ...PRICE, usd: "0.36", per: 3_600, min_quantity: 10 };
    expect([0, 1, 10, 11].map((quantity) => amountOf(price, quantity))).toEqual([
      0n,
      1_000_000n,
      1_000_000n,
      1_100_000n,
    ]);
  });

  test("refuses what is no quantity", () => {
    expect(() => amountOf(PRICE, -1)).toThrow(RangeError);
    expect(() => amountOf(PRICE, Number.NaN)).toThrow(RangeError);
  });
});

describe("a price with conditions", () => {
  const prices = [
    { ...PRICE, unit: "video_second" as const, usd: "0.1", when: { resolution: "720p" } },
    { ...PRICE, unit: "video_second" as const, usd: "0.3", when: { resolution: "720p", audio: true } },
    { ...PRICE, unit: "video_second" as const, usd: "0.2", when: { resolution: "1080p" } },
  ];
  const list = { ...parsePriceList(listOf(PRICE)), prices };
  const usdOf = (parameters: Record<string, string | boolean>): string | undefined =>
    priceOf(pricesOf(list, PRICE.model, "2026-11-22", parameters), "video_second")?.usd;

  test("holds for calls that meet all of them, and the one with the most wins", () => {
    expect(usdOf({ resolution: "1080p" })).toBe("0.2");
    expect(usdOf({ resolution: "720p" })).toBe("0.1");
    expect(usdOf({ resolution: "720p", audio: true })).toBe("0.3");
  });

  test("is not known for a call that meets none", () => {
    expect(usdOf({ resolution: "4k" })).toBeUndefined();
    expect(usdOf({})).toBeUndefined();
  });
});
