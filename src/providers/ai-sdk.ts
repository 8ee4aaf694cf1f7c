import type { FinishReason, JSONSchema7, LanguageModel, LanguageModelUsage } from "ai";
import { z } from "zod";
import type { Usage } from "../workflow/usage.ts";
import { TruncatedAnswer } from "./failure.ts";
import type { ProviderContext, ProviderOutput, ProviderRequest } from "./provider.ts";
import { numberOf } from "./request-parameters.ts";
import { promptWithSchema } from "./schema-prompt.ts";
import { SecondPurchase } from "./tracked-fetch.ts";
import type { VendorCall } from "./vendor-call.ts";

/** Loads the AI SDK on the first call only. It writes nothing on the console: what matters comes back as values. */
export async function loadAiSdk(): Promise<typeof import("ai")> {
  globalThis.AI_SDK_LOG_WARNINGS = false;
  return import("ai");
}

/** More than any model writes in one answer: 128,000 tokens are about half of this. */
const MAX_TEXT_CHARACTERS = 1_000_000;

/** A text that does not end: the rest is not waited for. */
class EndlessText extends Error {
  override readonly name = "EndlessText";
}

/** Provider options of the AI SDK: JSON by the vendor's name. */
export type SdkOptions = Record<
  string,
  Record<string, string | number | boolean | Record<string, string | number>>
>;

/** A text to write, and through what. */
interface TextCall {
  model: LanguageModel;
  request: ProviderRequest;
  context: ProviderContext;
  call: VendorCall;
  sdkOptions: SdkOptions;
}

/**
 * Writes a text, streamed, and hands it on as it comes; a server that answers with the whole at once is read too.
 * @throws what went wrong inside the stream too, and `TruncatedAnswer` where it ended without its closing event. A whole text
 * that the vendor counts no tokens of comes with no usage.
 */
export async function writeText(options: TextCall): Promise<ProviderOutput> {
  let hasText = false;
  try {
    return await readStream(options, () => {
      hasText = true;
    });
  } catch (error) {
    // Some servers and proxies do not stream. What they have answered is read again, and nothing is sent.
    if (hasText || !options.call.replayWhole()) throw error;
    return await readWhole(options);
  }
}

async function readStream(options: TextCall, onFirstText: () => void): Promise<ProviderOutput> {
  const { context, call } = options;
  const { streamText } = await loadAiSdk();
  // Errors come through the stream, where they are thrown; without this the SDK prints them.
  const result = streamText({ ...(await settingsOf(options)), onError: () => {} });
  let text = "";
  for await (const part of result.stream) {
    if (part.type === "text-delta" && part.text !== "") {
      onFirstText();
      call.markOutput();
      text += part.text;
      if (text.length > MAX_TEXT_CHARACTERS) throw new EndlessText();
      context.onText(part.text);
    } else if (part.type === "error") {
      // The SDK would have gone on with a second call. What came of the first is paid: the text ends with it.
      if (!(part.error instanceof SecondPurchase)) throw part.error;
    } else if (part.type === "abort") throw context.signal.reason;
    else if (part.type === "finish") return finishedText(text, part);
  }
  throw new TruncatedAnswer();
}

async function readWhole(options: TextCall): Promise<ProviderOutput> {
  const { generateText } = await loadAiSdk();
  const { text, finishReason, rawFinishReason, totalUsage } = await generateText(await settingsOf(options));
  if (text.length > MAX_TEXT_CHARACTERS) throw new EndlessText();
  options.call.markOutput();
  options.context.onText(text);
  return finishedText(text, { finishReason, rawFinishReason, totalUsage });
}

/** What the vendor is asked, streamed or not. */
async function settingsOf({ model, request, context, sdkOptions }: TextCall) {
  const { Output } = await loadAiSdk();
  const format = answerFormat(request);
  const maxOutputTokens = numberOf(request, "max_output_tokens");
  const temperature = numberOf(request, "temperature");
  return {
    model,
    messages: [
      {
        role: "user" as const,
        content: [
          { type: "text" as const, text: promptWithSchema(request.prompt, request.outputSchema) },
          ...request.images.map(({ mediaType, bytes }) => ({
            type: "file" as const,
            mediaType,
            data: bytes,
            // Required by OpenAI's published description, where `auto` is the default; read by no other vendor's package.
            providerOptions: { openai: { imageDetail: "auto" } },
          })),
        ],
      },
    ],
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    maxRetries: 0,
    abortSignal: context.signal,
    // Not `Output.object`, which parses the whole text again with each word that comes.
    ...(format && { output: { ...Output.text(), responseFormat: Promise.resolve(format) } }),
    providerOptions: format ? withLooseSchema(model, sdkOptions) : sdkOptions,
  };
}

interface TextEnd {
  finishReason: FinishReason;
  rawFinishReason: string | undefined;
  totalUsage: LanguageModelUsage;
}

/** @throws TruncatedAnswer where the vendor did not say why the text ends. */
function finishedText(text: string, end: TextEnd): ProviderOutput {
  const usage = textUsage(end.totalUsage, text);
  if (!hasFinished(end, usage)) throw new TruncatedAnswer();
  const counted = z.json().safeParse(end.totalUsage.raw);
  const finish_reason = end.rawFinishReason ?? end.finishReason;
  const raw = { finish_reason, ...(counted.success && { usage: counted.data }) };
  const refusal = end.finishReason === "content-filter" ? { refusal: text } : {};
  return { text, files: [], usage, raw, ...refusal };
}

/** What the vendor is told of the answer's form. Vendors take the schema of an object only. */
function answerFormat({ outputSchema }: ProviderRequest): { type: "json"; schema: JSONSchema7 } | null {
  if (outputSchema?.["type"] !== "object") return null;
  const schema: JSONSchema7 = structuredClone<object>(outputSchema);
  return { type: "json", schema };
}

/** Strict vendors refuse most schemas that people write; whether the answer fits is checked here in any case. */
function withLooseSchema(model: LanguageModel, sdkOptions: SdkOptions): SdkOptions {
  const vendor = typeof model === "string" ? model : (model.provider.split(".")[0] ?? "");
  return { ...sdkOptions, [vendor]: { strictJsonSchema: false, ...sdkOptions[vendor] } };
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
