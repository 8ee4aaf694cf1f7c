import { z } from "zod";
import type { Outbound } from "../net/outbound.ts";
import { definedOnly, writeText } from "./ai-sdk.ts";
import { audioUpload, recordingOf, spellingHint } from "./audio-upload.ts";
import { providerFacts } from "./catalogue-data.ts";
import type { Provider, ProviderContext, ProviderOutput, ProviderRequest } from "./provider.ts";
import { textOf } from "./request-parameters.ts";
import { callForOutput, type VendorCall } from "./vendor-call.ts";
import { readBytes, readJson } from "./vendor-http.ts";

/** Groq: text by `/chat/completions` (streamed), voices by `/audio/speech`, transcripts by `/audio/transcriptions`. */
export function createGroqProvider(outbound: Outbound): Provider {
  const facts = providerFacts("groq");
  return {
    ...facts,
    submit: (request, context) =>
      callForOutput({ facts, outbound, context }, async (call) => {
        if (request.modality === "text") return write(request, context, call);
        if (request.modality === "speech") return speak(request, call);
        if (request.modality === "transcript") return transcribe(request, call);
        throw new Error(`Groq makes no ${request.modality}`);
      }),
  };
}

async function write(
  request: ProviderRequest,
  context: ProviderContext,
  call: VendorCall,
): Promise<ProviderOutput> {
  const { createGroq } = await import("@ai-sdk/groq");
  const groq = createGroq({ apiKey: call.apiKey, baseURL: call.baseUrl, fetch: call.fetch });
  const effort = textOf(request, "reasoning_effort");
  const groqOptions = {
    ...(effort === undefined ? {} : { reasoningEffort: effort }),
    // Qwen writes what it thinks into its text unless this is asked for; GPT-OSS does not take it:
    // https://console.groq.com/docs/reasoning
    ...(request.modelId.startsWith("qwen/") ? { reasoningFormat: "hidden" } : {}),
  };
  return writeText({
    model: groq(request.modelId),
    request,
    context,
    call,
    sdkOptions: { groq: groqOptions },
  });
}

async function speak(request: ProviderRequest, call: VendorCall): Promise<ProviderOutput> {
  const { bytes, mediaType } = await readBytes(call, {
    path: "/audio/speech",
    headers: authorization(call),
    body: {
      model: request.modelId,
      input: request.prompt,
      voice: textOf(request, "voice"),
      // All that Orpheus makes: https://console.groq.com/docs/text-to-speech
      response_format: "wav",
    },
  });
  return {
    files: [{ content: { bytes }, mediaType }],
    usage: { characters: Array.from(request.prompt).length },
  };
}

const transcriptSchema = z.object({
  text: z.string(),
  /** Seconds. */
  duration: z.number().optional(),
  words: z.array(z.object({ word: z.string(), start: z.number(), end: z.number() })).optional(),
});

/** The shortest length that is billed: https://console.groq.com/docs/speech-to-text */
const BILLED_SECONDS_AT_LEAST = 10;

async function transcribe(request: ProviderRequest, call: VendorCall): Promise<ProviderOutput> {
  const answer = await readJson(
    call,
    { path: "/audio/transcriptions", headers: authorization(call), body: formOf(request) },
    transcriptSchema,
  );
  const { text, duration, words } = answer;
  const audioSeconds = duration === undefined ? undefined : Math.max(duration, BILLED_SECONDS_AT_LEAST);
  return { text, files: [], usage: definedOnly({ audioSeconds }), ...(words && { words }) };
}

function formOf(request: ProviderRequest): FormData {
  const form = new FormData();
  form.set("model", request.modelId);
  form.set("file", audioUpload(recordingOf(request)));
  form.set("response_format", "verbose_json");
  form.set("timestamp_granularities[]", "word");
  const language = textOf(request, "language");
  if (language !== undefined) form.set("language", language);
  const hint = spellingHint(request);
  if (hint !== undefined) form.set("prompt", hint);
  return form;
}

function authorization({ apiKey }: VendorCall): Record<string, string> {
  return { authorization: `Bearer ${apiKey}` };
}
