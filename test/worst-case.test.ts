import { describe, expect, test } from "vitest";
import { costOfUsage } from "../src/pricing/cost.ts";
import {
  costByParameters,
  costOfUncountedText,
  likelyInputTokens,
  worstCase,
} from "../src/pricing/planned-cost.ts";
import { loadPriceList, pricesOf } from "../src/pricing/price-list.ts";
import { imageOutputTokens, megapixelsOfPicture } from "../src/pricing/quantities.ts";
import { MODELS, type ModelEntry } from "../src/providers/catalogue-data.ts";
import type { ParameterSpec } from "../src/workflow/models.ts";
import { usdToNanoUsd } from "../src/workflow/money.ts";
import type { Usage } from "../src/workflow/usage.ts";
import type { Json } from "../src/workflow/values.ts";

const list = loadPriceList();
const DAY = "2026-11-22";
/** 2,500 letters and 2,500 Chinese signs. */
const PROMPT = "The sea is at rest. ".repeat(125) + "大海很平静今天风很小".repeat(250);
const RECORDING_SECONDS = 1;

const PRICED = MODELS.filter(
  ({ id, status, provider }) =>
    status !== "shut_down" && provider !== "local" && pricesOf(list, id, DAY).length > 0,
);

/** Parameters that a price can hang on. */
const BILLED = new Set(
  "duration max_output_tokens speed size quality resolution reasoning_effort audio aspect_ratio mode language".split(
    " ",
  ),
);

function choicesOf(name: string, spec: ParameterSpec): (Json | undefined)[] {
  if (!BILLED.has(name)) return [spec.default];
  switch (spec.type) {
    case "choice":
      return spec.values;
    case "boolean":
      return [false, true];
    case "integer":
    case "number":
      return [spec.min, spec.max];
    case "string":
    case "files":
    case "data":
    default:
      return [spec.default];
  }
}

/** Every combination of what a model's parameters can be, as far as they can change what it costs. */
function combinationsOf({ parameters }: ModelEntry): Record<string, Json>[] {
  let combinations: Record<string, Json>[] = [{}];
  for (const [name, spec] of Object.entries(parameters)) {
    const choices = choicesOf(name, spec).map((value) => (value === undefined ? {} : { [name]: value }));
    combinations = combinations.flatMap((combination) =>
      choices.map((choice) => Object.assign({}, combination, choice)),
    );
  }
  return combinations;
}

/** The most pictures that are sent: by the provider's module, where it names a number. */
const MOST_PICTURES: readonly (readonly [RegExp, number])[] = [
  [/^black-forest-labs:flux-(?:pro-1\.1|kontext|2-klein)/, 4],
  [/^black-forest-labs:/, 8],
  [/^luma-agents:uni/, 9],
  [/^luma-agents:|^kling:|^minimax:|^replicate:/, 2],
  [/^together:/, 8],
  [/^(?:stability|ideogram|recraft):/, 1],
];

function mostPictures({ id, takes }: ModelEntry): number {
  if (!takes.includes("image")) return 0;
  return MOST_PICTURES.find(([pattern]) => pattern.test(id))?.[1] ?? 14;
}

/** Dollars that vendors take for each picture that goes in, of one megapixel, and for nothing else. */
const USD_PER_PICTURE: Record<string, number> = {
  "black-forest-labs:flux-2-pro": 0.015,
  "black-forest-labs:flux-2-max": 0.03,
  "black-forest-labs:flux-2-flex": 0.05,
  "black-forest-labs:flux-2-klein-9b": 0.002,
  "black-forest-labs:flux-2-klein-4b": 0.001,
  "luma-agents:uni-1": 0.003,
  "luma-agents:uni-1-max": 0.003,
  "xai:grok-imagine-image-2.0": 0.002,
  "xai:grok-imagine-image": 0.002,
  "xai:grok-imagine-video-1.5": 0.01,
  "xai:grok-imagine-video": 0.002,
  // 258 tokens for each of at most 12 tiles, at $1.50 a million.
  "google:gemini-omni-1.2-flash": 0.004_65,
  "google:gemini-omni-1.1-flash": 0.004_65,
};

/** Tokens of a Gemini picture, and the most that has been seen to be thought before one. */
const GEMINI_PICTURE_TOKENS: Record<string, number> = { "1k": 1_120, "2k": 1_680, "4k": 3_767 };
const GEMINI_THOUGHT_TOKENS: Record<string, number> = { minimal: 1_500, medium: 8_000, high: 20_000 };

/** Two tokens a sign and three letters a token, which no tokenizer in use exceeds. */
const PROMPT_TOKENS = 2_500 * 2 + 2_500 / 3;

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

function picturesTokens({ id }: ModelEntry, pictures: number): number {
  return pictures * (id === "openai:gpt-4o-mini" ? 48_169 : 6_500);
}

/** What the longest plausible answer used. */
function usageOf(model: ModelEntry, parameters: Record<string, Json>, pictures: number): Usage {
  const { duration } = parameters;
  const seconds = typeof duration === "number" ? duration : 0;
  const imageInputTokens = picturesTokens(model, pictures);
  const inputTokens = Math.ceil(PROMPT_TOKENS) + imageInputTokens;
  switch (model.modality) {
    case "text":
      return {
        inputTokens,
        cacheWriteInputTokens: inputTokens,
        outputTokens: Number(parameters["max_output_tokens"]),
      };
    case "image": {
      const [width = 1_024, height = 1_024] = textOf(parameters["size"]).split("x").map(Number);
      const made = {
        images: 1,
        megapixels: width > 0 && height > 0 ? megapixelsOfPicture(width, height) : 2,
      };
      if (model.provider === "google") {
        const thought = GEMINI_THOUGHT_TOKENS[textOf(parameters["reasoning_effort"])] ?? 0;
        const drawn = GEMINI_PICTURE_TOKENS[textOf(parameters["resolution"])] ?? 0;
        return { ...made, inputTokens, outputTokens: drawn + thought };
      }
      const drawn = imageOutputTokens(list, model.id, parameters, false);
      return { ...made, inputTokens, imageInputTokens, ...(drawn !== undefined && { outputTokens: drawn }) };
    }
    case "speech": {
      // Four signs and eight letters a second, and slower by as much as was asked for.
      const speed = Number(parameters["speed"] ?? 1);
      const audioSeconds = (2_500 / 4 + 2_500 / 8) / Math.min(1, speed);
      const characters = model.provider === "minimax" ? 2_500 * 2 + 2_500 : PROMPT.length;
      const tokens = { inputTokens, outputTokens: Math.ceil(audioSeconds * 25) };
      return { characters, audioSeconds, ...(model.provider === "google" && tokens) };
    }
    case "video":
      return { generations: 1, videoSeconds: seconds };
    case "music":
    case "sound":
      return { generations: 1, audioSeconds: seconds };
    case "transcript":
      // Groq bills ten seconds at least.
      return { audioSeconds: model.provider === "groq" ? 10 : RECORDING_SECONDS };
    case "document":
    default:
      return {};
  }
}

/** What is reserved for a call; and what is booked for it, counted or not, and what its vendor bills at most. */
function reservedAndBilled(model: ModelEntry, parameters: Record<string, Json>, pictures: number) {
  const { id, modality } = model;
  const inputSeconds = modality === "transcript" ? RECORDING_SECONDS : null;
  const call = { model, parameters, images: pictures, inputSeconds, prompt: PROMPT, day: DAY };
  const answered = {
    model: id,
    modality,
    usage: usageOf(model, parameters, pictures),
    parameters,
    day: DAY,
    likelyInputTokens: likelyInputTokens(call),
  };
  const booked = costOfUsage(list, Object.assign({ images: pictures }, answered));
  const withoutPictures = costOfUsage(list, answered).nanoUsd ?? 0;
  const billed = withoutPictures + pictures * usdToNanoUsd(USD_PER_PICTURE[id] ?? 0);
  const uncounted =
    modality === "text" ? costOfUncountedText(list, call, PROMPT) : costByParameters(list, call, {});
  return {
    parameters,
    pictures,
    reserved: worstCase(list, call).nanoUsd,
    bills: [booked.nanoUsd, billed, uncounted.nanoUsd],
  };
}

describe("the worst case of a listed model", () => {
  test("is looked at for all that a price can hang on", () => {
    expect(PRICED.length).toBeGreaterThan(100);
    expect(PROMPT).toHaveLength(5_000);
    const conditions = new Set(list.prices.flatMap(({ when = {} }) => Object.keys(when)));
    expect([...conditions].filter((name) => !BILLED.has(name))).toEqual([]);
  });

  test.each(PRICED.map((model) => [model.id, model] as const))(
    "of %s is never less than the bill, whatever its parameters",
    (_id, model) => {
      const counts = new Set(model.takes.includes("image") ? [0, 1, mostPictures(model)] : [0]);
      const calls = combinationsOf(model).flatMap((parameters) =>
        [...counts].map((pictures) => reservedAndBilled(model, parameters, pictures)),
      );
      const known = calls.filter(({ reserved }) => reserved !== null);
      expect(known.length).toBeGreaterThan(0);
      const exceeded = known.filter(({ reserved, bills }) =>
        bills.some((bill) => bill === null || bill > (reserved ?? 0)),
      );
      expect(exceeded).toEqual([]);
    },
  );

  test("is unknown with pictures only where nobody knows what they cost", () => {
    const unknown = PRICED.filter((model) => {
      const combinations = model.takes.includes("image") ? combinationsOf(model) : [];
      const isKnown = (pictures: number) =>
        combinations.some((parameters) => reservedAndBilled(model, parameters, pictures).reserved !== null);
      return isKnown(0) && !isKnown(1);
    });
    expect(unknown.map(({ id }) => id)).toEqual(["xai:grok-imagine-video-1.5-lite"]);
  });
});
