import { z } from "zod";
import type { JobState } from "./jobs.ts";
import {
  SENSITIVE_INPUT,
  SENSITIVE_OUTPUT,
  baseResponse,
  bearerOf,
  isSensitive,
  readAnswer,
  requireSuccess,
} from "./minimax-answer.ts";
import type { ProviderRequest } from "./provider.ts";
import { numberOf, textOf } from "./request-parameters.ts";
import type { VendorCall } from "./vendor-call.ts";
import { VendorAnswerError, vendorError } from "./vendor-error.ts";
import { dataUrl, readJson } from "./vendor-http.ts";

/** Models of the second generation of its API; all others are asked by the first. */
const SECOND_GENERATION = /^MiniMax-H\d/i;

/** A job's id says by which generation of the API to ask about it. */
const JOB_ID = /^(?<generation>v[12]):(?<id>.+)$/;

export async function startFilm(call: VendorCall, request: ProviderRequest): Promise<string> {
  if (SECOND_GENERATION.test(request.modelId)) return `v2:${await startSecond(call, request)}`;
  return `v1:${await startFirst(call, request)}`;
}

export async function readFilm(call: VendorCall, jobId: string, request: ProviderRequest): Promise<JobState> {
  const { generation, id } = JOB_ID.exec(jobId)?.groups ?? {};
  if (id === undefined) throw new Error("not the id of a job of MiniMax");
  return generation === "v2" ? readSecond(call, id) : readFirst(call, id, request);
}

const started = z.object({ task_id: z.string().min(1) });

/** POST `/v1/video_generation`; a second picture is the last frame. */
async function startFirst(call: VendorCall, request: ProviderRequest): Promise<string> {
  const [first, last] = request.images.map(dataUrl);
  const body = {
    model: request.modelId,
    prompt: request.prompt,
    duration: numberOf(request, "duration"),
    resolution: textOf(request, "resolution"),
    first_frame_image: first,
    last_frame_image: last,
  };
  const { task_id: id } = await readAnswer(call, { path: "/v1/video_generation", body }, started);
  return id;
}

const query = z.object({
  status: z.string().catch(""),
  file_id: z.union([z.string(), z.number()]).nullish(),
  base_resp: baseResponse,
});

const file = z.object({ file: z.object({ download_url: z.string().min(1) }) });

/** GET `/v1/query/video_generation`, and of a film that is made `/v1/files/retrieve`, which gives its address for some hours. */
async function readFirst(call: VendorCall, id: string, request: ProviderRequest): Promise<JobState> {
  const path = `/v1/query/video_generation?${new URLSearchParams({ task_id: id })}`;
  const answer = await readJson(call, { path, headers: bearerOf(call) }, query);
  const { status, file_id: fileId, base_resp: base } = answer;
  if (isSensitive(base)) return declined(base.status_msg, base.status_code === SENSITIVE_OUTPUT);
  // The only parameter is the id: one that is not valid is that of no job.
  requireSuccess(base, { 2013: 404 });
  switch (status) {
    case "Success": {
      if (fileId === null || fileId === undefined || fileId === "") throw new Error("a film without a file");
      const retrieve = `/v1/files/retrieve?${new URLSearchParams({ file_id: String(fileId) })}`;
      const { file: made } = await readAnswer(call, { path: retrieve }, file);
      const seconds = numberOf(request, "duration");
      return {
        state: "done",
        results: [{ url: made.download_url }],
        output: {
          files: [],
          usage: { generations: 1, ...(seconds !== undefined && { videoSeconds: seconds }) },
        },
      };
    }
    case "Fail":
      return failed(base.status_msg === "success" ? "" : base.status_msg);
    default:
      return { state: "running" };
  }
}

/** POST `/v2/video_generation`; a second picture is the last frame. */
async function startSecond(call: VendorCall, request: ProviderRequest): Promise<string> {
  const frames = request.images.slice(0, 2).map((image, index) => ({
    type: "image_url",
    image_url: { url: dataUrl(image) },
    role: index === 0 ? "first_frame" : "last_frame",
  }));
  const body = {
    model: request.modelId,
    content: [{ type: "text", text: request.prompt }, ...frames],
    resolution: textOf(request, "resolution"),
    duration: numberOf(request, "duration"),
    // A film that starts from a picture takes the picture's.
    ratio: frames.length > 0 ? undefined : textOf(request, "aspect_ratio"),
  };
  const headers = bearerOf(call);
  const { task_id: id } = await readJson(call, { path: "/v2/video_generation", headers, body }, started);
  return id;
}

const task = z.object({
  task: z.object({
    status: z.string().catch(""),
    content: z.object({ url: z.string().nullish() }).nullish().catch(null),
    duration: z.number().nullish().catch(null),
    usage: z.object({ total_seconds: z.number().nullish() }).nullish().catch(null),
    error: z.object({ code: z.unknown().optional(), message: z.string().nullish() }).nullish().catch(null),
  }),
});

/** GET `/v2/query/video_generation/{id}`. */
async function readSecond(call: VendorCall, id: string): Promise<JobState> {
  const path = `/v2/query/video_generation/${encodeURIComponent(id)}`;
  const { task: answer } = await readJson(call, { path, headers: bearerOf(call) }, task);
  const { status, content, duration, usage, error } = answer;
  switch (status) {
    case "succeeded": {
      if (!content?.url) throw new Error("a film without an address");
      const seconds = usage?.total_seconds ?? duration;
      return {
        state: "done",
        results: [{ url: content.url }],
        output: { files: [], usage: typeof seconds === "number" ? { videoSeconds: seconds } : {} },
      };
    }
    case "failed": {
      const failure = new VendorAnswerError({ status: 422, body: JSON.stringify({ error }) });
      const said = vendorError(failure, call.apiKey);
      const wasMade = error?.code === SENSITIVE_OUTPUT;
      if (said.isContentRefusal || wasMade || error?.code === SENSITIVE_INPUT) {
        return declined(said.message, wasMade);
      }
      return failed(said.message);
    }
    case "cancelled":
      return failed(status);
    case "expired":
      return { state: "failed", code: "unavailable", message: status, billed: "unknown" };
    default:
      return { state: "running" };
  }
}

/** MiniMax bills films: a task that failed made none. */
function failed(message: string): JobState {
  return { state: "failed", code: "unavailable", message, billed: "no" };
}

/** Of a film that was made and then held back, MiniMax does not say whether it bills it. */
function declined(message: string, wasMade: boolean): JobState {
  return { state: "failed", code: "content_refused", message, billed: wasMade ? "unknown" : "no" };
}
