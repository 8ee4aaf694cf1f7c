import { z } from "zod";
import type { Outbound } from "../net/outbound.ts";
import { providerFacts } from "./catalogue-data.ts";
import { picturesOf } from "./input-pictures.ts";
import { createJobs, type JobState } from "./jobs.ts";
import { usageOfMedia } from "./media-usage.ts";
import type { Provider, ProviderRequest } from "./provider.ts";
import { reportedUsd } from "./reported-cost.ts";
import { booleanOf, numberOf, textOf } from "./request-parameters.ts";
import type { VendorCall } from "./vendor-call.ts";
import { VendorAnswerError } from "./vendor-error.ts";
import { dataUrl } from "./vendor-http.ts";

type RunwayClient = import("@runwayml/sdk").default;

const USD_PER_CREDIT = 0.01;
/** Of a picture, to others. */
const MOST_REFERENCES = 3;
/** Longer than any call here may take: it is our signal that gives up. */
const SDK_TIMEOUT_MS = 24 * 60 * 60_000;

/** Runway names a format by its pixels. */
const RATIOS: Record<string, Record<string, string>> = {
  "720p": {
    "16:9": "1280:720",
    "9:16": "720:1280",
    "4:3": "1104:832",
    "3:4": "832:1104",
    "1:1": "960:960",
    "21:9": "1584:672",
  },
  "1080p": { "16:9": "1920:1080", "9:16": "1080:1920" },
};
const IMAGE_RATIOS: Record<string, Record<string, string>> = {
  "720p": {
    "16:9": "1280:720",
    "9:16": "720:1280",
    "4:3": "960:720",
    "3:4": "720:960",
    "1:1": "720:720",
    "21:9": "1680:720",
  },
  "1080p": {
    "16:9": "1920:1080",
    "9:16": "1080:1920",
    "4:3": "1440:1080",
    "3:4": "1080:1440",
    "1:1": "1080:1080",
    "21:9": "2112:912",
  },
};

const accepted = z.object({ id: z.string().min(1) });
const cost = z
  .object({ credits: z.number().min(0) })
  .optional()
  .catch(undefined);
const task = z.discriminatedUnion("status", [
  z.object({ status: z.enum(["PENDING", "THROTTLED"]) }),
  z.object({ status: z.literal("RUNNING"), progress: z.number().min(0).max(1).optional().catch(undefined) }),
  z.object({ status: z.literal("SUCCEEDED"), output: z.array(z.string()), cost }),
  z.object({
    status: z.literal("FAILED"),
    failure: z.string().catch(""),
    failureCode: z.string().catch(""),
    cost,
  }),
  z.object({ status: z.literal("CANCELLED"), cost }),
]);

/**
 * Runway: films and pictures as tasks, through its SDK. A picture that goes in makes a film of it
 * (`/v1/image_to_video`), otherwise `/v1/text_to_video`. A task at its end says what it cost in credits of a cent, nothing
 * where it was refunded; a task that moderation stops costs what it would have cost. Sources:
 * https://docs.dev.runwayml.com/api and https://docs.dev.runwayml.com/api-details/moderation.
 */
export function createRunwayProvider(outbound: Outbound): Provider {
  const facts = providerFacts("runway");
  return {
    id: facts.id,
    name: facts.name,
    ...createJobs(
      {
        facts,
        // Runway asks for no more than one question every five seconds.
        pollAfterMs: 5_000,
        submit: startTask,
        read: readTask,
        cancel: cancelTask,
      },
      outbound,
    ),
  };
}

async function startTask(call: VendorCall, request: ProviderRequest): Promise<string> {
  const { path, body } = request.modality === "image" ? imageTask(request) : videoTask(request);
  const answer = await ask(call, (client) => client.post(path, { body, signal: call.signal }));
  return accepted.parse(answer).id;
}

function videoTask(request: ProviderRequest): { path: string; body: object } {
  const [image] = picturesOf(request, 1);
  const resolution = textOf(request, "resolution");
  return {
    path: image ? "/v1/image_to_video" : "/v1/text_to_video",
    body: {
      model: request.modelId,
      promptText: request.prompt,
      promptImage: image && dataUrl(image),
      ratio: ratioOf(request, RATIOS),
      // Where the format does not say it, as of models whose definitions are not in the table.
      resolution: resolution === undefined || Object.hasOwn(RATIOS, resolution) ? undefined : resolution,
      duration: numberOf(request, "duration"),
      seed: numberOf(request, "seed"),
      audio: booleanOf(request, "audio"),
      negativePrompt: textOf(request, "negative_prompt"),
    },
  };
}

function imageTask(request: ProviderRequest): { path: string; body: object } {
  const references = picturesOf(request, MOST_REFERENCES).map((image) => ({ uri: dataUrl(image) }));
  return {
    path: "/v1/text_to_image",
    body: {
      model: request.modelId,
      promptText: request.prompt,
      ratio: ratioOf(request, IMAGE_RATIOS),
      seed: numberOf(request, "seed"),
      quality: textOf(request, "quality"),
      referenceImages: references.length === 0 ? undefined : references,
    },
  };
}

/** The format in Runway's words; `ratio` is taken as it is, for models with formats of their own. */
function ratioOf(request: ProviderRequest, ratios: typeof RATIOS): string | undefined {
  const aspect = textOf(request, "aspect_ratio") ?? "";
  return (
    textOf(request, "ratio") ??
    ratios[textOf(request, "resolution") ?? "720p"]?.[aspect] ??
    (aspect || undefined)
  );
}

async function readTask(call: VendorCall, jobId: string, request: ProviderRequest): Promise<JobState> {
  const answer = await ask(call, (client) => client.tasks.retrieve(jobId, { signal: call.signal }));
  const state = task.parse(answer);
  switch (state.status) {
    case "SUCCEEDED":
      return {
        state: "done",
        results: state.output.map((url) => ({ url })),
        output: {
          files: [],
          usage: usageOfMedia(request, state.output.length),
          ...(state.cost && { reportedNanoUsd: reportedUsd(state.cost.credits * USD_PER_CREDIT) }),
        },
      };
    case "FAILED": {
      const isRefused = state.failureCode.startsWith("SAFETY") || /moderat/i.test(state.failure);
      return {
        state: "failed",
        code: isRefused ? "content_refused" : "unavailable",
        message: state.failure,
        ...billed(state.cost?.credits),
      };
    }
    case "CANCELLED":
      return { state: "failed", code: "cancelled", message: "", ...billed(state.cost?.credits) };
    case "RUNNING":
      return { state: "running", progress: state.progress };
    case "PENDING":
    case "THROTTLED":
    default:
      return { state: "running" };
  }
}

/** A task that has ended is left alone: the same call would delete it, with what was paid for. */
async function cancelTask(call: VendorCall, jobId: string): Promise<void> {
  const { status } = task.parse(
    await ask(call, (client) => client.tasks.retrieve(jobId, { signal: call.signal })),
  );
  if (!["PENDING", "THROTTLED", "RUNNING"].includes(status)) throw new Error("the task has ended");
  await ask(call, (client) => client.tasks.delete(jobId, { signal: call.signal }));
}

/** What a task without an output cost; where it does not say so, nobody knows. */
function billed(credits: number | undefined) {
  if (credits === undefined) return { billed: "unknown" as const };
  if (credits === 0) return { billed: "no" as const };
  return { billed: "yes" as const, reportedNanoUsd: reportedUsd(credits * USD_PER_CREDIT) };
}

/**
 * Asks through the SDK, once.
 * @throws VendorAnswerError for an answer that says no; otherwise what the network threw, which the SDK would put in words
 * of its own.
 */
async function ask(call: VendorCall, question: (client: RunwayClient) => Promise<unknown>): Promise<unknown> {
  const { APIError, default: RunwayML } = await import("@runwayml/sdk");
  let thrown: unknown;
  const client = new RunwayML({
    apiKey: call.apiKey,
    baseURL: call.baseUrl,
    maxRetries: 0,
    timeout: SDK_TIMEOUT_MS,
    logLevel: "off",
    fetch: async (input, init) => {
      try {
        return await call.fetch(input, init);
      } catch (error) {
        thrown = error;
        throw error;
      }
    },
  });
  try {
    return await question(client);
  } catch (error) {
    if (error instanceof APIError && typeof error.status === "number") {
      throw new VendorAnswerError({ status: error.status, body: JSON.stringify(error.error ?? {}) });
    }
    throw thrown ?? error;
  }
}
