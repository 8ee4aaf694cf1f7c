import { z } from "zod";
import type { Outbound } from "../net/outbound.ts";
import { providerFacts } from "./catalogue-data.ts";
import { base64Of, picturesOf } from "./input-pictures.ts";
import { createJobs, type JobState } from "./jobs.ts";
import type { Provider, ProviderRequest } from "./provider.ts";
import { reportedUsd } from "./reported-cost.ts";
import { booleanOf, numberOf, sidesOf, textOf } from "./request-parameters.ts";
import type { VendorCall } from "./vendor-call.ts";
import { pathOfModel, readJson } from "./vendor-http.ts";

const USD_PER_CREDIT = 0.01;

const accepted = z.object({
  id: z.string().min(1),
  polling_url: z.string().catch(""),
  cost: z.number().nullish().catch(null),
});

const result = z.object({
  status: z.string(),
  result: z.object({ sample: z.string() }).nullish().catch(null),
  progress: z.number().min(0).max(1).nullish().catch(null),
});

/**
 * Black Forest Labs: pictures, as jobs: POST `/{model}`, then GET of the address that it answers with, which lies in the
 * region that took the job, or of `/get_result`. Credits are a cent each. Source: https://docs.bfl.ai.
 */
export function createBlackForestLabsProvider(outbound: Outbound): Provider {
  const facts = providerFacts("black-forest-labs");
  return {
    id: facts.id,
    name: facts.name,
    ...createJobs({ facts, pollAfterMs: 1_000, submit: startJob, read: readJob }, outbound),
  };
}

/** The vendor's id, what the job costs and where to ask about it, joined by `#`: only the first answer says so. */
async function startJob(call: VendorCall, request: ProviderRequest): Promise<string> {
  const body = {
    prompt: request.prompt,
    ...sidesOf(request),
    aspect_ratio: textOf(request, "aspect_ratio"),
    seed: numberOf(request, "seed"),
    prompt_upsampling: booleanOf(request, "prompt_upsampling"),
    raw: booleanOf(request, "raw"),
    steps: numberOf(request, "steps"),
    guidance: numberOf(request, "guidance"),
    output_format: textOf(request, "format"),
    ...inputPictures(request),
  };
  const headers = { "x-key": call.apiKey };
  const answer = await readJson(call, { path: `/${pathOfModel(request.modelId)}`, headers, body }, accepted);
  return `${answer.id}#${answer.cost ?? ""}#${answer.polling_url}`;
}

/** FLUX 1.1 varies one picture; all others edit several, the first without a number. */
function inputPictures(request: ProviderRequest): Record<string, string> {
  const { modelId } = request;
  if (modelId.startsWith("flux-pro-1.1")) {
    const [picture] = picturesOf(request, 1);
    return picture ? { image_prompt: base64Of(picture) } : {};
  }
  const takesFour = modelId.startsWith("flux-kontext") || modelId.startsWith("flux-2-klein");
  const pictures = picturesOf(request, takesFour ? 4 : 8);
  const fields = pictures.map((picture, index) => [
    index === 0 ? "input_image" : `input_image_${index + 1}`,
    base64Of(picture),
  ]);
  return Object.fromEntries(fields);
}

async function readJob(call: VendorCall, jobId: string): Promise<JobState> {
  const [id = "", credits = "", address = ""] = jobId.split("#");
  const path = pollingAddress(call, { id, address });
  const headers = { "x-key": call.apiKey };
  const { status, result: made, progress } = await readJson(call, { path, headers }, result);
  const reportedNanoUsd = credits === "" ? undefined : reportedUsd(Number(credits) * USD_PER_CREDIT);
  switch (status) {
    case "Ready":
      if (!made) throw new Error("a picture that is ready has no address");
      return {
        state: "done",
        results: [{ url: made.sample }],
        output: {
          files: [],
          usage: { images: 1 },
          ...(reportedNanoUsd !== undefined && { reportedNanoUsd }),
        },
      };
    case "Request Moderated":
    case "Content Moderated":
      // A request that is moderated was not worked on; a picture that is moderated was made.
      return {
        state: "failed",
        code: "content_refused",
        message: status,
        billed: status === "Content Moderated" ? "yes" : "no",
        reportedNanoUsd: status === "Content Moderated" ? reportedNanoUsd : undefined,
      };
    case "Error":
      return { state: "failed", code: "unavailable", message: "", billed: "no" };
    case "Task not found":
      return { state: "failed", code: "unavailable", message: status, billed: "unknown" };
    default:
      return { state: "running", progress: progress ?? undefined };
  }
}

/**
 * The address that the vendor gave, where the key may go there: to the vendor itself, unless another address stands in for
 * it, or to the configured one. Otherwise the configured one is asked by the job's id.
 */
function pollingAddress({ baseUrl }: VendorCall, { id, address }: { id: string; address: string }): string {
  const base = new URL(baseUrl);
  if (URL.canParse(address)) {
    const given = new URL(address);
    if (given.origin === base.origin || (isVendor(given) && isVendor(base))) return address;
  }
  return `${baseUrl}/get_result?${new URLSearchParams({ id })}`;
}

function isVendor({ protocol, hostname }: URL): boolean {
  return protocol === "https:" && (hostname === "bfl.ai" || hostname.endsWith(".bfl.ai"));
}
