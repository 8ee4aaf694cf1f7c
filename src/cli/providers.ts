import { tmpdir } from "node:os";
import type { Outbound } from "../net/outbound.ts";
import { createAnthropicProvider } from "../providers/anthropic.ts";
import { createAutomatic1111Provider } from "../providers/automatic1111.ts";
import { createBlackForestLabsProvider } from "../providers/black-forest-labs.ts";
import { createCohereProvider } from "../providers/cohere.ts";
import { createComfyuiProvider } from "../providers/comfyui.ts";
import { createDeepgramProvider } from "../providers/deepgram.ts";
import { createDeepseekProvider } from "../providers/deepseek.ts";
import { createElevenlabsProvider } from "../providers/elevenlabs.ts";
import { createFalProvider } from "../providers/fal.ts";
import { createFireworksProvider } from "../providers/fireworks.ts";
import { createGoogleProvider } from "../providers/google.ts";
import { createGroqProvider } from "../providers/groq.ts";
import { createIdeogramProvider } from "../providers/ideogram.ts";
import { createKlingProvider } from "../providers/kling.ts";
import { createLeonardoProvider } from "../providers/leonardo.ts";
import { createLocalProvider } from "../providers/local/local.ts";
import { createLumaAgentsProvider } from "../providers/luma-agents.ts";
import { createLumaProvider } from "../providers/luma.ts";
import { createMidjourneyProvider } from "../providers/midjourney.ts";
import { createMinimaxProvider } from "../providers/minimax.ts";
import { createMistralProvider } from "../providers/mistral.ts";
import { createOpenaiProvider } from "../providers/openai.ts";
import { createOpenaiCompatibleProvider, OPENAI_COMPATIBLE_IDS } from "../providers/openai-compatible.ts";
import { createPerplexityProvider } from "../providers/perplexity.ts";
import { createRecraftProvider } from "../providers/recraft.ts";
import { createReplicateProvider } from "../providers/replicate.ts";
import { createRunwayProvider } from "../providers/runway.ts";
import { createStabilityProvider } from "../providers/stability.ts";
import { createSunoProvider } from "../providers/suno.ts";
import { createTogetherProvider } from "../providers/together.ts";
import { createXaiProvider } from "../providers/xai.ts";
import type { Provider } from "../providers/provider.ts";

/**
 * Every provider that `providers.json` lists. A new one is one file and one line here.
 * @param workFolder where the built-in generators make their files; that of the system for temporary files unless given.
 */
export function createProviders(outbound: Outbound, workFolder = tmpdir()): Provider[] {
  return [
    createLocalProvider({ workFolder }),
    createOpenaiProvider(outbound),
    createAnthropicProvider(outbound),
    createGoogleProvider(outbound),
    createMistralProvider(outbound),
    createXaiProvider(outbound),
    createDeepseekProvider(outbound),
    createGroqProvider(outbound),
    createCohereProvider(outbound),
    createPerplexityProvider(outbound),
    createTogetherProvider(outbound),
    createFireworksProvider(outbound),
    createMinimaxProvider(outbound),
    createElevenlabsProvider(outbound),
    createDeepgramProvider(outbound),
    createBlackForestLabsProvider(outbound),
    createStabilityProvider(outbound),
    createIdeogramProvider(outbound),
    createRecraftProvider(outbound),
    createLeonardoProvider(outbound),
    createLumaProvider(outbound),
    createLumaAgentsProvider(outbound),
    createRunwayProvider(outbound),
    createKlingProvider(outbound),
    createFalProvider(outbound),
    createReplicateProvider(outbound),
    createMidjourneyProvider(outbound),
    createSunoProvider(outbound),
    ...OPENAI_COMPATIBLE_IDS.map((id) => createOpenaiCompatibleProvider(outbound, id)),
    createComfyuiProvider(outbound),
    createAutomatic1111Provider(outbound),
  ];
}
