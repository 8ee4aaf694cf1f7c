import type { OpenAIProvider } from "@ai-sdk/openai";
import {
  callVendor,
  definedOnly,
  loadAiSdk,
  numberOf,
  textOf,
  writeText,
  type AiSdkCall,
  type AiSdkProviderOptions,
} from "./ai-sdk.ts";
import { providerFacts } from "./catalogue-data.ts";
import type { Provider, ProviderContext, ProviderOutput, ProviderRequest } from "./provider.ts";

/**
 * OpenAI and every server that speaks its language: text by `/responses` (streamed), pictures by `/images/generations` (with
 * pictures as input `/images/edits`), voices by `/audio/speech`. Only fields that the request holds are sent.
 */
export function createOpenaiProvider({ fetch }: AiSdkProviderOptions): Provider {
  const facts = providerFacts("openai");
  return {
    ...facts,
    async submit(request, context) {
      const { config, signal } = context;
      const output = await callVendor({ facts, config, fetch, signal }, async (call) => {
        const { createOpenAI } = await import("@ai-sdk/openai");
        const openai = createOpenAI({ apiKey: call.apiKey, baseURL: call.baseUrl, fetch: call.fetch });
        switch (request.modality) {
          case "text":
            return write(openai, request, context, call);
          case "image":
            return draw(openai, request, context);
          case "speech":
            return speak(openai, request, context);
          case "music":
          case "sound":
          case "video":
          case "transcript":
          case "document":
          default:
            throw new Error(`OpenAI makes no ${request.modality}`);
        }
      });
      return { state: "done", output };
    },
  };
}

function write(
  openai: OpenAIProvider,
  request: ProviderRequest,
  context: ProviderContext,
  call: AiSdkCall,
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
  const size = /^(\d+)x(\d+)$/.exec(textOf(request, "size") ?? "");
  const quality = textOf(request, "quality");
  const format = textOf(request, "format");
  const images = request.images.map(({ bytes }) => bytes);
  const result = await generateImage({
    model: openai.image(request.modelId),
    prompt: images.length > 0 ? { text: request.prompt, images } : request.prompt,
    // One picture a call, always: with several, one that fails loses the others, paid as they are.
    n: 1,
    ...(size ? { size: `${Number(size[1])}x${Number(size[2])}` as const } : {}),
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
