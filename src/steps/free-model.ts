import { pricesOf, type PriceList } from "../pricing/price-list.ts";
import type { Registry } from "../providers/registry.ts";

/** Whether nobody bills a call of this model, and the person has set no price for it either. */
export function isFreeOfCharge(
  modelId: string,
  { registry, prices, day }: { registry: Registry; prices: PriceList; day: string },
): boolean {
  return registry.isFree(modelId) && pricesOf(prices, modelId, day).length === 0;
}
