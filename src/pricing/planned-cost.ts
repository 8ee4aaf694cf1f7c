import { FREE, UNKNOWN_COST, assertNanoUsd, type Cost } from "../workflow/money.ts";
import type { Json } from "../workflow/values.ts";
import { CHARACTERS_PER_TOKEN, amountOfQuantities, isFreeModel } from "./cost.ts";
import {
  imageInputTokensAtMost,
  quantitiesOf,
  speedOf,
  type Assumptions,
  type PlannedCall,
} from "./quantities.ts";
import type { PriceList } from "./price-list.ts";
import { spokenSecondsAtMost } from "./spoken-seconds.ts";

/** What a vendor puts around a prompt: roles, separators, a system line. */
const FRAME_TOKENS = 500;
const CHARACTERS_PER_SECOND = 15;
/** What a model that reasons at low effort writes for itself before a text of a page. */
export const REASONING_TOKENS = 300;
/** The most that is thought at these efforts without being shown; at every other it may fill `max_output_tokens`. */
const REASONING_TOKENS_AT_MOST: ReadonlyMap<unknown, number> = new Map([
  ["none", 0],
  ["minimal", 2_000],
  ["low", 2_000],
]);

const LIKELY_TOKENS_PER_IMAGE = 1_500;

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
  const result = amountOfQuantities(
    list,
    { model: call.model.id, day: call.day, inputTokens, parameters: call.parameters },
    quantities,
  );
  // More than can be counted: some parameter of a model that no list holds is out of all proportion.
  if (!result || result.amount > Number.MAX_SAFE_INTEGER) return UNKNOWN_COST;
  return { nanoUsd: assertNanoUsd(Number(result.amount)), basis: "estimated" };
}

/**
 * The most that a call can cost, to be reserved before it leaves: every byte of the prompt as a token, the whole of
 * `max_output_tokens`, the slowest voice, a picture with its margin. Unknown where a price or a bound is missing.
 */
export function worstCase(list: PriceList, call: CostedCall): Cost {
  return costUnder(list, call, worstAssumptions(list, call));
}

function worstAssumptions(list: PriceList, call: CostedCall): Assumptions {
  const bytes = Buffer.byteLength(call.prompt) + Buffer.byteLength(call.instructions ?? "");
  return {
    // No tokenizer makes a token of less than one byte of UTF-8.
    inputTokens: bytes + FRAME_TOKENS,
    tokensPerImage: imageInputTokensAtMost(list, call.model.id),
    outputTokens: Number.MAX_SAFE_INTEGER,
    thoughtTokens: thoughtTokensAtMost(call),
    characters: charactersAtMost(call.prompt),
    spokenSeconds: spokenSecondsAtMost(call.prompt),
    withMargin: true,
  };
}

/** Vendors count a letter as one, and one that is not ASCII as two at most: MiniMax a Chinese sign, others all of UTF-16. */
function charactersAtMost(text: string): number {
  return text.length + (text.match(/[\u0080-\uffff]/g)?.length ?? 0);
}

/** The most that is thought without being shown, of which an effort says something only to a model that is known to take it. */
function thoughtTokensAtMost({ model, parameters }: CostedCall): number {
  if (model.thinks === false) return 0;
  const takesEffort = Object.hasOwn(model.parameters, "reasoning_effort");
  const known = takesEffort ? REASONING_TOKENS_AT_MOST.get(parameters["reasoning_effort"]) : undefined;
  return known ?? Number.MAX_SAFE_INTEGER;
}

/** Middling assumptions, given how much goes in and, where it is known, how long the text is that comes out. */
export function likelyAssumptions(promptCharacters: number, outputTokens: number): Assumptions {
  return {
    inputTokens: Math.ceil(promptCharacters / CHARACTERS_PER_TOKEN),
    tokensPerImage: LIKELY_TOKENS_PER_IMAGE,
    outputTokens,
    thoughtTokens: null,
    characters: promptCharacters,
    spokenSeconds: promptCharacters / CHARACTERS_PER_SECOND,
    withMargin: false,
  };
}

/** About how many tokens went in, for vendors that bill them and do not count them. */
export function likelyInputTokens({ prompt, instructions, images }: CostedCall): number {
  const characters = prompt.length + (instructions?.length ?? 0);
  return Math.ceil(characters / CHARACTERS_PER_TOKEN) + images * LIKELY_TOKENS_PER_IMAGE;
}

/**
 * What a text is taken to have cost whose tokens nobody counted, because it was broken off or because the answer does not
 * say: a bound of what went in, every byte that arrived as a token, and the most that can have been thought before it;
 * never more than the worst case.
 */
export function costOfUncountedText(list: PriceList, call: CostedCall, text: string): Cost {
  const outputTokens = Buffer.byteLength(text) + thoughtTokensAtMost(call);
  return costUnder(list, call, { ...worstAssumptions(list, call), outputTokens });
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
  const outputTokens =
    Math.ceil((made.text?.length ?? 0) / CHARACTERS_PER_TOKEN) +
    (thinks(call.parameters) ? REASONING_TOKENS : 0);
  const likely = likelyAssumptions(call.prompt.length, outputTokens);
  if (!made.durationSeconds) return costUnder(list, call, likely);
  const spokenSeconds = made.durationSeconds * speedOf(call.parameters);
  return costUnder(list, call, { ...likely, spokenSeconds });
}

/** Whether a call asks for an effort, so that a model writes for itself before it answers. */
export function thinks(parameters: Record<string, Json>): boolean {
  return Object.hasOwn(parameters, "reasoning_effort") && parameters["reasoning_effort"] !== "none";
}
