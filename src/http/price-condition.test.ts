import { describe, expect, test } from "vitest";
import { loadPriceList } from "../pricing/price-list.ts";
import { MODELS } from "../providers/catalogue-data.ts";
import { priceCondition } from "./price-condition.ts";

describe("the conditions of prices", () => {
  test("are told in both languages, those of every price that ships", () => {
    const models = new Map(MODELS.map((model) => [model.id, model]));
    const same = loadPriceList().prices.flatMap((price) => {
      const model = models.get(price.model);
      if (!model || price.condition === null) return [];
      const [fr, en] = [priceCondition(price, model, "fr"), priceCondition(price, model, "en")];
      return fr === en ? [[price.model, fr]] : [];
    });
    expect(same).toEqual([]);
  });
});
