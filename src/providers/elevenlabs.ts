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
            ...voiceOptions(request),
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

/** Sends what is meant for ElevenLabs to the configured address: the SDK has no setting for that. */
function toOrigin(baseUrl: string, fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    return fetch(url.startsWith(SDK_ORIGIN) ? baseUrl + url.slice(SDK_ORIGIN.length) : url, init);
  };
}

function voiceOptions(request: ProviderRequest) {
  const voice = textOf(request, "voice");
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
