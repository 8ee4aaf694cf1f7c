import type { ProviderList, ProviderWire } from "../../api/types.ts";
import { plain } from "./provider-order.ts";

type Model = ProviderWire["models"][number];

/** A model that can be called, with what it costs. */
export interface PriceRow {
  id: string;
  providerName: string;
  prices: Model["prices"];
  /** Why no price is written: nobody bills it, or none is known. Null: there are prices. */
  without: "free" | "unknown" | null;
}

/** Every model of others that still runs, with its prices; what is built in is always free. */
export function priceRows({ providers }: ProviderList): PriceRow[] {
  const billing = providers.filter(({ kind }) => kind !== "built_in");
  return billing.flatMap(({ name, kind, models }) =>
    models
      .filter(({ status }) => status !== "shut_down")
      .map((model) => ({
        id: model.id,
        providerName: name,
        prices: model.prices,
        without: withoutPrice(model, kind),
      })),
  );
}

function withoutPrice({ prices }: Model, kind: ProviderWire["kind"]): PriceRow["without"] {
  if (prices.length > 0) return null;
  return kind === "own_machine" ? "free" : "unknown";
}

/** Rows whose model or provider holds what was typed. */
export function searchPrices(rows: readonly PriceRow[], text: string): PriceRow[] {
  const wanted = plain(text);
  return rows.filter(({ id, providerName }) => plain(`${id} ${providerName}`).includes(wanted));
}

/** Where a price was read, as a link where it is one; what a person wrote is shown as it is. */
export function sourceOf(source: string): { href: string | null; text: string } {
  if (!source.startsWith("https://") || !URL.canParse(source)) return { href: null, text: source };
  return { href: source, text: new URL(source).hostname.replace(/^www\./, "") };
}
