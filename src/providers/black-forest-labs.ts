import { z } from "zod";
import type { Outbound } from "../net/outbound.ts";
import { usdToNanoUsd } from "../workflow/money.ts";
import { providerFacts } from "./catalogue-data.ts";
import { base64Of, picturesOf } from "./input-pictures.ts";
import { createJobs, type JobState } from "./jobs.ts";
import type { Provider, ProviderRequest } from "./provider.ts";
import { booleanOf, numberOf, sizeOf, textOf } from "./request-parameters.ts";
import type { VendorCall } from "./vendor-call.ts";
import { readJson } from "./vendor-http.ts";

const USD_PER_CREDIT = 0.01;

const accepted = z.object({ id: z.string().min(1), polling_url: z.url(), cost: z.number().min(0).nullish() });

const result = z.object({
  status: z.string(),
  result: z.object({ sample: z.string() }).nullish().catch(null),
  progress: z.number().min(0).max(1).nullish().catch(null),
});

/**
 * Black Forest Labs: pictures, as jobs: POST `/{model}`, then GET of the address that it answers with, which lies in the
 * region that took the job. Credits are a cent each. Source: https://docs.bfl.ai.
 */
export function createBlackForestLabsProvider(outbound: Outbound): Provider {
  const facts = providerFacts("black-forest-labs");
  return {
    id: facts.id,
    name: facts.name,
    ...createJobs({ facts, pollAfterMs: 1_000, submit: startJob, read: readJob }, outbound),
  };
}

/** The job's id is its polling address, with what it costs behind a `#`: only the first answer says so. */
async function startJob(call: VendorCall, request: ProviderRequest): Promise<string> {
  const body = {
    prompt: request.prompt,
    ...sizeOf(request),
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
  const { polling_url: address, cost } = await readJson(
    call,
    { path: `/${request.modelId}`, headers, body },
    accepted,
  );
  return `${address}#${cost ?? ""}`;
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
  const [address = "", credits = ""] = jobId.split("#");
  requireVendorAddress(call, address);
  const headers = { "x-key": call.apiKey };
  const { status, result: made, progress } = await readJson(call, { path: address, headers }, result);
  const reportedNanoUsd = credits === "" ? undefined : usdToNanoUsd(Number(credits) * USD_PER_CREDIT);
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

/** The key goes to Black Forest Labs only, or to the address that stands in for it. */
function requireVendorAddress({ baseUrl }: VendorCall, address: string): void {
  const { protocol, hostname, origin } = new URL(address);
  const isTheirs = protocol === "https:" && (hostname === "bfl.ai" || hostname.endsWith(".bfl.ai"));
  if (!isTheirs && origin !== new URL(baseUrl).origin) throw new Error("a polling address of someone else");
}
