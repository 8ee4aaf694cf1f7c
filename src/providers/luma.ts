import { z } from "zod";
import type { Outbound } from "../net/outbound.ts";
import { providerFacts } from "./catalogue-data.ts";
import { picturesOf } from "./input-pictures.ts";
import { createJobs, type JobState } from "./jobs.ts";
import { usageOfMedia } from "./media-usage.ts";
import type { Provider, ProviderRequest } from "./provider.ts";
import { booleanOf, numberOf, textOf } from "./request-parameters.ts";
import { unsendable } from "./unsendable.ts";
import type { VendorCall } from "./vendor-call.ts";
import { readBytes, readJson, type VendorRequest } from "./vendor-http.ts";

const accepted = z.object({ id: z.string().min(1) });

const generation = z.object({
  state: z.string(),
  failure_reason: z.string().nullish().catch(null),
  assets: z.object({ video: z.string().nullish(), image: z.string().nullish() }).nullish().catch(null),
});

/** States of a generation that is not at its end. */
const UNDER_WAY = new Set(["queued", "dreaming"]);

/**
 * Luma's Dream Machine API: pictures by Photon and films by Ray 2, as jobs: POST `/generations/image` or
 * `/generations/video`, then GET `/generations/{id}`. Pictures go in by a public address only, and Relais has none to
 * give, so its models take nothing beside the prompt. Luma is moving to its Agents API, which is the provider
 * `luma-agents`; a reseller (docs.comfy.org) names 2026-10-24 as the end of this one, and Luma itself no day that could be
 * read. Sources: https://docs.lumalabs.ai/docs/api and the vendor's OpenAPI description, 1.1.0.
 */
export function createLumaProvider(outbound: Outbound): Provider {
  const facts = providerFacts("luma");
  return {
    id: facts.id,
    name: facts.name,
    ...createJobs({ facts, pollAfterMs: 3_000, submit: startJob, read: readJob, cancel: endJob }, outbound),
  };
}

async function startJob(call: VendorCall, request: ProviderRequest): Promise<string> {
  picturesOf(request, 0);
  const wishes = request.modality === "image" ? ofPicture(request) : ofFilm(request);
  const { id } = await readJson(call, { ...wishes, headers: headersOf(call) }, accepted);
  return id;
}

function ofPicture(request: ProviderRequest): Pick<VendorRequest, "path" | "body"> {
  const format = textOf(request, "format");
  return {
    path: "/generations/image",
    body: { ...commonWishes(request), format: format === "jpeg" ? "jpg" : format },
  };
}

function ofFilm(request: ProviderRequest): Pick<VendorRequest, "path" | "body"> {
  if (request.modality !== "video") throw new Error(`Luma makes no ${request.modality}`);
  return {
    path: "/generations/video",
    body: {
      ...commonWishes(request),
      resolution: textOf(request, "resolution"),
      duration: durationOf(request),
      loop: booleanOf(request, "loop"),
    },
  };
}

function commonWishes(request: ProviderRequest): Record<string, unknown> {
  const { modelId: model, prompt } = request;
  return { model, prompt, aspect_ratio: textOf(request, "aspect_ratio") };
}

/** In the vendor's words, such as `5s`. @throws ProviderFailure, unbilled, for a length that there is not. */
function durationOf(request: ProviderRequest): string | undefined {
  const seconds = numberOf(request, "duration");
  if (seconds === undefined) return undefined;
  if (seconds === 5 || seconds === 9) return `${seconds}s`;
  throw unsendable({
    what: {
      fr: `Luma fait des vidéos de 5 ou 9\u00a0secondes, et l’étape en demande ${seconds}.`,
      en: `Luma makes videos of 5 or 9 seconds, and the step asks for ${seconds}.`,
    },
    next: {
      fr: "Corrigez «\u00a0duration\u00a0», puis relancez.",
      en: "Correct “duration”, then try again.",
    },
  });
}

async function readJob(call: VendorCall, jobId: string, request: ProviderRequest): Promise<JobState> {
  const job = await readJson(call, { path: pathOf(jobId), headers: headersOf(call) }, generation);
  switch (job.state) {
    case "completed": {
      const url = request.modality === "image" ? job.assets?.image : job.assets?.video;
      if (!url) throw new Error("a generation that is complete has no address");
      return {
        state: "done",
        results: [{ url }],
        output: { files: [], usage: usageOfMedia(request, 1) },
      };
    }
    case "failed":
      return failed(job.failure_reason ?? "");
    default:
      return { state: "running" };
  }
}

/** What is set aside for a generation that fails is given back: https://docs.lumalabs.ai/docs/faq. */
function failed(message: string): JobState {
  // The reasons that https://docs.lumalabs.ai/docs/errors lists under moderation.
  const isRefused = /moderation|blacklisted/i.test(message);
  return { state: "failed", code: isRefused ? "content_refused" : "unavailable", message, billed: "no" };
}

/**
 * Takes the generation out of the account; from then on it is not found. One that has ended is left alone: what was paid for
 * would go with it.
 */
async function endJob(call: VendorCall, jobId: string): Promise<void> {
  const { state } = await readJson(call, { path: pathOf(jobId), headers: headersOf(call) }, generation);
  if (!UNDER_WAY.has(state)) throw new Error("the generation has ended");
  await readBytes(call, { method: "DELETE", path: pathOf(jobId), headers: headersOf(call) });
}

function pathOf(jobId: string): string {
  return `/generations/${encodeURIComponent(jobId)}`;
}

function headersOf({ apiKey }: VendorCall): Record<string, string> {
  return { authorization: `Bearer ${apiKey}` };
}
