import { z } from "zod";
import type { Outbound } from "../net/outbound.ts";
import type { NanoUsd } from "../workflow/money.ts";
import { writeText } from "./ai-sdk.ts";
import { providerFacts } from "./catalogue-data.ts";
import { timedWords } from "./character-timings.ts";
import { createJobs } from "./jobs.ts";
import { pictureAnswered } from "./picture-answered.ts";
import type { Provider, ProviderContext, ProviderOutput, ProviderRequest } from "./provider.ts";
import { numberOf, textOf } from "./request-parameters.ts";
import { callForOutput, type VendorCall } from "./vendor-call.ts";
import { dataUrl, readBytes, readJson } from "./vendor-http.ts";
import { keyOf, readFilm, reportedOf, startFilm, xaiUsage } from "./xai-video.ts";

/**
 * xAI: text by `/chat/completions` (streamed), pictures by `/images/generations` (with pictures as input `/images/edits`),
 * voices by `/tts`, films as jobs by `/videos/generations`. But for voices its answers say what they cost.
 * Source: https://docs.x.ai.
 */
export function createXaiProvider(outbound: Outbound): Provider {
  const facts = providerFacts("xai");
  const films = createJobs({ facts, pollAfterMs: 5_000, submit: startFilm, read: readFilm }, outbound);
  return {
    id: facts.id,
    name: facts.name,
    ...films,
    submit(request, context) {
      if (request.modality === "video") return films.submit(request, context);
      return callForOutput({ facts, outbound, context }, async (call) => {
        switch (request.modality) {
          case "text":
            return write(call, request, context);
          case "image":
            return draw(call, request);
          case "speech":
            return speak(call, request);
          case "video":
          case "music":
          case "sound":
          case "transcript":
          case "document":
          default:
            throw new Error(`xAI makes no ${request.modality} here`);
        }
      });
    },
  };
}

const textUsage = xaiUsage.extend({
  prompt_tokens: z.number().catch(0),
  completion_tokens: z.number().catch(0),
  total_tokens: z.number().catch(0),
  prompt_tokens_details: z
    .object({ cached_tokens: z.number().catch(0) })
    .nullish()
    .catch(null),
});

async function write(
  call: VendorCall,
  request: ProviderRequest,
  context: ProviderContext,
): Promise<ProviderOutput> {
  const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
  let reportedNanoUsd: NanoUsd | undefined;
  const xai = createOpenAICompatible({
    name: "xai",
    apiKey: call.apiKey,
    baseURL: call.baseUrl,
    fetch: call.fetch,
    includeUsage: true,
    supportsStructuredOutputs: true,
    // `max_tokens` does not bound what the model thinks, which is billed as well.
    transformRequestBody: ({ max_tokens: most, ...body }) => ({ ...body, max_completion_tokens: most }),
    convertUsage(counted) {
      const usage = textUsage.parse(counted ?? {});
      reportedNanoUsd = reportedOf(usage);
      const cacheRead = usage.prompt_tokens_details?.cached_tokens ?? 0;
      // Tokens of thought are in the total, and not among those of the completion.
      const written = Math.max(usage.completion_tokens, usage.total_tokens - usage.prompt_tokens);
      return {
        inputTokens: {
          total: usage.prompt_tokens,
          noCache: usage.prompt_tokens - cacheRead,
          cacheRead,
          cacheWrite: undefined,
        },
        outputTokens: {
          total: written,
          text: usage.completion_tokens,
          reasoning: written - usage.completion_tokens,
        },
      };
    },
  });
  const effort = textOf(request, "reasoning_effort");
  const sdkOptions = { xai: effort === undefined ? {} : { reasoningEffort: effort } };
  const model = xai.chatModel(request.modelId);
  const output = await writeText({ model, request, context, call, sdkOptions });
  return { ...output, ...(reportedNanoUsd !== undefined && { reportedNanoUsd }) };
}

const drawing = z.object({
  data: z
    .array(
      z.object({
        b64_json: z.string().nullish(),
        url: z.string().nullish(),
        mime_type: z.string().nullish().catch(null),
        respect_moderation: z.boolean().nullish().catch(null),
      }),
    )
    .min(1),
  usage: xaiUsage.nullish().catch(null),
});

async function draw(call: VendorCall, request: ProviderRequest): Promise<ProviderOutput> {
  const pictures = request.images.map((image) => ({ type: "image_url", url: dataUrl(image) }));
  const [picture] = pictures;
  const body = {
    model: request.modelId,
    prompt: request.prompt,
    response_format: "b64_json",
    aspect_ratio: textOf(request, "aspect_ratio"),
    resolution: textOf(request, "resolution"),
    quality: textOf(request, "quality"),
    n: picture ? undefined : 1,
    ...(pictures.length > 1 ? { images: pictures } : { image: picture }),
  };
  const path = picture ? "/images/edits" : "/images/generations";
  const { data, usage } = await readJson(call, { path, headers: keyOf(call), body }, drawing);
  const [made] = data;
  const reportedNanoUsd = reportedOf(usage);
  const common = { usage: { images: 1 }, ...(reportedNanoUsd !== undefined && { reportedNanoUsd }) };
  // A picture that is held back was made, and is billed.
  if (made?.respect_moderation === false) return { ...common, files: [], refusal: "" };
  return { ...common, files: [await pictureAnswered(call, made ?? {}, made?.mime_type ?? "image/jpeg")] };
}

const timedSpeech = z.object({
  audio: z.string().min(1),
  content_type: z.string().catch("audio/mpeg"),
  audio_timestamps: z
    .object({ graph_chars: z.array(z.string()), graph_times: z.array(z.tuple([z.number(), z.number()])) })
    .nullish()
    .catch(null),
});

/** `/tts` names no model: there is one. */
async function speak(call: VendorCall, request: ProviderRequest): Promise<ProviderOutput> {
  const body = {
    text: request.prompt,
    voice_id: textOf(request, "voice"),
    language: textOf(request, "language") ?? "auto",
    speed: numberOf(request, "speed"),
    output_format: { codec: textOf(request, "format") ?? "mp3" },
    with_timestamps: true,
  };
  const { bytes, mediaType } = await readBytes(call, { path: "/tts", headers: keyOf(call), body });
  const usage = { characters: Array.from(request.prompt).length };
  // Servers that know no timings send the recording itself.
  if (!mediaType.startsWith("application/json")) return { files: [{ content: { bytes }, mediaType }], usage };
  const answer = timedSpeech.parse(JSON.parse(Buffer.from(bytes).toString()));
  const timings = answer.audio_timestamps;
  return {
    files: [{ content: { bytes: Buffer.from(answer.audio, "base64") }, mediaType: answer.content_type }],
    usage,
    ...(timings && {
      words: timedWords({
        characters: timings.graph_chars,
        starts: timings.graph_times.map(([start]) => start),
        ends: timings.graph_times.map(([, end]) => end),
      }),
    }),
  };
}
