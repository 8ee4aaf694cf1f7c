import type { Outbound } from "../net/outbound.ts";
import { createAnthropicProvider } from "../providers/anthropic.ts";
import { createElevenlabsProvider } from "../providers/elevenlabs.ts";
import { createLocalProvider } from "../providers/local/local.ts";
import { createOpenaiProvider } from "../providers/openai.ts";
import type { Provider } from "../providers/provider.ts";

/** Every provider that this version can call. A new one is one file and one line here. */
export function createProviders({ fetch }: Outbound): Provider[] {
  return [
    createLocalProvider(),
    createOpenaiProvider({ fetch }),
    createAnthropicProvider({ fetch }),
    createElevenlabsProvider({ fetch }),
  ];
}
