import { z } from "zod";
import type { Outbound } from "../net/outbound.ts";
import { definedOnly, writeText } from "./ai-sdk.ts";
import { audioUpload, recordingOf, spellingHint } from "./audio-upload.ts";
import { providerFacts } from "./catalogue-data.ts";
import type { InputFile, Provider, ProviderContext, ProviderOutput, ProviderRequest } from "./provider.ts";
import { numberOf, textOf } from "./request-parameters.ts";
import { downloadResult } from "./result-file.ts";
import { callForOutput, type VendorCall } from "./vendor-call.ts";
import { readBytes, readJson } from "./vendor-http.ts";

/** Providers that are servers speaking OpenAI's language: any of them, and those that people run themselves. */
export const OPENAI_COMPATIBLE_IDS = [
  "openai-compatible",
  "ollama",
  "lmstudio",
  "llamacpp",
  "vllm",
  "localai",
  "kokoro",
] as const;

const picture = z.object({
  data: z
    .array(z.union([z.object({ b64_json: z.string().min(1) }), z.object({ url: z.string().min(1) })]))
    .min(1),
  usage: z
    .object({ input_tokens: z.number().optional(), output_tokens: z.number().optional() })
    .nullish()
    .catch(null),
});

const transcript = z.object({
  text: z.string(),
  /** Seconds. */
  duration: z.number().nullish().catch(null),
  words: z
    .array(z.object({ word: z.string(), start: z.number(), end: z.number() }))
    .nullish()
    .catch(null),
  usage: z.object({ seconds: z.number().optional() }).nullish().catch(null),
});

/**
 * A server that speaks OpenAI's language: text by `/chat/completions` (streamed), pictures by `/images/generations` (with
 * pictures as input `/images/edits`), voices by `/audio/speech`, transcripts by `/audio/transcriptions`. Which of these it
 * has is its own matter. Only fields that the request holds are sent, and a key only where there is one.
 * Source: https://developers.openai.com/api/reference.
 */
export function createOpenaiCompatibleProvider(
  outbound: Outbound,
  id: (typeof OPENAI_COMPATIBLE_IDS)[number],
): Provider {
  const facts = providerFacts(id);
  return {
    id,
    name: facts.name,
    submit: (request, context) =>
      callForOutput({ facts, outbound, context: atApi(context) }, async (call) => {
        switch (request.modality) {
          case "text":
            return write(request, context, call);
          case "image":
            return draw(request, call);
          case "speech":
            return speak(request, call);
          case "transcript":
            return transcribe(request, call);
          case "music":
          case "sound":
          case "video":
          case "document":
          default:
            throw new Error(`${facts.name} makes no ${request.modality}`);
        }
      }),
  };
}

/** These servers have their API under `/v1`, and people give their address without it. */
function atApi(context: ProviderContext): ProviderContext {
  const { config } = context;
  if (config.baseUrl === null) return context;
  const address = new URL(config.baseUrl);
  if (address.pathname !== "/") return context;
  return { ...context, config: { ...config, baseUrl: `${address.origin}/v1` } };
}

function authorization({ apiKey }: VendorCall): Record<string, string> {
  return apiKey === "" ? {} : { authorization: `Bearer ${apiKey}` };
}

async function write(
  request: ProviderRequest,
  context: ProviderContext,
  call: VendorCall,
): Promise<ProviderOutput> {
  const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
  const server = createOpenAICompatible({
    name: "openaiCompatible",
    baseURL: call.baseUrl,
    apiKey: call.apiKey,
    fetch: call.fetch,
    includeUsage: true,
    supportsStructuredOutputs: true,
  });
  const seed = numberOf(request, "seed");
  const reasoningEffort = textOf(request, "reasoning_effort");
  const openaiCompatible = {
    ...(seed !== undefined && { seed }),
    ...(reasoningEffort !== undefined && { reasoningEffort }),
  };
  return writeText({
    model: server.chatModel(request.modelId),
    request,
    context,
    call,
    sdkOptions: { openaiCompatible },
  });
}

async function draw(request: ProviderRequest, call: VendorCall): Promise<ProviderOutput> {
  const fields = {
    model: request.modelId,
    prompt: request.prompt,
    // One picture a call, always: with several, one that fails loses the others, paid as they are.
    n: 1,
    size: textOf(request, "size"),
    quality: textOf(request, "quality"),
  };
  const isEdit = request.images.length > 0;
  const answer = await readJson(
    call,
    {
      path: isEdit ? "/images/edits" : "/images/generations",
      headers: authorization(call),
      body: isEdit ? formOf({ ...fields, image: request.images.map(pictureUpload) }) : fields,
    },
    picture,
  );
  const [made] = answer.data;
  if (!made) throw new Error("an answer without a picture");
  const file =
    "b64_json" in made
      ? { content: { bytes: new Uint8Array(Buffer.from(made.b64_json, "base64")) }, mediaType: "image/png" }
      : await downloadResult(call, fileOnServer(call, made.url));
  return {
    files: [file],
    usage: definedOnly({
      inputTokens: answer.usage?.input_tokens,
      outputTokens: answer.usage?.output_tokens,
      images: 1,
    }),
  };
}

const LOOPBACK_HOSTS = new Set(["localhost", "127.0.0.1", "[::1]", "0.0.0.0"]);

/**
 * Where a file lies that the answer names: also by a path alone, or by another name of this machine than the one that was
 * configured. The key goes to the server itself only.
 */
function fileOnServer(call: VendorCall, address: string): { url: string; headers: Record<string, string> } {
  const server = new URL(call.baseUrl);
  const url = new URL(address, server);
  const isSameServer =
    url.port === server.port && [url, server].every(({ hostname }) => LOOPBACK_HOSTS.has(hostname));
  if (isSameServer) {
    url.protocol = server.protocol;
    url.hostname = server.hostname;
  }
  return { url: url.href, headers: url.origin === server.origin ? authorization(call) : {} };
}

async function speak(request: ProviderRequest, call: VendorCall): Promise<ProviderOutput> {
  const { bytes, mediaType } = await readBytes(call, {
    path: "/audio/speech",
    headers: authorization(call),
    body: {
      model: request.modelId,
      input: request.prompt,
      voice: textOf(request, "voice"),
      response_format: textOf(request, "format"),
      speed: numberOf(request, "speed"),
      instructions: request.instructions ?? undefined,
    },
  });
  return {
    files: [{ content: { bytes }, mediaType }],
    usage: { characters: Array.from(request.prompt).length },
  };
}

async function transcribe(request: ProviderRequest, call: VendorCall): Promise<ProviderOutput> {
  // Whisper alone tells when a word is spoken; other models refuse to be asked.
  const isWhisper = /whisper/i.test(request.modelId);
  const body = formOf({
    model: request.modelId,
    file: [audioUpload(recordingOf(request))],
    language: textOf(request, "language"),
    prompt: spellingHint(request),
    response_format: isWhisper ? "verbose_json" : "json",
    "timestamp_granularities[]": isWhisper ? "word" : undefined,
  });
  const said = await readJson(
    call,
    { path: "/audio/transcriptions", headers: authorization(call), body },
    transcript,
  );
  return {
    text: said.text,
    files: [],
    usage: definedOnly({ audioSeconds: said.duration ?? said.usage?.seconds }),
    ...(said.words && { words: said.words }),
  };
}

function pictureUpload({ mediaType, bytes }: InputFile): File {
  return new File([new Uint8Array(bytes)], `image.${mediaType.split("/")[1] ?? "png"}`, { type: mediaType });
}

/** A form; what is undefined is left out, and several files of one name are written as a list. */
function formOf(fields: Record<string, string | number | File[] | undefined>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (Array.isArray(value)) {
      for (const file of value) form.append(value.length > 1 ? `${name}[]` : name, file);
    } else if (value !== undefined) form.append(name, String(value));
  }
  return form;
}
