import { z } from "zod";
import type { Outbound } from "../net/outbound.ts";
import { audioUpload, recordingOf } from "./audio-upload.ts";
import { providerFacts } from "./catalogue-data.ts";
import type { Provider, ProviderOutput, ProviderRequest } from "./provider.ts";
import { booleanOf, textOf } from "./request-parameters.ts";
import { callForOutput, type VendorCall } from "./vendor-call.ts";
import { readBytes, readJson } from "./vendor-http.ts";

/**
 * Deepgram: voices by `/v1/speak` (those of Flux by `/v2/speak`), transcripts with the time of every word by `/v1/listen`.
 * A voice is a model to it, as `aura-2-thalia-en`. Source: https://developers.deepgram.com/docs.
 */
export function createDeepgramProvider(outbound: Outbound): Provider {
  const facts = providerFacts("deepgram");
  return {
    id: facts.id,
    name: facts.name,
    submit: (request, context) =>
      callForOutput({ facts, outbound, context }, async (call) => {
        switch (request.modality) {
          case "speech":
            return speak(call, request);
          case "transcript":
            return listen(call, request);
          case "text":
          case "image":
          case "music":
          case "sound":
          case "video":
          case "document":
          default:
            throw new Error(`Deepgram makes no ${request.modality}`);
        }
      }),
  };
}

/** What Deepgram calls these file types. */
const ENCODING_OF: Record<string, Record<string, string>> = {
  mp3: { encoding: "mp3" },
  wav: { encoding: "linear16", container: "wav" },
  flac: { encoding: "flac" },
  ogg: { encoding: "opus", container: "ogg" },
};

async function speak(call: VendorCall, request: ProviderRequest): Promise<ProviderOutput> {
  const voice = textOf(request, "voice") ?? request.modelId;
  const format = textOf(request, "format") ?? "mp3";
  const query = new URLSearchParams({ model: voice, ...(ENCODING_OF[format] ?? { encoding: format }) });
  const path = `${speakAddress(call, voice)}?${query}`;
  const body = { text: request.prompt };
  const { bytes, mediaType } = await readBytes(call, { path, headers: keyOf(call), body });
  const counted = Number(call.headers?.get("dg-char-count") ?? Number.NaN);
  const characters = Number.isInteger(counted) ? counted : Array.from(request.prompt).length;
  return { files: [{ content: { bytes }, mediaType }], usage: { characters } };
}

/** Voices of Flux are served by the second generation of the API, whose address differs in that only. */
function speakAddress({ baseUrl }: VendorCall, voice: string): string {
  return voice.startsWith("flux-") ? `${baseUrl.replace(/\/v1$/, "/v2")}/speak` : `${baseUrl}/speak`;
}

const heard = z.object({
  metadata: z.object({ duration: z.number().min(0).nullish().catch(null) }),
  results: z.object({
    channels: z
      .array(
        z.object({
          alternatives: z
            .array(
              z.object({
                transcript: z.string(),
                words: z
                  .array(
                    z.object({
                      word: z.string(),
                      punctuated_word: z.string().nullish(),
                      start: z.number(),
                      end: z.number(),
                    }),
                  )
                  .nullish(),
              }),
            )
            .min(1),
        }),
      )
      .min(1),
  }),
});

async function listen(call: VendorCall, request: ProviderRequest): Promise<ProviderOutput> {
  const query = new URLSearchParams({ model: request.modelId });
  const language = textOf(request, "language");
  if (language !== undefined) query.set("language", language);
  // Punctuation, capitals and figures as people write them.
  query.set("smart_format", String(booleanOf(request, "smart_format") ?? true));
  const body = audioUpload(recordingOf(request));
  const answer = await readJson(call, { path: `/listen?${query}`, headers: keyOf(call), body }, heard);
  const [alternative] = answer.results.channels[0]?.alternatives ?? [];
  const seconds = answer.metadata.duration;
  return {
    text: alternative?.transcript ?? "",
    files: [],
    usage: typeof seconds === "number" ? { audioSeconds: seconds } : {},
    words: (alternative?.words ?? []).map(({ word, punctuated_word: written, start, end }) => ({
      word: written ?? word,
      start,
      end,
    })),
  };
}

function keyOf({ apiKey }: VendorCall): Record<string, string> {
  return { authorization: `Token ${apiKey}` };
}
