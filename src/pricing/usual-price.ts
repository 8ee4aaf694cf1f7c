import { withModelDefaults, type ModelInfo } from "../workflow/models.ts";
import { nanoUsdToUsd } from "../workflow/money.ts";
import type { Modality } from "../workflow/media.ts";
import { billedUnitOf } from "./billed-unit.ts";
import { costUnder, likelyAssumptions } from "./planned-cost.ts";
import { priceOf, pricesOf, type PriceList, type PriceUnit } from "./price-list.ts";

/** What a price that people compare models by is for. */
export const USUAL_UNITS = [
  "million_tokens",
  "image",
  "video_second",
  "thousand_characters",
  "audio_minute",
  "generation",
] as const;

/** What a model costs, in the unit in which people compare models of its kind. */
export interface UsualPrice {
  unit: (typeof USUAL_UNITS)[number];
  /** Of texts: what goes in. Null where it is not known, which is never 0. */
  usd: number | null;
  /** Of texts: what comes out; null for everything else. */
  outputUsd: number | null;
  /** `metered`: as the vendor lists it. `estimated`: worked out for the model's own defaults, or of a price that may differ. */
  basis: "free" | "metered" | "estimated" | "unknown";
}

type PricedModel = Pick<ModelInfo, "id" | "modality" | "parameters" | "thinks">;

const UNIT_OF: Record<Modality, UsualPrice["unit"]> = {
  text: "million_tokens",
  image: "image",
  speech: "thousand_characters",
  music: "generation",
  sound: "generation",
  video: "video_second",
  transcript: "audio_minute",
  document: "generation",
};

const TOKENS = 1_000_000;
const CHARACTERS = 1_000;
const MINUTE_SECONDS = 60;
/** Of the prompt for a picture or a film: what it costs beside them hardly counts. */
const PROMPT_CHARACTERS = 400;

/** The price of a model that is not free, on a day (YYYY-MM-DD). */
export function usualPrice(list: PriceList, model: PricedModel, day: string): UsualPrice {
  return model.modality === "text" ? textPrice(list, model, day) : callPrice(list, model, day);
}

/** The price of what nobody bills. */
export function freePrice({ modality }: Pick<ModelInfo, "modality">): UsualPrice {
  const isText = modality === "text";
  return { unit: UNIT_OF[modality], usd: 0, outputUsd: isText ? 0 : null, basis: "free" };
}

function textPrice(list: PriceList, { id }: PricedModel, day: string): UsualPrice {
  const prices = pricesOf(list, id, day);
  const [input, output] = [priceOf(prices, "input_token"), priceOf(prices, "output_token")];
  if (!input || !output) return { unit: "million_tokens", usd: null, outputUsd: null, basis: "unknown" };
  const isApproximate = input.is_approximate || output.is_approximate;
  return {
    unit: "million_tokens",
    usd: (Number(input.usd) / input.per) * TOKENS,
    outputUsd: (Number(output.usd) / output.per) * TOKENS,
    basis: isApproximate ? "estimated" : "metered",
  };
}

/** What one call with the model's own defaults costs, divided by how much it makes. */
function callPrice(list: PriceList, model: PricedModel, day: string): UsualPrice {
  const parameters = withModelDefaults(model, {});
  const isSpeech = model.modality === "speech";
  const { nanoUsd } = costUnder(
    list,
    { model, parameters, images: 0, inputSeconds: MINUTE_SECONDS, day },
    likelyAssumptions(isSpeech ? CHARACTERS : PROMPT_CHARACTERS, 0),
  );
  const duration = parameters["duration"];
  const seconds = typeof duration === "number" ? duration : null;
  // A film whose length is not known is one generation.
  const isPerCall = model.modality === "video" && seconds === null;
  const unit = isPerCall ? "generation" : UNIT_OF[model.modality];
  if (nanoUsd === null) return { unit, usd: null, outputUsd: null, basis: "unknown" };
  const usd = nanoUsdToUsd(nanoUsd) / (unit === "video_second" ? (seconds ?? 1) : 1);
  const basis = isListed(list, model, { unit, day }) ? "metered" : "estimated";
  return { unit, usd, outputUsd: null, basis };
}

/** Units of price lists which say by themselves what is shown. */
const LISTED_UNITS: Record<UsualPrice["unit"], PriceUnit | null> = {
  million_tokens: null,
  image: "image",
  video_second: "video_second",
  thousand_characters: "character",
  audio_minute: "audio_second",
  generation: "generation",
};

/** Whether the vendor lists one price in this unit, which holds whatever the parameters are. */
function isListed(
  list: PriceList,
  model: PricedModel,
  { unit, day }: { unit: UsualPrice["unit"]; day: string },
): boolean {
  const prices = pricesOf(list, model.id, day);
  if (billedUnitOf(model.modality, prices) !== LISTED_UNITS[unit]) return false;
  const made = prices.filter((price) => price.unit === LISTED_UNITS[unit]);
  return (
    made.length === 1 && made.every((price) => !price.is_approximate && price.min_quantity === undefined)
  );
}
