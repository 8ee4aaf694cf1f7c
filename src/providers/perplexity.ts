import { z } from "zod";
import type { Outbound } from "../net/outbound.ts";
import { writeText } from "./ai-sdk.ts";
import { providerFacts } from "./catalogue-data.ts";
import { createAgentModel, type SearchResult } from "./perplexity-agent.ts";
import type { Provider } from "./provider.ts";
import { reportedUsd } from "./reported-cost.ts";
import { callForOutput } from "./vendor-call.ts";

/**
 * Perplexity: text that was looked up on the web, by `/v1/agent`, streamed. Its chat completions ended on 2026-09-27. What
 * was found is kept in `raw.search_results`.
 */
export function createPerplexityProvider(outbound: Outbound): Provider {
  const facts = providerFacts("perplexity");
  return {
    ...facts,
    submit: (request, context) =>
      callForOutput({ facts, outbound, context }, async (call) => {
        if (request.modality !== "text") throw new Error(`Perplexity makes no ${request.modality}`);
        const found: SearchResult[] = [];
        const model = createAgentModel({ request, call, onFound: (pages) => found.push(...pages) });
        const output = await writeText({ model, request, context, call, sdkOptions: {} });
        const cost = rawSchema.safeParse(output.raw).data?.usage.cost;
        return {
          ...output,
          raw: { ...output.raw, search_results: found },
          ...(cost && { reportedNanoUsd: reportedUsd(cost.total_cost) }),
        };
      }),
  };
}

/** Every answer says what it cost, searches included: https://docs.perplexity.ai/docs/agent-api/models */
const rawSchema = z.object({
  usage: z.object({ cost: z.object({ currency: z.literal("USD"), total_cost: z.number().min(0) }) }),
});
