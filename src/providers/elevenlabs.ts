import { ProviderFailure } from "../workflow/ports.ts";
import { callVendor, loadAiSdk, numberOf, textOf, type AiSdkProviderOptions } from "./ai-sdk.ts";
import { providerFacts } from "./catalogue-data.ts";
import type { Provider, ProviderOutput, ProviderRequest } from "./provider.ts";

/** The origin that the SDK has written into it. */
const SDK_ORIGIN = "https://api.elevenlabs.io";

/** ElevenLabs: voices by `/v1/text-to-speech/{voice}`. `baseUrl` is an origin. */
export function createElevenlabsProvider({ fetch }: AiSdkProviderOptions): Provider {
  const facts = providerFacts("elevenlabs");
  return {
    ...facts,
    async submit(request, context) {
      const { config, signal } = context;
      const output = await callVendor(
        { facts, config, fetch, signal },
        async (call): Promise<ProviderOutput> => {
          if (request.modality !== "speech") throw new Error(`ElevenLabs makes no ${request.modality} here`);
          const options = voiceOptions(request);
          const { generateSpeech } = await loadAiSdk();
          const { createElevenLabs } = await import("@ai-sdk/elevenlabs");
          const elevenlabs = createElevenLabs({
            apiKey: call.apiKey,
            fetch: toOrigin(call.baseUrl, call.fetch),
          });
          const { audio, responses } = await generateSpeech({
            model: elevenlabs.speech(request.modelId),
            text: request.prompt,
            outputFormat: textOf(request, "format") ?? "mp3",
            ...options,
            maxRetries: 0,
            abortSignal: signal,
          });
          const credits = responses[0]?.headers?.["character-cost"];
          return {
            files: [{ content: { bytes: audio.uint8Array }, mediaType: audio.mediaType }],
            usage: { characters: Array.from(request.prompt).length },
            raw: credits === undefined ? {} : { character_cost: credits },
          };
        },
      );
      return { state: "done", output };
    },
  };
}

/** The voice becomes part of the address: `..` and `?` in it would call, and pay for, something else. */
const VOICE = /^[A-Za-z0-9]{1,64}$/;

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

/** Sends what is meant for ElevenLabs to the configured address: the SDK has no setting for that. */
function toOrigin(baseUrl: string, fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    return fetch(url.startsWith(SDK_ORIGIN) ? baseUrl + url.slice(SDK_ORIGIN.length) : url, init);
  };
}

/** @throws ProviderFailure, unbilled, where the voice is none. */
function voiceOptions(request: ProviderRequest) {
  const voice = textOf(request, "voice");
  if (voice !== undefined && !VOICE.test(voice)) throw notAVoice(voice);
  const language = textOf(request, "language");
  const speed = numberOf(request, "speed");
  const settings = {
    stability: numberOf(request, "stability"),
    similarityBoost: numberOf(request, "similarity_boost"),
    style: numberOf(request, "style"),
  };
  const voiceSettings: Record<string, number> = {};
  for (const [name, value] of Object.entries(settings)) if (value !== undefined) voiceSettings[name] = value;
  const hasSettings = Object.keys(voiceSettings).length > 0;
  return {
    ...(voice === undefined ? {} : { voice }),
    ...(language === undefined ? {} : { language }),
    ...(speed === undefined ? {} : { speed }),
    ...(hasSettings ? { providerOptions: { elevenlabs: { voiceSettings } } } : {}),
  };
}
