import { z } from "zod";
import type { Outbound } from "../net/outbound.ts";
import { providerFacts } from "./catalogue-data.ts";
import { base64Of, picturesOf } from "./input-pictures.ts";
import { createJobs, type JobState } from "./jobs.ts";
import type { InputFile, Provider, ProviderRequest } from "./provider.ts";
import { booleanOf, numberOf, textOf } from "./request-parameters.ts";
import { unsendable } from "./unsendable.ts";
import type { VendorCall } from "./vendor-call.ts";
import { readJson } from "./vendor-http.ts";

const accepted = z.object({ id: z.string().min(1) });

const generation = z.object({
  state: z.string(),
  output: z
    .array(z.object({ url: z.string() }))
    .nullish()
    .catch(null),
  failure_code: z.string().nullish().catch(null),
  failure_reason: z.string().nullish().catch(null),
});

/**
 * Luma's Agents API: pictures and films, as jobs: POST `/generations`, then GET `/generations/{id}`. A job cannot be
 * cancelled. The older Dream Machine API, of Ray 2 and Photon, takes other keys: that is the provider `luma`.
 * Source: https://docs.agents.lumalabs.ai.
 */
export function createLumaAgentsProvider(outbound: Outbound): Provider {
  const facts = providerFacts("luma-agents");
  return {
    id: facts.id,
    name: facts.name,
    ...createJobs({ facts, pollAfterMs: 3_000, submit: startJob, read: readJob }, outbound),
  };
}

async function startJob(call: VendorCall, request: ProviderRequest): Promise<string> {
  const headers = { authorization: `Bearer ${call.apiKey}` };
  const { modelId: model, prompt } = request;
  const wishes = request.modality === "image" ? ofPicture(request) : ofFilm(request);
  const body = { model, prompt, aspect_ratio: textOf(request, "aspect_ratio"), ...wishes };
  const { id } = await readJson(call, { path: "/generations", headers, body }, accepted);
  return id;
}

function ofPicture(request: ProviderRequest): Record<string, unknown> {
  const pictures = picturesOf(request, 9).map(inlined);
  return {
    type: "image",
    style: textOf(request, "style"),
    output_format: textOf(request, "format"),
    image_ref: pictures.length === 0 ? undefined : pictures,
  };
}

/** A film starts from the first picture and ends with the second, where there are any. */
function ofFilm(request: ProviderRequest): Record<string, unknown> {
  if (request.modality !== "video") throw new Error(`Luma makes no ${request.modality}`);
  const [first, last] = picturesOf(request, 2);
  return {
    type: "video",
    video: {
      resolution: textOf(request, "resolution"),
      duration: `${durationOf(request)}s`,
      loop: booleanOf(request, "loop"),
      start_frame: first && inlined(first),
      end_frame: last && inlined(last),
    },
  };
}

function inlined(picture: InputFile): { data: string; media_type: string } {
  return { data: base64Of(picture), media_type: picture.mediaType };
}

/** In seconds. @throws ProviderFailure, unbilled, for a length that there is not. */
function durationOf(request: ProviderRequest): number {
  const seconds = numberOf(request, "duration") ?? 5;
  if (seconds === 5 || seconds === 10) return seconds;
  throw unsendable({
    what: {
      fr: `Luma fait des vidéos de 5 ou 10\u00a0secondes, et l’étape en demande ${seconds}.`,
      en: `Luma makes videos of 5 or 10 seconds, and the step asks for ${seconds}.`,
    },
    next: {
      fr: "Corrigez «\u00a0duration\u00a0», puis relancez.",
      en: "Correct “duration”, then try again.",
    },
  });
}

async function readJob(call: VendorCall, jobId: string, request: ProviderRequest): Promise<JobState> {
  const headers = { authorization: `Bearer ${call.apiKey}` };
  const path = `/generations/${encodeURIComponent(jobId)}`;
  const job = await readJson(call, { path, headers }, generation);
  switch (job.state) {
    case "completed": {
      const files = job.output ?? [];
      if (files.length === 0) throw new Error("a generation that is complete has no address");
      const usage =
        request.modality === "video"
          ? { generations: 1, videoSeconds: durationOf(request) }
          : { images: files.length };
      return { state: "done", results: files.map(({ url }) => ({ url })), output: { files: [], usage } };
    }
    case "failed":
      return failed(job.failure_code ?? "", job.failure_reason ?? "");
    default:
      return { state: "running" };
  }
}

/** Failures are refunded, except that an account which ran dry half-way may have been charged in part (the vendor's FAQ). */
function failed(code: string, message: string): JobState {
  if (code === "content_moderated")
    return { state: "failed", code: "content_refused", message, billed: "no" };
  if (code === "budget_exhausted") return { state: "failed", code: "quota", message, billed: "unknown" };
  return { state: "failed", code: "unavailable", message, billed: "no" };
}
