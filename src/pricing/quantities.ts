import type { ModelInfo } from "../workflow/models.ts";
import type { Json } from "../workflow/values.ts";
import { billedUnitOf, hasPrice } from "./billed-unit.ts";
import { pricesOf, type Price, type PriceList, type PriceUnit } from "./price-list.ts";

/** What one is ready to assume of a call before its answer is known: bounds for a worst case, medians for an estimate. */
export interface Assumptions {
  /** Tokens of the prompt and its frame. */
  inputTokens: number;
  /** Tokens that one picture adds to what goes in. */
  tokensPerImage: number;
  /** Tokens of a text that comes out, reasoning included; `max_output_tokens` bounds it. */
  outputTokens: number;
  /** Tokens that are thought before a picture; null: what is likely at its effort. */
  thoughtTokens: number | null;
  /** Characters that a voice speaks. */
  characters: number;
  /** How long it speaks, at normal speed. */
  spokenSeconds: number;
  /** Whether the margins are added: of the rule for picture tokens, and of a length whose bounds are not known. */
  withMargin: boolean;
}

/** A call before its answer: what its price hangs on. */
export interface PlannedCall {
  model: Pick<ModelInfo, "id" | "modality" | "parameters" | "thinks">;
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

/** Output tokens of a picture before which its model may think; undefined where no rule or no resolution is given. */
function thoughtImageOutputTokens(
  list: PriceList,
  { model, parameters }: PlannedCall,
  { thoughtTokens }: Assumptions,
): number | undefined {
  const rule = list.thought_image_output_tokens.find(({ models }) => models.includes(model.id));
  const picture = countOf(rule?.by_resolution, parameters["resolution"]);
  if (!rule || picture === undefined) return undefined;
  const likely = countOf(rule.likely_thought_tokens, parameters["reasoning_effort"]) ?? 0;
  return Math.min(rule.answer_at_most, picture + (thoughtTokens ?? likely));
}

function countOf(counts: Record<string, number> = {}, name: Json | undefined): number | undefined {
  return typeof name === "string" && Object.hasOwn(counts, name) ? counts[name] : undefined;
}

/**
 * How many of each unit a call takes under these assumptions; undefined where that cannot be said, also because it asks for
 * several of what it makes in words that only its vendor knows.
 */
export function quantitiesOf(
  list: PriceList,
  call: PlannedCall & { day: string },
  assumptions: Assumptions,
): Quantities | undefined {
  if (asksForSeveral(call.parameters)) return undefined;
  const { model, images } = call;
  const prices = pricesOf(list, model.id, call.day, call.parameters);
  const made = madeQuantities(list, call, { assumptions, prices });
  if (!made) return undefined;
  const pictures = inputImageQuantity(list, { model: model.id, prices, images });
  if (model.modality === "text") {
    return {
      ...made,
      ...pictures,
      // What is sent may be written to a cache, at a price of its own.
      cache_write_input_token: assumptions.inputTokens + images * assumptions.tokensPerImage,
    };
  }
  if (!hasPrice(prices, "input_token")) return { ...made, ...pictures };
  return {
    ...made,
    ...pictures,
    input_token: assumptions.inputTokens,
    image_input_token: images * assumptions.tokensPerImage,
  };
}

/** The pictures that go in, where their model bills each of them. */
export function inputImageQuantity(
  list: PriceList,
  { model, prices, images }: { model: string; prices: readonly Price[]; images: number },
): Quantities {
  const isBilled =
    hasPrice(prices, "input_image") || list.billed_input_images.some(({ models }) => models.includes(model));
  return isBilled && images > 0 ? { input_image: images } : {};
}

/** How much comes out, in the unit in which it is billed, or of a recording goes in. */
function madeQuantities(
  list: PriceList,
  call: PlannedCall,
  { assumptions, prices }: { assumptions: Assumptions; prices: readonly Price[] },
): Quantities | undefined {
  const { model, parameters } = call;
  const unit = billedUnitOf(model.modality, prices);
  switch (unit) {
    case "token":
      return tokensMade(list, call, { assumptions, prices });
    case "generation":
      return { generation: 1 };
    case "image":
      return { image: 1 };
    case "megapixel":
      return megapixelsOf(parameters);
    case "character":
      return { character: assumptions.characters };
    case "video_second":
      return inSeconds(unit, secondsAskedFor(call, assumptions));
    case "audio_second":
      if (model.modality === "transcript") return inSeconds(unit, call.inputSeconds ?? undefined);
      if (model.modality !== "speech") return inSeconds(unit, secondsAskedFor(call, assumptions));
      return inSeconds(unit, secondsSpoken(parameters, assumptions));
    case undefined:
    default:
      return undefined;
  }
}

function inSeconds(
  unit: "video_second" | "audio_second",
  seconds: number | undefined,
): Quantities | undefined {
  return seconds === undefined ? undefined : { [unit]: Math.ceil(seconds) };
}

function tokensMade(
  list: PriceList,
  call: PlannedCall,
  { assumptions, prices }: { assumptions: Assumptions; prices: readonly Price[] },
): Quantities | undefined {
  const { model, parameters } = call;
  switch (model.modality) {
    case "text": {
      const most = numberOf(parameters["max_output_tokens"]);
      if (most === undefined) return undefined;
      const output = { output_token: Math.min(most, assumptions.outputTokens) };
      // What a text costs besides its tokens, such as searches on the web.
      return hasPrice(prices, "generation") ? { ...output, generation: 1 } : output;
    }
    case "image": {
      const tokens =
        imageOutputTokens(list, model.id, parameters, assumptions.withMargin) ??
        thoughtImageOutputTokens(list, call, assumptions);
      return tokens === undefined ? undefined : { output_token: tokens };
    }
    case "speech": {
      const rule = list.speech_output_tokens.find(({ models }) => models.includes(model.id));
      return rule && { output_token: Math.ceil(secondsSpoken(parameters, assumptions) * rule.per_second) };
    }
    case "video":
    case "music":
    case "sound":
    case "transcript":
    case "document":
    default:
      return undefined;
  }
}

/** Vendors' names for how many a call is to make, as letters only. */
const COUNTS = new Set(
  `n count num samples variations batch batchsize batchcount numimages numimagesperprompt numberofimages imagecount
  maximages numoutputs numberofoutputs outputcount numvideos numberofvideos videocount numsamples numberofsamples
  samplecount numgenerations numberofgenerations numresults numberresults numberofresults numvariations niter`.split(
    /\s+/,
  ),
);

/** Listed models take no such parameter; of others nobody knows how many they make, and bill, then. */
function asksForSeveral(parameters: Record<string, Json>): boolean {
  return Object.entries(parameters).some(
    ([name, value]) => value !== 1 && COUNTS.has(name.replaceAll(/[^a-z]/gi, "").toLowerCase()),
  );
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

/** Vendors make, and bill, nothing shorter than their shortest film, which is no longer than this. */
const SHORTEST_FILM_SECONDS = 6;

/** As many as are asked for; a second at least and, where a model's own bounds are not known, its shortest in a worst case. */
function secondsAskedFor(
  { model, parameters }: PlannedCall,
  { withMargin }: Assumptions,
): number | undefined {
  const seconds = numberOf(parameters["duration"]);
  const isBounded = !withMargin || Object.hasOwn(model.parameters, "duration");
  return seconds === undefined ? undefined : Math.max(isBounded ? 1 : SHORTEST_FILM_SECONDS, seconds);
}

function secondsSpoken(parameters: Record<string, Json>, { spokenSeconds }: Assumptions): number {
  return spokenSeconds / speedOf(parameters);
}

/** How fast a voice is asked to speak; never faster than normal, since vendors may take no notice of it. */
export function speedOf(parameters: Record<string, Json>): number {
  return Math.min(1, numberOf(parameters["speed"]) ?? 1);
}

/** The most tokens that one picture adds to what goes into a model. */
export function imageInputTokensAtMost(list: PriceList, model: string): number {
  const bound = list.image_input_tokens.find(({ models }) => models.includes(model));
  return bound?.at_most ?? IMAGE_INPUT_TOKENS_AT_MOST;
}

function numberOf(value: Json | undefined): number | undefined {
  return typeof value === "number" && value > 0 && value <= Number.MAX_SAFE_INTEGER ? value : undefined;
}
