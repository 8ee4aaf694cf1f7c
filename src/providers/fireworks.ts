import type { Outbound } from "../net/outbound.ts";
import { writeText } from "./ai-sdk.ts";
import { providerFacts } from "./catalogue-data.ts";
import type { Provider } from "./provider.ts";
import { textOf } from "./request-parameters.ts";
import { callForOutput } from "./vendor-call.ts";

/** Fireworks AI: text by `/chat/completions`, streamed. */
export function createFireworksProvider(outbound: Outbound): Provider {
  const facts = providerFacts("fireworks");
  return {
    ...facts,
    submit: (request, context) =>
      callForOutput({ facts, outbound, context }, async (call) => {
        if (request.modality !== "text") throw new Error(`Fireworks AI makes no ${request.modality}`);
        const { createFireworks } = await import("@ai-sdk/fireworks");
        const fireworks = createFireworks({ apiKey: call.apiKey, baseURL: call.baseUrl, fetch: call.fetch });
        const effort = textOf(request, "reasoning_effort");
        const sdkOptions = { fireworks: effort === undefined ? {} : { reasoningEffort: effort } };
        return writeText({ model: fireworks(request.modelId), request, context, call, sdkOptions });
      }),
  };
}
