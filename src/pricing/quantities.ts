import type { ModelInfo } from "../workflow/models.ts";
import type { Json } from "../workflow/values.ts";
import { pricesOf, type PriceList, type PriceUnit } from "./price-list.ts";

/** What one is ready to assume of a call before its answer is known: bounds for a worst case, medians for an estimate. */
export interface Assumptions {
  /** Tokens of the prompt and its frame. */
  inputTokens: number;
  /** Tokens that one picture adds to what goes in. */
  tokensPerImage: number;
  /** Tokens of a text that comes out, reasoning included; `max_output_tokens` bounds it. */
  outputTokens: number;
  /** Characters that a voice speaks. */
  characters: number;
  /** How long it speaks, at normal speed. */
  spokenSeconds: number;
  /** Whether the margin of the rule for picture tokens is added. */
  withMargin: boolean;
}

/** A call before its answer: what its price hangs on. */
export interface PlannedCall {
  model: Pick<ModelInfo, "id" | "modality">;
  /** With the model's defaults filled in. */
  parameters: Record<string, Json>;
  /** How many pictures go in. */
  images: number;
  /** How long the sound is that goes in; null where none does, or where it is not known. */
  inputSeconds: number | null;
}

/** More than vendors count for one picture at its finest, but for the models that the price list names. */
const IMAGE_INPUT_TOKENS_AT_MOST = 10_000;

export type Quantities = Partial<Record<PriceUnit, number>>;

/**
 * Output tokens of a picture, by the rule that its model follows; undefined where no rule or an unknown quality or size
 * is given.
 */
export function imageOutputTokens(
  list: PriceList,
  model: string,
  parameters: Record<string, Json>,
  withMargin: boolean,
): number | undefined {
  const rule = list.image_output_tokens.find(({ models }) => models.includes(model));
  const { size: sizeText, quality } = parameters;
  if (!rule || typeof sizeText !== "string" || typeof quality !== "string") return undefined;
  const size = /^(\d{1,5})x(\d{1,5})$/.exec(sizeText);
  const factor = Object.hasOwn(rule.axis_factors, quality) ? rule.axis_factors[quality] : undefined;
  if (!size || factor === undefined) return undefined;
  const sides = [Number(size[1]), Number(size[2])];
  const long = Math.max(...sides);
  const short = Math.min(...sides);
  const shortFactor = Math.floor((2 * factor * short + long) / (2 * long));
  const area = rule.area_offset_pixels + long * short;
  const tokens = Math.ceil((factor * shortFactor * area) / rule.area_divisor);
  return withMargin ? Math.ceil((tokens * (100 + rule.margin_percent)) / 100) : tokens;
}

/** How many of each unit a call takes under these assumptions; undefined where that cannot be said. */
export function quantitiesOf(
  list: PriceList,
  call: PlannedCall & { day: string },
  assumptions: Assumptions,
): Quantities | undefined {
  const { model, parameters, images } = call;
  const hasPrice = (unit: PriceUnit): boolean =>
    pricesOf(list, model.id, call.day, parameters).some((price) => price.unit === unit);
  const inputTokens = hasPrice("input_token") ? { input_token: assumptions.inputTokens } : {};
  switch (model.modality) {
    case "text": {
      const most = numberOf(parameters["max_output_tokens"]);
      if (most === undefined) return undefined;
      return {
        // What is sent may be written to a cache, at a price of its own.
        cache_write_input_token: assumptions.inputTokens + images * assumptions.tokensPerImage,
        output_token: Math.min(most, assumptions.outputTokens),
        // What a text costs besides its tokens, such as searches on the web.
        ...(hasPrice("generation") ? { generation: 1 } : {}),
      };
    }
    case "image": {
      if (hasPrice("image")) return { image: 1 };
      if (hasPrice("megapixel")) return megapixelsOf(parameters);
      const output = imageOutputTokens(list, model.id, parameters, assumptions.withMargin);
      if (output === undefined) return undefined;
      const imageTokens = images * assumptions.tokensPerImage;
      return { ...inputTokens, image_input_token: imageTokens, output_token: output };
    }
    case "speech": {
      if (!hasPrice("audio_second")) return { character: assumptions.characters };
      return { ...inputTokens, audio_second: Math.ceil(assumptions.spokenSeconds / speedOf(parameters)) };
    }
    case "video":
    case "music":
    case "sound": {
      if (hasPrice("generation")) return { generation: 1 };
      const seconds = numberOf(parameters["duration"]);
      if (seconds === undefined) return undefined;
      return model.modality === "video" ? { video_second: seconds } : { audio_second: seconds };
    }
    case "transcript":
      return call.inputSeconds === null ? undefined : { audio_second: Math.ceil(call.inputSeconds) };
    case "document":
    default:
      return undefined;
  }
}

/** By `size` or by `width` and `height`; undefined where neither is given. */
function megapixelsOf({ size, width, height }: Record<string, Json>): Quantities | undefined {
  const given = typeof size === "string" ? /^(\d{1,5})x(\d{1,5})$/.exec(size) : null;
  const sides = given ? [Number(given[1]), Number(given[2])] : [numberOf(width), numberOf(height)];
  const [long, short] = sides;
  if (long === undefined || short === undefined) return undefined;
  return { megapixel: megapixelsOfPicture(long, short) };
}

/** Vendors bill every begun million of pixels. */
export function megapixelsOfPicture(width: number, height: number): number {
  return Math.ceil((width * height) / 1_000_000);
}

/** How much faster than normal a voice is asked to speak. */
export function speedOf(parameters: Record<string, Json>): number {
  return numberOf(parameters["speed"]) ?? 1;
}

/** The most tokens that one picture adds to what goes into a model. */
export function imageInputTokensAtMost(list: PriceList, model: string): number {
  const bound = list.image_input_tokens.find(({ models }) => models.includes(model));
  return bound?.at_most ?? IMAGE_INPUT_TOKENS_AT_MOST;
}

function numberOf(value: Json | undefined): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? value : undefined;
}
