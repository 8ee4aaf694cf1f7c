import { z } from "zod";
import type { Outbound } from "../net/outbound.ts";
import { definedOnly, writeText } from "./ai-sdk.ts";
import { providerFacts } from "./catalogue-data.ts";
import { createJobs } from "./jobs.ts";
import { readAnswer } from "./minimax-answer.ts";
import { readFilm, startFilm } from "./minimax-video.ts";
import type { Provider, ProviderContext, ProviderOutput, ProviderRequest } from "./provider.ts";
import { booleanOf, numberOf, textOf } from "./request-parameters.ts";
import { callForOutput, type VendorCall } from "./vendor-call.ts";

/**
 * MiniMax: text by `/anthropic/v1/messages` (streamed, in Anthropic's shapes), voices by `/v1/t2a_v2`, music by
 * `/v1/music_generation`, films as jobs by `/v1/video_generation` or, for newer models, `/v2/video_generation`. `baseUrl` is
 * an origin. Source: https://platform.minimax.io/docs.
 */
export function createMinimaxProvider(outbound: Outbound): Provider {
  const facts = providerFacts("minimax");
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
          case "speech":
            return speak(call, request);
          case "music":
            return compose(call, request);
          case "video":
          case "image":
          case "sound":
          case "transcript":
          case "document":
          default:
            throw new Error(`MiniMax makes no ${request.modality} here`);
        }
      });
    },
  };
}

async function write(
  call: VendorCall,
  request: ProviderRequest,
  context: ProviderContext,
): Promise<ProviderOutput> {
  const { createMiniMax } = await import("@ai-sdk/minimax");
  const baseURL = `${call.baseUrl}/anthropic/v1`;
  const minimax = createMiniMax({ apiKey: call.apiKey, baseURL, fetch: call.fetch });
  return writeText({ model: minimax(request.modelId), request, context, call, sdkOptions: {} });
}

/** A voice that every account has. */
const DEFAULT_VOICE = "English_expressive_narrator";

const recording = z.object({
  data: z.object({ audio: z.string().min(2) }),
  extra_info: z
    .object({
      usage_characters: z.number().min(0).nullish(),
      /** Milliseconds. */
      audio_length: z.number().min(0).nullish(),
      music_duration: z.number().min(0).nullish(),
    })
    .nullish()
    .catch(null),
});

async function speak(call: VendorCall, request: ProviderRequest): Promise<ProviderOutput> {
  const format = textOf(request, "format") ?? "mp3";
  const body = {
    model: request.modelId,
    text: request.prompt,
    stream: false,
    output_format: "hex",
    language_boost: textOf(request, "language"),
    voice_setting: {
      voice_id: textOf(request, "voice") ?? DEFAULT_VOICE,
      speed: numberOf(request, "speed"),
      pitch: numberOf(request, "pitch"),
      emotion: textOf(request, "emotion"),
    },
    audio_setting: { format },
  };
  const { data, extra_info: info } = await readAnswer(call, { path: "/v1/t2a_v2", body }, recording);
  return {
    files: [{ content: { bytes: bytesOf(data.audio) }, mediaType: mediaTypeOf(format) }],
    // Its own count: a Chinese character is two.
    usage: { characters: info?.usage_characters ?? Array.from(request.prompt).length },
  };
}

async function compose(call: VendorCall, request: ProviderRequest): Promise<ProviderOutput> {
  const format = textOf(request, "format") ?? "mp3";
  const lyrics = textOf(request, "lyrics");
  // Words that are given are there to be sung.
  const isInstrumental = lyrics === undefined && (booleanOf(request, "instrumental") ?? true);
  const body = {
    model: request.modelId,
    prompt: request.prompt,
    lyrics,
    is_instrumental: isInstrumental,
    // Someone has to write the words of a song.
    lyrics_optimizer: isInstrumental || lyrics !== undefined ? undefined : true,
    stream: false,
    output_format: "hex",
    audio_setting: { sample_rate: 44_100, bitrate: 256_000, format },
  };
  const { data, extra_info: info } = await readAnswer(
    call,
    { path: "/v1/music_generation", body },
    recording,
  );
  const milliseconds = info?.music_duration ?? undefined;
  return {
    files: [{ content: { bytes: bytesOf(data.audio) }, mediaType: mediaTypeOf(format) }],
    usage: definedOnly({
      generations: 1,
      audioSeconds: milliseconds === undefined ? undefined : milliseconds / 1_000,
    }),
  };
}

/** @throws Error where it is not hexadecimal throughout: Node would drop the rest. */
function bytesOf(hex: string): Buffer {
  const bytes = Buffer.from(hex, "hex");
  if (bytes.byteLength * 2 !== hex.length) throw new Error("a recording that is not hexadecimal");
  return bytes;
}

function mediaTypeOf(format: string): string {
  return format === "mp3" ? "audio/mpeg" : `audio/${format}`;
}
