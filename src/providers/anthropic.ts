import type { Outbound } from "../net/outbound.ts";
import { writeText } from "./ai-sdk.ts";
import { providerFacts } from "./catalogue-data.ts";
import type { Provider } from "./provider.ts";
import { textOf } from "./request-parameters.ts";
import { callForOutput } from "./vendor-call.ts";

/** Anthropic: text by `/messages`, streamed. */
export function createAnthropicProvider(outbound: Outbound): Provider {
  const facts = providerFacts("anthropic");
  return {
    ...facts,
    submit: (request, context) =>
      callForOutput({ facts, outbound, context }, async (call) => {
        if (request.modality !== "text") throw new Error(`Anthropic makes no ${request.modality}`);
        const { createAnthropic } = await import("@ai-sdk/anthropic");
        const anthropic = createAnthropic({ apiKey: call.apiKey, baseURL: call.baseUrl, fetch: call.fetch });
        const effort = textOf(request, "reasoning_effort");
        const sdkOptions = { anthropic: effort === undefined ? {} : { effort } };
        return writeText({ model: anthropic(request.modelId), request, context, call, sdkOptions });
      }),
  };
}
