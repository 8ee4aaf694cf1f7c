import { z } from "zod";
import type { Outbound } from "../net/outbound.ts";
import type { WordTiming } from "../workflow/values.ts";
import { definedOnly, writeText } from "./ai-sdk.ts";
import { audioUpload, recordingOf } from "./audio-upload.ts";
import { providerFacts } from "./catalogue-data.ts";
import type { Provider, ProviderContext, ProviderOutput, ProviderRequest } from "./provider.ts";
import { numberOf, textOf } from "./request-parameters.ts";
import { callForOutput, type VendorCall } from "./vendor-call.ts";
import { readJson } from "./vendor-http.ts";

/**
 * Mistral: text by `/chat/completions` (streamed), voices by `/audio/speech`, transcripts by `/audio/transcriptions`.
 * Source: https://docs.mistral.ai/api.
 */
export function createMistralProvider(outbound: Outbound): Provider {
  const facts = providerFacts("mistral");
  return {
    id: facts.id,
    name: facts.name,
    submit: (request, context) =>
      callForOutput({ facts, outbound, context }, async (call) => {
        switch (request.modality) {
          case "text":
            return write(call, request, context);
          case "speech":
            return speak(call, request);
          case "transcript":
            return transcribe(call, request);
          case "image":
          case "music":
          case "sound":
          case "video":
          case "document":
          default:
            throw new Error(`Mistral makes no ${request.modality}`);
        }
      }),
  };
}

async function write(
  call: VendorCall,
  request: ProviderRequest,
  context: ProviderContext,
): Promise<ProviderOutput> {
  const { createMistral } = await import("@ai-sdk/mistral");
  const mistral = createMistral({ apiKey: call.apiKey, baseURL: call.baseUrl, fetch: call.fetch });
  const effort = textOf(request, "reasoning_effort");
  const sdkOptions = { mistral: effort === undefined ? {} : { reasoningEffort: effort } };
  return writeText({ model: mistral(request.modelId), request, context, call, sdkOptions });
}

const speech = z.object({ audio_data: z.string().min(1) });

const MEDIA_TYPES: Record<string, string> = {
  mp3: "audio/mpeg",
  wav: "audio/wav",
  flac: "audio/flac",
  opus: "audio/ogg",
};

async function speak(call: VendorCall, request: ProviderRequest): Promise<ProviderOutput> {
  const format = textOf(request, "format") ?? "mp3";
  const body = {
    model: request.modelId,
    input: request.prompt,
    voice_id: textOf(request, "voice"),
    response_format: format,
    expressiveness: numberOf(request, "expressiveness"),
  };
  const { audio_data: audio } = await readJson(
    call,
    { path: "/audio/speech", headers: bearer(call), body },
    speech,
  );
  const bytes = new Uint8Array(Buffer.from(audio, "base64"));
  return {
    files: [{ content: { bytes }, mediaType: MEDIA_TYPES[format] ?? "application/octet-stream" }],
    usage: { characters: Array.from(request.prompt).length },
  };
}

const transcript = z.object({
  text: z.string(),
  segments: z
    .array(z.object({ text: z.string(), start: z.number().min(0), end: z.number().min(0) }))
    .nullish(),
  usage: z.object({ prompt_audio_seconds: z.number().min(0).nullish() }).nullish(),
});

/**
 * Voxtral 2 times words but then takes no language; Voxtral 3 times passages only, in whatever language.
 * Source: https://docs.mistral.ai/studio/audio/migrate-from-voxtral-2.
 */
const TIMES_WORDS = /^voxtral-mini-(?:2507|2602|latest)$/;

async function transcribe(call: VendorCall, request: ProviderRequest): Promise<ProviderOutput> {
  const { modelId } = request;
  const timesWords = TIMES_WORDS.test(modelId);
  const language = textOf(request, "language");
  const body = new FormData();
  body.set("model", modelId);
  body.set("file", audioUpload(recordingOf(request)));
  body.set("timestamp_granularities", timesWords ? "word" : "segment");
  if (language !== undefined && !timesWords) body.set("language", language);
  const { text, segments, usage } = await readJson(
    call,
    { path: "/audio/transcriptions", headers: bearer(call), body },
    transcript,
  );
  return {
    text,
    files: [],
    usage: definedOnly({ audioSeconds: usage?.prompt_audio_seconds ?? undefined }),
    ...(segments && { words: segments.flatMap(wordsOf) }),
  };
}

/** The words of a timed passage, each as long as its share of the characters. A passage of one word is that word. */
function wordsOf({ text, start, end }: { text: string; start: number; end: number }): WordTiming[] {
  const words = text.split(/\s+/).filter((word) => word !== "");
  const characters = words.reduce((sum, word) => sum + word.length, 0);
  const secondsACharacter = (end - start) / characters;
  let position = start;
  return words.map((word) => {
    const timing = { word, start: position, end: position + word.length * secondsACharacter };
    position = timing.end;
    return timing;
  });
}

function bearer({ apiKey }: VendorCall): Record<string, string> {
  return { authorization: `Bearer ${apiKey}` };
}
