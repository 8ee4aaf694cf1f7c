import type { OpenAIProvider } from "@ai-sdk/openai";
import { z } from "zod";
import type { Outbound } from "../net/outbound.ts";
import { definedOnly, loadAiSdk, writeText } from "./ai-sdk.ts";
import { audioUpload, recordingOf, spellingHint } from "./audio-upload.ts";
import { providerFacts } from "./catalogue-data.ts";
import type { Provider, ProviderContext, ProviderOutput, ProviderRequest } from "./provider.ts";
import { numberOf, sidesOf, textOf } from "./request-parameters.ts";
import { callForOutput, type VendorCall } from "./vendor-call.ts";
import { readJson } from "./vendor-http.ts";

/**
 * OpenAI and every server that speaks its language: text by `/responses` (streamed), pictures by `/images/generations` (with
 * pictures as input `/images/edits`), voices by `/audio/speech`, transcripts by `/audio/transcriptions`. Only fields that
 * the request holds are sent.
 */
export function createOpenaiProvider(outbound: Outbound): Provider {
  const facts = providerFacts("openai");
  return {
    ...facts,
    submit: (request, context) =>
      callForOutput({ facts, outbound, context }, async (call) => {
        const { createOpenAI } = await import("@ai-sdk/openai");
        const fetch = withPlainTexts(call.fetch);
        const openai = createOpenAI({ apiKey: call.apiKey, baseURL: call.baseUrl, fetch });
        switch (request.modality) {
          case "text":
            return write(openai, request, context, call);
          case "image":
            return draw(openai, request, context);
          case "speech":
            return speak(openai, request, context);
          case "transcript":
            return transcribe(call, request);
          case "music":
          case "sound":
          case "video":
          case "document":
          default:
            throw new Error(`OpenAI makes no ${request.modality}`);
        }
      }),
  };
}

const bodyOfMessages = z.looseObject({ input: z.array(z.looseObject({ content: z.unknown() })) });
const textAlone = z.tuple([z.strictObject({ type: z.literal("input_text"), text: z.string() })]);

/**
 * Sends a message of `/responses` that is one text as that text. By the API's published description a list of one text is
 * of two kinds where it may be of one, and a server that holds to it refuses the list, which is all that the SDK writes.
 */
function withPlainTexts(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return (input, init) => {
    if (typeof init?.body !== "string") return fetch(input, init);
    const { data: body } = bodyOfMessages.safeParse(JSON.parse(init.body));
    if (!body) return fetch(input, init);
    const messages = body.input.map((message) => {
      const { data: texts } = textAlone.safeParse(message.content);
      return texts ? { ...message, content: texts[0].text } : message;
    });
    return fetch(input, { ...init, body: JSON.stringify({ ...body, input: messages }) });
  };
}

function write(
  openai: OpenAIProvider,
  request: ProviderRequest,
  context: ProviderContext,
  call: VendorCall,
): Promise<ProviderOutput> {
  const effort = textOf(request, "reasoning_effort");
  const sdkOptions = {
    openai: { store: false, ...(effort === undefined ? {} : { reasoningEffort: effort }) },
  };
  return writeText({ model: openai.responses(request.modelId), request, context, call, sdkOptions });
}

async function draw(
  openai: OpenAIProvider,
  request: ProviderRequest,
  context: ProviderContext,
): Promise<ProviderOutput> {
  const { generateImage } = await loadAiSdk();
  const size = sidesOf(request);
  const quality = textOf(request, "quality");
  const format = textOf(request, "format");
  const images = request.images.map(({ bytes }) => bytes);
  const result = await generateImage({
    model: openai.image(request.modelId),
    prompt: images.length > 0 ? { text: request.prompt, images } : request.prompt,
    // One picture a call, always: with several, one that fails loses the others, paid as they are.
    n: 1,
    ...(size ? { size: `${size.width}x${size.height}` as const } : {}),
    maxRetries: 0,
    abortSignal: context.signal,
    providerOptions: {
      openai: {
        ...(quality === undefined ? {} : { quality }),
        ...(format === undefined ? {} : { outputFormat: format }),
      },
    },
  });
  const { image, usage } = result;
  return {
    files: [{ content: { bytes: image.uint8Array }, mediaType: image.mediaType }],
    usage: definedOnly({
      inputTokens: usage.inputTokens,
      imageInputTokens: imageTokensIn(result.providerMetadata["openai"]),
      outputTokens: usage.outputTokens,
      images: 1,
    }),
  };
}

/** Tokens of pictures that went in, as the SDK hands them on beside the picture that came out. */
function imageTokensIn(metadata: { images: unknown } | undefined): number | undefined {
  const first: unknown = Array.isArray(metadata?.images) ? metadata.images[0] : undefined;
  if (typeof first !== "object" || first === null || !("imageTokens" in first)) return undefined;
  return typeof first.imageTokens === "number" ? first.imageTokens : undefined;
}

async function speak(
  openai: OpenAIProvider,
  request: ProviderRequest,
  context: ProviderContext,
): Promise<ProviderOutput> {
  const { generateSpeech } = await loadAiSdk();
  const voice = textOf(request, "voice");
  const speed = numberOf(request, "speed");
  const instructions = request.instructions ?? undefined;
  const { audio } = await generateSpeech({
    model: openai.speech(request.modelId),
    text: request.prompt,
    outputFormat: textOf(request, "format") ?? "mp3",
    ...(voice === undefined ? {} : { voice }),
    ...(speed === undefined ? {} : { speed }),
    ...(instructions === undefined ? {} : { instructions }),
    maxRetries: 0,
    abortSignal: context.signal,
  });
  return {
    files: [{ content: { bytes: audio.uint8Array }, mediaType: audio.mediaType }],
    usage: { characters: Array.from(request.prompt).length },
  };
}

const seconds = z.number().min(0);

const transcript = z.object({
  text: z.string(),
  words: z
    .array(z.object({ word: z.string(), start: seconds, end: seconds }))
    .nullish()
    .catch(null),
  /** Of the recording. */
  duration: seconds.nullish().catch(null),
  /** What is billed: the recording's length or, by older models, tokens. */
  usage: z
    .object({
      seconds: seconds.optional(),
      input_tokens: seconds.optional(),
      output_tokens: seconds.optional(),
    })
    .nullish()
    .catch(null),
});

/** Only Whisper times words: the others refuse `verbose_json`. Source: OpenAI's API reference, createTranscription. */
async function transcribe(call: VendorCall, request: ProviderRequest): Promise<ProviderOutput> {
  const { modelId } = request;
  const body = new FormData();
  body.set("model", modelId);
  body.set("file", audioUpload(recordingOf(request)));
  if (modelId.includes("whisper")) {
    body.set("response_format", "verbose_json");
    body.set("timestamp_granularities[]", "word");
  }
  const language = textOf(request, "language");
  if (language !== undefined) {
    body.set(modelId.startsWith("gpt-transcribe") ? "languages[]" : "language", language);
  }
  const hint = spellingHint(request);
  if (hint !== undefined) body.set("prompt", hint);
  const headers = { authorization: `Bearer ${call.apiKey}` };
  const { text, words, duration, usage } = await readJson(
    call,
    { path: "/audio/transcriptions", headers, body },
    transcript,
  );
  return {
    text,
    files: [],
    usage: definedOnly({
      audioSeconds: usage?.seconds ?? duration ?? undefined,
      inputTokens: usage?.input_tokens,
      outputTokens: usage?.output_tokens,
    }),
    ...(words && { words }),
  };
}
