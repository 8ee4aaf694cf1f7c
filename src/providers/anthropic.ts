import { callVendor, textOf, writeText, type AiSdkProviderOptions } from "./ai-sdk.ts";
import { providerFacts } from "./catalogue-data.ts";
import type { Provider } from "./provider.ts";

/** Anthropic: text by `/messages`, streamed. */
export function createAnthropicProvider({ fetch }: AiSdkProviderOptions): Provider {
  const facts = providerFacts("anthropic");
  return {
    ...facts,
    async submit(request, context) {
      const { config, signal } = context;
      const output = await callVendor({ facts, config, fetch, signal }, async (call) => {
        if (request.modality !== "text") throw new Error(`Anthropic makes no ${request.modality}`);
        const { createAnthropic } = await import("@ai-sdk/anthropic");
        const anthropic = createAnthropic({ apiKey: call.apiKey, baseURL: call.baseUrl, fetch: call.fetch });
        const effort = textOf(request, "reasoning_effort");
        const sdkOptions = { anthropic: effort === undefined ? {} : { effort } };
        return writeText({ model: anthropic(request.modelId), request, context, call, sdkOptions });
      });
      return { state: "done", output };
    },
  };
}
