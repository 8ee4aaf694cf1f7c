import { z } from "zod";
import type { JobState } from "./jobs.ts";
import type { ProviderRequest } from "./provider.ts";
import { numberOf, textOf } from "./request-parameters.ts";
import type { ResultFile } from "./result-file.ts";
import type { VendorCall } from "./vendor-call.ts";
import { VendorAnswerError, vendorError } from "./vendor-error.ts";
import { readJson } from "./vendor-http.ts";

/** Veo's jobs are named by the model that works on them; those of Gemini Omni by an id of their own. */
const VEO_JOB = /^models\/[\w.-]+\/operations\/[\w-]+$/;

/** Starts a film: with Gemini Omni, or with Veo for ids that begin so. */
export function startFilm(call: VendorCall, request: ProviderRequest): Promise<string> {
  return request.modelId.startsWith("veo") ? startVeo(call, request) : startOmni(call, request);
}

export function readFilm(call: VendorCall, jobId: string, request: ProviderRequest): Promise<JobState> {
  return VEO_JOB.test(jobId) ? readVeo(call, jobId, request) : readOmni(call, jobId, request);
}

/** @throws Error for Veo, whose jobs cannot be ended. */
export async function cancelFilm(call: VendorCall, jobId: string): Promise<void> {
  if (VEO_JOB.test(jobId)) throw new Error("Veo ends no job before its time");
  const path = `/interactions/${encodeURIComponent(jobId)}/cancel`;
  await readJson(call, { method: "POST", path, headers: keyHeader(call), body: {} }, interaction);
}

const vendorWords = z.record(z.string(), z.json()).nullish();

const interaction = z.object({
  id: z.string().min(1),
  status: z.string(),
  steps: z
    .array(
      z.object({
        type: z.string(),
        content: z
          .array(z.object({ type: z.string(), uri: z.string().nullish(), text: z.string().nullish() }))
          .nullish(),
      }),
    )
    .nullish(),
  error: vendorWords,
  usage: z
    .object({ output_tokens_by_modality: z.array(z.object({ modality: z.string(), tokens: z.number() })) })
    .nullish()
    .catch(null),
});

type Interaction = z.output<typeof interaction>;

/** Source: https://ai.google.dev/gemini-api/docs/omni and, for `background`, .../docs/interactions-overview. */
async function startOmni(call: VendorCall, request: ProviderRequest): Promise<string> {
  const { modelId, prompt, images } = request;
  const duration = numberOf(request, "duration");
  const body = {
    model: modelId,
    input: [
      ...images.map(({ mediaType, bytes }) => ({
        type: "image",
        data: Buffer.from(bytes).toString("base64"),
        mime_type: mediaType,
      })),
      { type: "text", text: prompt },
    ],
    // Without it the answer comes with the film only, after minutes and without an id to ask again by.
    background: true,
    response_format: {
      type: "video",
      delivery: "uri",
      aspect_ratio: textOf(request, "aspect_ratio"),
      resolution: textOf(request, "resolution"),
      duration: duration === undefined ? undefined : `${duration}s`,
    },
  };
  const { id } = await readJson(call, { path: "/interactions", headers: keyHeader(call), body }, interaction);
  return id;
}

async function readOmni(call: VendorCall, jobId: string, request: ProviderRequest): Promise<JobState> {
  const path = `/interactions/${encodeURIComponent(jobId)}`;
  const state = await readJson(call, { path, headers: keyHeader(call) }, interaction).catch(unknownJobAs404);
  switch (state.status) {
    case "completed":
      return endOfOmni(call, state, request);
    case "failed":
      return failedWith(call, state.error);
    case "cancelled":
    case "incomplete":
    case "budget_exceeded":
    case "requires_action":
      return { state: "failed", code: "unavailable", message: state.status, billed: "unknown" };
    default:
      return { state: "running" };
  }
}

function endOfOmni(call: VendorCall, state: Interaction, request: ProviderRequest): JobState {
  const content = (state.steps ?? [])
    .filter(({ type }) => type === "model_output")
    .flatMap((step) => step.content ?? []);
  const address = content.find(({ type, uri }) => type === "video" && uri)?.uri;
  if (address) return filmAt(call, address, request);
  const tokens = state.usage?.output_tokens_by_modality ?? [];
  if (tokens.some(({ modality, tokens: used }) => modality.toLowerCase() === "video" && used > 0)) {
    return { state: "failed", code: "unknown", message: "", billed: "yes" };
  }
  // A film that is declined ends as one that was made, with words in its place. What is billed is the film's seconds.
  const message = content.map(({ text }) => text ?? "").join(" ");
  return { state: "failed", code: "content_refused", message, billed: "no" };
}

/** Google answers 400 to a question about an interaction that it does not know. */
function unknownJobAs404(error: unknown): never {
  const isUnknown =
    error instanceof VendorAnswerError &&
    error.statusCode === 400 &&
    /invalid interaction name/i.test(error.responseBody);
  throw isUnknown ? new VendorAnswerError({ status: 404, body: error.responseBody }) : error;
}

const operation = z.object({
  name: z.string().regex(VEO_JOB),
  done: z.boolean().nullish(),
  error: vendorWords,
  response: z
    .object({
      generateVideoResponse: z
        .object({
          generatedSamples: z
            .array(z.object({ video: z.object({ uri: z.string().nullish() }).nullish() }))
            .nullish(),
          raiMediaFilteredReasons: z.array(z.string()).nullish(),
        })
        .nullish(),
    })
    .nullish(),
});

/** Source: https://ai.google.dev/gemini-api/docs/veo. */
async function startVeo(call: VendorCall, request: ProviderRequest): Promise<string> {
  const [image] = request.images;
  const body = {
    instances: [
      {
        prompt: request.prompt,
        image: image && {
          bytesBase64Encoded: Buffer.from(image.bytes).toString("base64"),
          mimeType: image.mediaType,
        },
      },
    ],
    parameters: {
      sampleCount: 1,
      aspectRatio: textOf(request, "aspect_ratio"),
      resolution: textOf(request, "resolution"),
      durationSeconds: numberOf(request, "duration"),
      negativePrompt: textOf(request, "negative_prompt"),
      seed: numberOf(request, "seed"),
    },
  };
  const path = `/models/${encodeURIComponent(request.modelId)}:predictLongRunning`;
  const { name } = await readJson(call, { path, headers: keyHeader(call), body }, operation);
  return name;
}

async function readVeo(call: VendorCall, jobId: string, request: ProviderRequest): Promise<JobState> {
  const { done, error, response } = await readJson(
    call,
    { path: `/${jobId}`, headers: keyHeader(call) },
    operation,
  );
  if (!done) return { state: "running" };
  if (error) return failedWith(call, error);
  const { generatedSamples, raiMediaFilteredReasons } = response?.generateVideoResponse ?? {};
  const address = generatedSamples?.[0]?.video?.uri;
  if (address) return filmAt(call, address, request);
  // "You have not been charged for this attempt", says Google of a film that is declined.
  const message = raiMediaFilteredReasons?.join(" ") ?? "";
  return { state: "failed", code: "content_refused", message, billed: "no" };
}

/** Google bills no request that ends in an error. Source: https://ai.google.dev/gemini-api/docs/billing. */
function failedWith({ apiKey }: VendorCall, error: z.output<typeof vendorWords>): JobState {
  const { message, isContentRefusal } = vendorError({ error }, apiKey);
  return {
    state: "failed",
    code: isContentRefusal ? "content_refused" : "unavailable",
    message,
    billed: "no",
  };
}

function filmAt(call: VendorCall, address: string, request: ProviderRequest): JobState {
  const videoSeconds = numberOf(request, "duration");
  const usage = videoSeconds === undefined ? {} : { videoSeconds };
  return { state: "done", results: [filmFile(call, address)], output: { files: [], usage } };
}

/** The key goes to Google only, or to the address that stands in for it; and never into an address. */
function filmFile(call: VendorCall, address: string): ResultFile {
  const { protocol, hostname, origin } = new URL(address);
  const isTheirs = protocol === "https:" && hostname === "generativelanguage.googleapis.com";
  const mayHaveKey = isTheirs || origin === new URL(call.baseUrl).origin;
  return mayHaveKey ? { url: address, headers: keyHeader(call) } : { url: address };
}

function keyHeader({ apiKey }: VendorCall): Record<string, string> {
  return { "x-goog-api-key": apiKey };
}
