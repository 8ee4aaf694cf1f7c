import { z } from "zod";
import type { Outbound } from "../net/outbound.ts";
import type { FailureCode } from "../workflow/ports.ts";
import { providerFacts } from "./catalogue-data.ts";
import { createJobs, type JobState } from "./jobs.ts";
import { usageOfMedia } from "./media-usage.ts";
import type { Provider, ProviderRequest } from "./provider.ts";
import { numberOf, sidesOf, textOf } from "./request-parameters.ts";
import type { VendorCall } from "./vendor-call.ts";
import { VendorAnswerError, vendorError } from "./vendor-error.ts";
import { dataUrl, pathOfModel, readJson } from "./vendor-http.ts";

const accepted = z.object({ request_id: z.string().regex(/^[\w-]+$/) });
const queued = z.object({ status: z.string(), error: z.string().nullish().catch(null) });

const file = z.object({ url: z.string() });
const one = file.nullish().catch(null);
const many = z.array(file).nullish().catch(null);
const made = z.object({ images: many, image: one, videos: many, video: one });

/** Parameters that most models call otherwise; all others go as they are. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ["format", "output_format"],
  ["audio", "generate_audio"],
]);
/** Names that are put into other shapes. */
const RESHAPED = new Set(["size", "duration"]);

/** Models whose length is a text: with its unit, and without. */
const SECONDS_WITH_UNIT = /veo|luma-dream-machine/;
const SECONDS_AS_TEXT = /kling|seedance|hailuo|wan/;
/** Models that take a list of pictures, and those that call the one they take their first. */
const LIST_OF_IMAGES = /\/edit$|nano-banana|seedream|flux-2/;
const START_IMAGE = /kling-video\/(?:v2\.6|v3|o1)\//;

/**
 * fal: pictures and films of many makers, through its queue: POST `/{model}`; then status, result and cancel below
 * `/{owner}/{app}/requests/{id}`, which leaves out what else the model's id holds. A request that failed is `COMPLETED`,
 * and its result answers with the error. Source: https://fal.ai/docs/api-reference/inference-api.
 */
export function createFalProvider(outbound: Outbound): Provider {
  const facts = providerFacts("fal");
  return {
    id: facts.id,
    name: facts.name,
    ...createJobs(
      { facts, pollAfterMs: 2_000, submit: startRequest, read: readRequest, cancel: cancelRequest },
      outbound,
    ),
  };
}

/** The job's id is the path of the request. */
async function startRequest(call: VendorCall, request: ProviderRequest): Promise<string> {
  const path = pathOfModel(request.modelId);
  // Workflows and ComfyUI graphs of a person have a word before their owner.
  const app = /^(?:(?:workflows|comfy)\/)?[^/]+\/[^/]+/.exec(path)?.[0] ?? path;
  const { request_id: requestId } = await readJson(
    call,
    { path: `/${path}`, headers: headersOf(call), body: inputOf(request) },
    accepted,
  );
  return `${app}/requests/${requestId}`;
}

function inputOf(request: ProviderRequest): Record<string, unknown> {
  const { prompt, parameters, images, modelId } = request;
  const plain = Object.entries(parameters).filter(([name]) => !RESHAPED.has(name));
  const renamed = plain.map(([name, value]) => [NAMES.get(name) ?? name, value]);
  return {
    prompt,
    ...Object.fromEntries(renamed),
    image_size: sizeOf(request) ?? parameters["image_size"],
    duration: durationOf(request) ?? parameters["duration"],
    ...imageInput(modelId, images.map(dataUrl)),
  };
}

function sizeOf(request: ProviderRequest): { width: number; height: number } | string | undefined {
  return sidesOf(request) ?? textOf(request, "size");
}

function durationOf(request: ProviderRequest): number | string | undefined {
  const seconds = numberOf(request, "duration");
  if (seconds === undefined) return undefined;
  if (SECONDS_WITH_UNIT.test(request.modelId)) return `${seconds}s`;
  return SECONDS_AS_TEXT.test(request.modelId) ? String(seconds) : seconds;
}

function imageInput(modelId: string, urls: string[]): Record<string, string | string[]> {
  const [url] = urls;
  if (url === undefined) return {};
  if (LIST_OF_IMAGES.test(modelId)) return { image_urls: urls };
  return START_IMAGE.test(modelId) ? { start_image_url: url } : { image_url: url };
}

async function readRequest(call: VendorCall, jobId: string, request: ProviderRequest): Promise<JobState> {
  const headers = headersOf(call);
  const { status, error } = await readJson(call, { path: `/${jobId}/status`, headers }, queued);
  if (status !== "COMPLETED") return { state: "running" };
  try {
    const result = await readJson(call, { path: `/${jobId}`, headers }, made);
    const files =
      request.modality === "image" ? [result.images, result.image] : [result.videos, result.video];
    const urls = files.flatMap((found) => found ?? []).map(({ url }) => url);
    if (urls.length === 0) return { state: "failed", code: "unknown", message: error ?? "", billed: "yes" };
    return {
      state: "done",
      results: urls.map((url) => ({ url })),
      output: { files: [], usage: usageOfMedia(request, urls.length) },
    };
  } catch (thrown) {
    const isAnnounced = Boolean(error) || Boolean(call.headers?.has("x-fal-error-type"));
    return failedRequest(thrown, call.apiKey, isAnnounced);
  }
}

/** Statuses of a result that are about the question: the key, the way there, or too many of them. */
const OF_THE_QUESTION = new Set([401, 403, 404, 408, 410, 429]);

/**
 * What an error in place of a result means. Errors of fal's own are announced by the status or a header; the model's come with 400, 422
 * or 500. Those of a server are not charged, others may be, where a runner had begun (https://docs.fal.ai/faq).
 * @throws what is about the question, so that it is asked again.
 */
function failedRequest(thrown: unknown, apiKey: string, isAnnounced: boolean): JobState {
  if (!(thrown instanceof VendorAnswerError)) throw thrown;
  const { statusCode } = thrown;
  const isModels = statusCode === 400 || statusCode === 422 || statusCode === 500;
  if (OF_THE_QUESTION.has(statusCode) || !(isModels || isAnnounced)) throw thrown;
  const { message, isContentRefusal } = vendorError(thrown, apiKey);
  const code = isContentRefusal ? "content_refused" : codeOf(statusCode);
  return { state: "failed", code, message, billed: statusCode >= 500 ? "no" : "unknown" };
}

function codeOf(status: number): FailureCode {
  if (status >= 500) return "unavailable";
  // fal's status for a request that its owner cancelled.
  return status === 499 ? "cancelled" : "bad_request";
}

async function cancelRequest(call: VendorCall, jobId: string): Promise<void> {
  const path = `/${jobId}/cancel`;
  await readJson(call, { method: "PUT", path, headers: headersOf(call) }, z.object({ status: z.string() }));
}

function headersOf({ apiKey }: VendorCall): Record<string, string> {
  return { authorization: `Key ${apiKey}` };
}
