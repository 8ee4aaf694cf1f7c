import { z } from "zod";
import type { Outbound } from "../net/outbound.ts";
import { ProviderFailure } from "../workflow/ports.ts";
import type { Usage } from "../workflow/usage.ts";
import type { Json } from "../workflow/values.ts";
import { definedOnly } from "./ai-sdk.ts";
import { audioUpload, recordingOf } from "./audio-upload.ts";
import { providerFacts } from "./catalogue-data.ts";
import { timedWords } from "./character-timings.ts";
import type { Provider, ProviderOutput, ProviderRequest } from "./provider.ts";
import { booleanOf, numberOf, textOf } from "./request-parameters.ts";
import { callForOutput, type VendorCall } from "./vendor-call.ts";
import { readBytes, readJson } from "./vendor-http.ts";

/**
 * ElevenLabs: voices by `/v1/text-to-speech/{voice}/with-timestamps`, music by `/v1/music`, sounds by
 * `/v1/sound-generation`, transcripts by `/v1/speech-to-text`. `baseUrl` is an origin. It bills in credits, whose price
 * depends on the plan: what a call took of them is kept, and never taken for dollars. Source: https://elevenlabs.io/docs.
 */
export function createElevenlabsProvider(outbound: Outbound): Provider {
  const facts = providerFacts("elevenlabs");
  return {
    ...facts,
    submit: (request, context) =>
      callForOutput({ facts, outbound, context }, async (call) => {
        switch (request.modality) {
          case "speech":
            return speak(call, request);
          case "music":
            return compose(call, request);
          case "sound":
            return makeSound(call, request);
          case "transcript":
            return transcribe(call, request);
          case "text":
          case "image":
          case "video":
          case "document":
          default:
            throw new Error(`ElevenLabs makes no ${request.modality}`);
        }
      }),
  };
}

/** One of the voices that every account has. */
const DEFAULT_VOICE = "JBFqnCBsd6RMkjVDRZzb";
/** The voice becomes part of the address: `..` and `?` in it would call, and pay for, something else. */
const VOICE = /^[A-Za-z0-9]{1,64}$/;

const alignment = z.object({
  characters: z.array(z.string()),
  character_start_times_seconds: z.array(z.number()),
  character_end_times_seconds: z.array(z.number()),
});

const speech = z.object({
  audio_base64: z.string().min(1),
  /** Of the text as it was sent; the vendor also times it as it was read out, numbers as words. */
  alignment: alignment.nullish().catch(null),
});

/** @throws ProviderFailure, unbilled, where the voice is none. */
async function speak(call: VendorCall, request: ProviderRequest): Promise<ProviderOutput> {
  const voice = textOf(request, "voice") ?? DEFAULT_VOICE;
  if (!VOICE.test(voice)) throw notAVoice(voice);
  const path = `/v1/text-to-speech/${voice}/with-timestamps?output_format=${outputFormat(request)}`;
  const body = {
    text: request.prompt,
    model_id: request.modelId,
    language_code: textOf(request, "language"),
    voice_settings: voiceSettings(request),
  };
  const answer = await readJson(call, { path, headers: keyOf(call), body }, speech);
  const timings = answer.alignment && {
    characters: answer.alignment.characters,
    starts: answer.alignment.character_start_times_seconds,
    ends: answer.alignment.character_end_times_seconds,
  };
  return {
    files: [{ content: { bytes: Buffer.from(answer.audio_base64, "base64") }, mediaType: "audio/mpeg" }],
    usage: { characters: Array.from(request.prompt).length },
    raw: creditsOf(call),
    ...(timings && { words: timedWords(timings) }),
  };
}

function voiceSettings(request: ProviderRequest): Record<string, number> | undefined {
  const settings: Record<string, number> = {};
  for (const name of ["stability", "similarity_boost", "style", "speed"]) {
    const value = numberOf(request, name);
    if (value !== undefined) settings[name] = value;
  }
  return Object.keys(settings).length > 0 ? settings : undefined;
}

function notAVoice(voice: string): ProviderFailure {
  const shown = voice.slice(0, 64).toWellFormed();
  return new ProviderFailure({
    code: "bad_request",
    billed: "no",
    detail: {
      fr: `«\u00a0${shown}\u00a0» n’est pas l’identifiant d’une voix d’ElevenLabs, fait de lettres et de chiffres. Rien n’a été envoyé ni facturé. Corrigez «\u00a0voice\u00a0», puis relancez.`,
      en: `“${shown}” is not the id of an ElevenLabs voice, which is made of letters and digits. Nothing was sent and nothing was billed. Correct “voice”, then try again.`,
    },
  });
}

function compose(call: VendorCall, request: ProviderRequest): Promise<ProviderOutput> {
  const seconds = numberOf(request, "duration");
  return listenTo(call, {
    path: `/v1/music?output_format=${outputFormat(request)}`,
    body: {
      prompt: request.prompt,
      model_id: request.modelId,
      music_length_ms: seconds === undefined ? undefined : Math.round(seconds * 1_000),
      force_instrumental: booleanOf(request, "instrumental"),
    },
    // The file is a little longer than what was asked for, which is what is billed.
    usage: definedOnly({ generations: 1, audioSeconds: seconds }),
  });
}

function makeSound(call: VendorCall, request: ProviderRequest): Promise<ProviderOutput> {
  return listenTo(call, {
    path: `/v1/sound-generation?output_format=${outputFormat(request)}`,
    body: {
      text: request.prompt,
      model_id: request.modelId,
      duration_seconds: numberOf(request, "duration"),
      loop: booleanOf(request, "loop"),
      prompt_influence: numberOf(request, "prompt_influence"),
    },
    usage: { generations: 1 },
  });
}

/** Asks for what is answered with a file of sound. */
async function listenTo(
  call: VendorCall,
  { path, body, usage }: { path: string; body: Record<string, unknown>; usage: Usage },
): Promise<ProviderOutput> {
  const { bytes, mediaType } = await readBytes(call, { path, headers: keyOf(call), body });
  if (bytes.byteLength === 0) throw new Error("an answer without a sound");
  return { files: [{ content: { bytes }, mediaType }], usage, raw: creditsOf(call) };
}

const transcript = z.object({
  text: z.string(),
  words: z
    .array(
      z.object({
        text: z.string(),
        /** `word`, or the `spacing` between words, or an `audio_event` such as laughter. */
        type: z.string(),
        start: z.number().nullish(),
        end: z.number().nullish(),
      }),
    )
    .nullish()
    .catch(null),
  audio_duration_secs: z.number().min(0).nullish().catch(null),
});

async function transcribe(call: VendorCall, request: ProviderRequest): Promise<ProviderOutput> {
  const body = new FormData();
  body.set("model_id", request.modelId);
  body.set("file", audioUpload(recordingOf(request)));
  body.set("timestamps_granularity", "word");
  const language = textOf(request, "language");
  if (language !== undefined) body.set("language_code", language);
  const tagsEvents = booleanOf(request, "tag_audio_events");
  if (tagsEvents !== undefined) body.set("tag_audio_events", String(tagsEvents));
  const answer = await readJson(call, { path: "/v1/speech-to-text", headers: keyOf(call), body }, transcript);
  const words = answer.words?.flatMap(({ text: word, type, start, end }) =>
    type === "word" && typeof start === "number" && typeof end === "number" ? [{ word, start, end }] : [],
  );
  const audioSeconds = answer.audio_duration_secs ?? undefined;
  return {
    text: answer.text,
    files: [],
    usage: audioSeconds === undefined ? {} : { audioSeconds },
    raw: creditsOf(call),
    ...(words && { words }),
  };
}

/** ElevenLabs names a format by its kind, its sample rate and its bit rate; `mp3` and `mp3_64` are short for those. */
function outputFormat(request: ProviderRequest): string {
  const format = textOf(request, "format") ?? "mp3";
  const short = /^mp3(?:_(\d+))?$/.exec(format);
  return short ? `mp3_44100_${short[1] ?? "128"}` : encodeURIComponent(format);
}

function keyOf({ apiKey }: VendorCall): Record<string, string> {
  return { "xi-api-key": apiKey };
}

/** What the last call took of the plan's credits, where the answer says so. */
function creditsOf({ headers }: VendorCall): Record<string, Json> {
  const credits = headers?.get("character-cost");
  return credits ? { character_cost: credits } : {};
}
