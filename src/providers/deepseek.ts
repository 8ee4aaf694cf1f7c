import type { Outbound } from "../net/outbound.ts";
import { writeText } from "./ai-sdk.ts";
import { providerFacts } from "./catalogue-data.ts";
import type { Provider } from "./provider.ts";
import { textOf } from "./request-parameters.ts";
import { callForOutput } from "./vendor-call.ts";

/** DeepSeek: text by `/chat/completions`, streamed. */
export function createDeepseekProvider(outbound: Outbound): Provider {
  const facts = providerFacts("deepseek");
  return {
    ...facts,
    submit: (request, context) =>
      callForOutput({ facts, outbound, context }, async (call) => {
        if (request.modality !== "text") throw new Error(`DeepSeek makes no ${request.modality}`);
        const { createDeepSeek } = await import("@ai-sdk/deepseek");
        const deepseek = createDeepSeek({ apiKey: call.apiKey, baseURL: call.baseUrl, fetch: call.fetch });
        const sdkOptions = { deepseek: thinkingAt(textOf(request, "reasoning_effort")) };
        return writeText({ model: deepseek(request.modelId), request, context, call, sdkOptions });
      }),
  };
}

/** DeepSeek thinks unless it is told not to. */
function thinkingAt(effort: string | undefined) {
  if (effort === undefined) return {};
  return effort === "none" ? { thinking: { type: "disabled" } } : { reasoningEffort: effort };
}
