import { z } from "zod";
import type { Outbound } from "../net/outbound.ts";
import { writeText } from "./ai-sdk.ts";
import { providerFacts } from "./catalogue-data.ts";
import type { Provider, ProviderOutput } from "./provider.ts";
import { textOf } from "./request-parameters.ts";
import { callForOutput } from "./vendor-call.ts";

/** Cohere: text by `/chat` of its second API, streamed. */
export function createCohereProvider(outbound: Outbound): Provider {
  const facts = providerFacts("cohere");
  return {
    ...facts,
    submit: (request, context) =>
      callForOutput({ facts, outbound, context }, async (call) => {
        if (request.modality !== "text") throw new Error(`Cohere makes no ${request.modality}`);
        const { createCohere } = await import("@ai-sdk/cohere");
        const cohere = createCohere({ apiKey: call.apiKey, baseURL: call.baseUrl, fetch: call.fetch });
        const effort = textOf(request, "reasoning_effort");
        const type = effort === "none" ? "disabled" : "enabled";
        const sdkOptions = { cohere: effort === undefined ? {} : { thinking: { type } } };
        const model = cohere(request.modelId);
        return billed(await writeText({ model, request, context, call, sdkOptions }));
      }),
  };
}

const countedTokens = z.object({ input_tokens: z.number(), output_tokens: z.number() });
const rawSchema = z.object({ usage: z.object({ billed_units: countedTokens }) });

/** Tokens that Cohere adds by itself are counted but not billed: https://docs.cohere.com/docs/how-does-cohere-pricing-work */
function billed(output: ProviderOutput): ProviderOutput {
  const units = rawSchema.safeParse(output.raw).data?.usage.billed_units;
  if (!units) return output;
  return { ...output, usage: { inputTokens: units.input_tokens, outputTokens: units.output_tokens } };
}
