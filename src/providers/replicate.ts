import { z } from "zod";
import type { Outbound } from "../net/outbound.ts";
import { providerFacts } from "./catalogue-data.ts";
import { createJobs, type JobState } from "./jobs.ts";
import { usageOfMedia } from "./media-usage.ts";
import type { Provider, ProviderRequest } from "./provider.ts";
import type { VendorCall } from "./vendor-call.ts";
import { vendorError } from "./vendor-error.ts";
import { dataUrl, pathOfModel, readJson } from "./vendor-http.ts";

const id = z.string().regex(/^[\w-]+$/);
const accepted = z.object({ id });
const prediction = z.object({
  status: z.string(),
  output: z.unknown(),
  error: z.string().nullish().catch(null),
});

/** Parameters that most models call otherwise; all others go as they are. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ["format", "output_format"],
  ["audio", "generate_audio"],
]);

/** The input that takes pictures, by the first pattern that the model's name matches; `[]` takes several. */
const IMAGE_INPUTS: readonly (readonly [RegExp, string])[] = [
  [/nano-banana|seedream|gemini/, "image_input[]"],
  [/flux-2|gpt-image/, "input_images[]"],
  [/flux-kontext/, "input_image"],
  [/flux-1\.1/, "image_prompt"],
  [/kling/, "start_image"],
  [/hailuo|minimax/, "first_frame_image"],
];

/**
 * Replicate: pictures and films of many makers, as predictions. Official models are called by name and priced by what they
 * make; `owner/name:version` calls a version of any model, which is billed by time. Answers come at once with the id, since
 * `Prefer: wait` is never sent. Source: https://replicate.com/docs/reference/http.
 */
export function createReplicateProvider(outbound: Outbound): Provider {
  const facts = providerFacts("replicate");
  return {
    id: facts.id,
    name: facts.name,
    ...createJobs(
      { facts, pollAfterMs: 2_000, submit: startPrediction, read: readPrediction, cancel: cancelPrediction },
      outbound,
    ),
  };
}

async function startPrediction(call: VendorCall, request: ProviderRequest): Promise<string> {
  const input = inputOf(request);
  const [name = "", version] = request.modelId.split(":");
  const { id: predictionId } = await readJson(
    call,
    version === undefined
      ? { path: `/models/${pathOfModel(name)}/predictions`, headers: headersOf(call), body: { input } }
      : { path: "/predictions", headers: headersOf(call), body: { version: request.modelId, input } },
    accepted,
  );
  return predictionId;
}

function inputOf({ prompt, parameters, images, modelId }: ProviderRequest): Record<string, unknown> {
  const renamed = Object.entries(parameters).map(([name, value]) => [
    NAMES.get(name) ?? name,
    name === "format" && value === "jpeg" ? "jpg" : value,
  ]);
  return { prompt, ...Object.fromEntries(renamed), ...imageInput(modelId, images.map(dataUrl)) };
}

function imageInput(modelId: string, urls: string[]): Record<string, string | string[]> {
  const [url] = urls;
  if (url === undefined) return {};
  const name = IMAGE_INPUTS.find(([pattern]) => pattern.test(modelId))?.[1] ?? "image";
  return name.endsWith("[]") ? { [name.slice(0, -2)]: urls } : { [name]: url };
}

async function readPrediction(call: VendorCall, jobId: string, request: ProviderRequest): Promise<JobState> {
  const { status, output, error } = await readJson(
    call,
    { path: `/predictions/${jobId}`, headers: headersOf(call) },
    prediction,
  );
  // Runs of official models are billed by what they make, those of versions by their time.
  const billed = request.modelId.includes(":") ? "unknown" : "no";
  switch (status) {
    case "succeeded": {
      const urls = urlsIn(output);
      if (urls.length === 0) return { state: "failed", code: "unknown", message: "", billed: "yes" };
      return {
        state: "done",
        results: urls.map((url) => ({ url })),
        output: { files: [], usage: usageOfMedia(request, urls.length) },
      };
    }
    case "failed": {
      const message = error ?? "";
      const { isContentRefusal } = vendorError({ message }, call.apiKey);
      return { state: "failed", code: isContentRefusal ? "content_refused" : "unavailable", message, billed };
    }
    case "canceled":
      return { state: "failed", code: "cancelled", message: "", billed };
    case "aborted":
      return { state: "failed", code: "cancelled", message: "", billed: "no" };
    default:
      return { state: "running" };
  }
}

/** One address, a list of them, or an object that holds them: models differ. */
function urlsIn(output: unknown): string[] {
  if (typeof output === "string") return [output];
  if (typeof output !== "object" || output === null) return [];
  return Object.values(output).filter((value) => typeof value === "string" && /^https?:/.test(value));
}

async function cancelPrediction(call: VendorCall, jobId: string): Promise<void> {
  const path = `/predictions/${jobId}/cancel`;
  await readJson(call, { method: "POST", path, headers: headersOf(call) }, prediction);
}

function headersOf({ apiKey }: VendorCall): Record<string, string> {
  return { authorization: `Bearer ${apiKey}` };
}
