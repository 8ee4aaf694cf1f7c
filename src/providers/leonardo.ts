import { z } from "zod";
import type { Outbound } from "../net/outbound.ts";
import { providerFacts } from "./catalogue-data.ts";
import { picturesOf } from "./input-pictures.ts";
import { createJobs, type JobState } from "./jobs.ts";
import type { Provider, ProviderRequest } from "./provider.ts";
import { reportedUsd } from "./reported-cost.ts";
import { booleanOf, numberOf, sidesOf, textOf } from "./request-parameters.ts";
import type { VendorCall } from "./vendor-call.ts";
import { VendorAnswerError } from "./vendor-error.ts";
import { readJson } from "./vendor-http.ts";

/** Ids of models, by the names that Relais gives them. Source: https://docs.leonardo.ai/docs/commonly-used-api-values. */
const MODEL_IDS: Readonly<Record<string, string>> = {
  "lucid-origin": "7b592283-e8a7-4c5a-9ba6-d18c31f258b9",
  "lucid-realism": "05ce0082-2d80-4a2d-8653-4d1c85e2418e",
  "phoenix-1.0": "de7d3faf-762f-48e0-b3b7-9d0ac3a3fcf3",
  "flux-schnell": "1dd50843-d653-4516-a8e3-f0238ee453ff",
};
/** The vendor's own mode of higher quality: Phoenix is meant to be used with it, and Lucid without. */
const ALCHEMY: Readonly<Record<string, boolean>> = {
  "lucid-origin": false,
  "lucid-realism": false,
  "phoenix-1.0": true,
};

const accepted = z.object({
  sdGenerationJob: z.object({
    generationId: z.string().min(1),
    cost: z.object({ amount: z.string(), unit: z.string() }).nullish().catch(null),
  }),
});

const generation = z.object({
  generations_by_pk: z
    .object({
      status: z.string(),
      generated_images: z.array(z.object({ url: z.string().nullish() })).nullish(),
    })
    .nullable(),
});

/**
 * Leonardo.Ai: pictures, as jobs: POST `/generations`, then GET `/generations/{id}`. Pictures that go in would first have to
 * be uploaded to the account, which Relais does not do. Source: https://docs.leonardo.ai.
 */
export function createLeonardoProvider(outbound: Outbound): Provider {
  const facts = providerFacts("leonardo");
  return {
    id: facts.id,
    name: facts.name,
    ...createJobs({ facts, pollAfterMs: 2_000, submit: startJob, read: readJob }, outbound),
  };
}

/** The job's id is the vendor's, with what it costs in dollars behind a `#`: only the first answer says so. */
async function startJob(call: VendorCall, request: ProviderRequest): Promise<string> {
  picturesOf(request, 0);
  const contrast = textOf(request, "contrast");
  const body = {
    prompt: request.prompt,
    modelId: MODEL_IDS[request.modelId] ?? request.modelId,
    num_images: 1,
    ...sidesOf(request),
    alchemy: ALCHEMY[request.modelId],
    contrast: contrast === undefined ? undefined : Number(contrast),
    enhancePrompt: booleanOf(request, "prompt_upsampling"),
    negative_prompt: textOf(request, "negative_prompt"),
    seed: numberOf(request, "seed"),
  };
  const headers = { authorization: `Bearer ${call.apiKey}` };
  const { sdGenerationJob: job } = await readJson(call, { path: "/generations", headers, body }, accepted);
  // What credits are worth depends on the plan.
  const usd = job.cost?.unit === "DOLLARS" ? job.cost.amount : "";
  return `${job.generationId}#${usd}`;
}

async function readJob(call: VendorCall, jobId: string): Promise<JobState> {
  const [id = "", usd = ""] = jobId.split("#");
  const headers = { authorization: `Bearer ${call.apiKey}` };
  const path = `/generations/${encodeURIComponent(id)}`;
  const { generations_by_pk: job } = await readJson(call, { path, headers }, generation);
  if (!job) throw new VendorAnswerError({ status: 404, body: "" });
  const reportedNanoUsd = usd === "" ? undefined : reportedUsd(Number(usd));
  switch (job.status) {
    case "COMPLETE": {
      // A picture that the vendor's filter holds back was made all the same.
      if (job.generated_images?.length === 0) {
        return { state: "failed", code: "content_refused", message: "", billed: "yes", reportedNanoUsd };
      }
      const results = job.generated_images?.flatMap(({ url }) => (url ? [{ url }] : [])) ?? [];
      if (results.length === 0) throw new Error("a picture that is complete has no address");
      return {
        state: "done",
        results,
        output: {
          files: [],
          usage: { images: results.length },
          ...(reportedNanoUsd !== undefined && { reportedNanoUsd }),
        },
      };
    }
    case "FAILED":
      // The vendor charges at the start and documents no refund.
      return { state: "failed", code: "unavailable", message: "", billed: "unknown" };
    default:
      return { state: "running" };
  }
}
