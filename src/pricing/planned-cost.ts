import { FREE, UNKNOWN_COST, assertNanoUsd, type Cost } from "../workflow/money.ts";
import { CHARACTERS_PER_TOKEN, amountOfQuantities, isFreeModel } from "./cost.ts";
import { quantitiesOf, type Assumptions, type PlannedCall } from "./quantities.ts";
import type { PriceList } from "./price-list.ts";

/** What a vendor puts around a prompt: roles, separators, a system line. */
const FRAME_TOKENS = 500;
/** More than any of the vendors counts for one picture at its finest. */
const TOKENS_PER_IMAGE_AT_MOST = 10_000;
/** Half of the usual 15: as slow as a delivery instruction makes a voice. */
const CHARACTERS_PER_SECOND_AT_LEAST = 8;
const CHARACTERS_PER_SECOND = 15;
/** What a model that reasons at low effort writes for itself before a text of a page. */
export const REASONING_TOKENS = 300;
/** Reasoning that may have gone before the first characters of a text that was broken off. */
const REASONING_TOKENS_BEFORE_ABORT = 2_000;

/** A planned call with the text that goes in. */
export interface CostedCall extends PlannedCall {
  /** The prompt; for speech what is spoken. */
  prompt: string;
  /** For speech: how to speak. */
  instructions?: string | null;
  /** YYYY-MM-DD. */
  day: string;
}

/** Prices a call under assumptions. */
export function costUnder(
  list: PriceList,
  call: PlannedCall & { day: string },
  assumptions: Assumptions,
): Cost {
  if (isFreeModel(call.model.id)) return FREE;
  const quantities = quantitiesOf(list, call, assumptions);
  if (!quantities) return UNKNOWN_COST;
  const inputTokens = assumptions.inputTokens + call.images * assumptions.tokensPerImage;
  const result = amountOfQuantities(list, { model: call.model.id, day: call.day, inputTokens }, quantities);
  if (!result) return UNKNOWN_COST;
  return { nanoUsd: assertNanoUsd(Number(result.amount)), basis: "estimated" };
}

/**
 * The most that a call can cost, to be reserved before it leaves: every byte of the prompt as a token, the whole of
 * `max_output_tokens`, the slowest voice, a picture with its margin. Unknown where a price or a bound is missing.
 */
export function worstCase(list: PriceList, call: CostedCall): Cost {
  return costUnder(list, call, worstAssumptions(call));
}

function worstAssumptions(call: CostedCall): Assumptions {
  const bytes = Buffer.byteLength(call.prompt) + Buffer.byteLength(call.instructions ?? "");
  return {
    // No tokenizer makes a token of less than one byte of UTF-8.
    inputTokens: bytes + FRAME_TOKENS,
    tokensPerImage: TOKENS_PER_IMAGE_AT_MOST,
    outputTokens: Number.MAX_SAFE_INTEGER,
    characters: call.prompt.length,
    charactersPerSecond: CHARACTERS_PER_SECOND_AT_LEAST,
    withMargin: true,
  };
}

/** Middling assumptions, given how much goes in and, where it is known, how long the text is that comes out. */
export function likelyAssumptions(promptCharacters: number, outputTokens: number): Assumptions {
  return {
    inputTokens: Math.ceil(promptCharacters / CHARACTERS_PER_TOKEN),
    tokensPerImage: 1_500,
    outputTokens,
    characters: promptCharacters,
    charactersPerSecond: CHARACTERS_PER_SECOND,
    withMargin: false,
  };
}

/**
 * What a text that was broken off is taken to have cost: a bound of what went in, and every byte that arrived as a token,
 * with the reasoning before it; never more than the worst case.
 */
export function costOfAbortedText(list: PriceList, call: CostedCall, partialText: string): Cost {
  const reasons = Object.hasOwn(call.parameters, "reasoning_effort") ? REASONING_TOKENS_BEFORE_ABORT : 0;
  const outputTokens = Buffer.byteLength(partialText) + reasons;
  return costUnder(list, call, { ...worstAssumptions(call), outputTokens });
}

/**
 * What a call costs going by its parameters and by what was made: for a call whose answer counts nothing, and for what a
 * rehearsed call would have cost live.
 */
export function costByParameters(
  list: PriceList,
  call: CostedCall,
  made: { text?: string | undefined; durationSeconds?: number | undefined },
): Cost {
  const reasons =
    Object.hasOwn(call.parameters, "reasoning_effort") && call.parameters["reasoning_effort"] !== "none";
  const outputTokens =
    Math.ceil((made.text?.length ?? 0) / CHARACTERS_PER_TOKEN) + (reasons ? REASONING_TOKENS : 0);
  const likely = likelyAssumptions(call.prompt.length, outputTokens);
  const pace = made.durationSeconds ? { charactersPerSecond: call.prompt.length / made.durationSeconds } : {};
  return costUnder(list, call, { ...likely, ...(call.prompt.length > 0 ? pace : {}) });
}
