import type { FinishReason, LanguageModel } from "ai";
import { failureOf, TruncatedAnswer } from "./failure.ts";
import type { Usage } from "../workflow/usage.ts";
import type { ProviderConfig, ProviderContext, ProviderOutput, ProviderRequest } from "./provider.ts";
import type { ProviderFacts } from "./catalogue-data.ts";
import { trackFetch } from "./tracked-fetch.ts";

/** What a provider on the AI SDK is made with. */
export interface AiSdkProviderOptions {
  /** The outbound client's. */
  fetch: typeof globalThis.fetch;
}

/** One call under way: what to give to the SDK, and what has come out so far. */
export interface AiSdkCall {
  fetch: typeof globalThis.fetch;
  apiKey: string;
  /** The vendor's usual address unless another is configured; without a slash at the end. */
  baseUrl: string;
  /** Says that part of the output has arrived. */
  markOutput(): void;
}

/** Loads the AI SDK on the first call only. It writes nothing on the console: what matters comes back as values. */
export async function loadAiSdk(): Promise<typeof import("ai")> {
  globalThis.AI_SDK_LOG_WARNINGS = false;
  return import("ai");
}

/** Runs one call of a vendor; whatever it throws becomes a `ProviderFailure` that says whether it was billed. */
export async function callVendor(
  options: {
    facts: ProviderFacts;
    config: ProviderConfig;
    fetch: typeof globalThis.fetch;
    signal: AbortSignal;
  },
  run: (call: AiSdkCall) => Promise<ProviderOutput>,
): Promise<ProviderOutput> {
  const { facts, config, signal } = options;
  const { fetch, track } = trackFetch(options.fetch);
  let hasOutput = false;
  try {
    signal.throwIfAborted();
    return await run({
      fetch,
      apiKey: config.apiKey ?? "",
      baseUrl: (config.baseUrl ?? facts.settings.defaultBaseUrl ?? "").replace(/\/+$/, ""),
      markOutput: () => {
        hasOutput = true;
      },
    });
  } catch (error) {
    const { name: provider } = facts;
    const keySetting = facts.settings.apiKey;
    throw failureOf({ error, provider, keySetting, apiKey: config.apiKey, track, signal, hasOutput });
  }
}

/** Provider options of the AI SDK: JSON by the vendor's name. */
export type SdkOptions = Record<string, Record<string, string | number | boolean | Record<string, number>>>;

/**
 * Writes a text, streamed, and hands it on as it comes.
 * @throws what went wrong inside the stream too, and `TruncatedAnswer` where it ended without its closing event. A whole text
 * that the vendor counts no tokens of comes with no usage.
 */
export async function writeText(options: {
  model: LanguageModel;
  request: ProviderRequest;
  context: ProviderContext;
  call: AiSdkCall;
  sdkOptions: SdkOptions;
}): Promise<ProviderOutput> {
  const { model, request, context, call, sdkOptions } = options;
  const { streamText } = await loadAiSdk();
  const maxOutputTokens = numberOf(request, "max_output_tokens");
  const temperature = numberOf(request, "temperature");
  const result = streamText({
    model,
    messages: [
      {
        role: "user",
        content: [
          { type: "text", text: request.prompt },
          ...request.images.map(({ mediaType, bytes }) => ({
            type: "file" as const,
            mediaType,
            data: bytes,
          })),
        ],
      },
    ],
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    maxRetries: 0,
    abortSignal: context.signal,
    providerOptions: sdkOptions,
    // Errors come through the stream, where they are thrown; without this the SDK prints them.
    onError: () => {},
  });
  let text = "";
  for await (const part of result.stream) {
    if (part.type === "text-delta" && part.text !== "") {
      call.markOutput();
      text += part.text;
      context.onText(part.text);
    } else if (part.type === "error") throw part.error;
    else if (part.type === "abort") throw context.signal.reason;
    else if (part.type === "finish") {
      const usage = textUsage(part.totalUsage, text);
      if (!hasFinished(part, usage)) throw new TruncatedAnswer();
      const raw = { finish_reason: part.rawFinishReason ?? part.finishReason };
      const refusal = part.finishReason === "content-filter" ? { refusal: text } : {};
      return { text, files: [], usage, raw, ...refusal };
    }
  }
  throw new TruncatedAnswer();
}

/**
 * Whether the vendor said why the text ends. Where it did not, the SDK says `interrupted`, or `other` without a reason of the
 * vendor's; the latter is believed of a text whose tokens were counted.
 */
function hasFinished(end: { finishReason: FinishReason; rawFinishReason: string | undefined }, usage: Usage) {
  if (end.finishReason === "interrupted" || end.finishReason === "error") return false;
  const hasReason = end.finishReason !== "other" || end.rawFinishReason !== undefined;
  return hasReason || usage.outputTokens !== undefined;
}

/** A text that took no tokens was not counted: an unknown amount is never zero. */
function textUsage(
  usage: {
    inputTokens: number | undefined;
    outputTokens: number | undefined;
    inputTokenDetails: { cacheReadTokens: number | undefined; cacheWriteTokens: number | undefined };
  },
  text: string,
): Usage {
  if (text !== "" && usage.outputTokens === 0) return {};
  return definedOnly({
    inputTokens: usage.inputTokens,
    cachedInputTokens: usage.inputTokenDetails.cacheReadTokens,
    cacheWriteInputTokens: usage.inputTokenDetails.cacheWriteTokens,
    outputTokens: usage.outputTokens,
  });
}

/** Leaves out what was not measured. */
export function definedOnly(usage: { [Unit in keyof Usage]: Usage[Unit] | undefined }): Usage {
  const defined: Usage = {};
  let unit: keyof Usage;
  for (unit in usage) {
    const quantity = usage[unit];
    if (quantity !== undefined) defined[unit] = quantity;
  }
  return defined;
}

/** A parameter that is a number; undefined where it is not given. */
export function numberOf(request: ProviderRequest, name: string): number | undefined {
  const value = request.parameters[name];
  return typeof value === "number" ? value : undefined;
}

/** A parameter that is a text; undefined where it is not given. */
export function textOf(request: ProviderRequest, name: string): string | undefined {
  const value = request.parameters[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}
