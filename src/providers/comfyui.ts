import { randomInt } from "node:crypto";
import { z } from "zod";
import type { Outbound } from "../net/outbound.ts";
import { providerFacts } from "./catalogue-data.ts";
import { picturesOf } from "./input-pictures.ts";
import { createJobs, type JobState } from "./jobs.ts";
import type { Provider, ProviderRequest } from "./provider.ts";
import { numberOf, sidesOf, textOf } from "./request-parameters.ts";
import type { VendorCall } from "./vendor-call.ts";
import { VendorAnswerError, vendorError } from "./vendor-error.ts";
import { readBytes, readJson } from "./vendor-http.ts";

const accepted = z.object({ prompt_id: z.string().min(1) });

/** What is wrong with a workflow, by node. */
const rejection = z.object({
  error: z.object({ message: z.string() }),
  node_errors: z.record(
    z.string(),
    z.object({ errors: z.array(z.object({ message: z.string(), details: z.string() })) }),
  ),
});

const picture = z.object({ filename: z.string(), subfolder: z.string(), type: z.string() });
const historyEntry = z.object({
  outputs: z.record(z.string(), z.object({ images: z.array(picture).optional() })),
  status: z.object({
    status_str: z.string(),
    /** Pairs of a kind and what it says. */
    messages: z.array(z.tuple([z.string(), z.looseObject({ exception_message: z.string().optional() })])),
  }),
});
type HistoryEntry = z.output<typeof historyEntry>;
const history = z.record(z.string(), historyEntry);

/** Each entry is a list: number, id, workflow and more. */
const queueEntries = z.array(z.tuple([z.unknown(), z.string()]).rest(z.unknown()));
const queue = z.object({ queue_running: queueEntries, queue_pending: queueEntries });

/**
 * ComfyUI: pictures, as jobs in its queue, by a plain workflow of its own nodes. The model's id is the file name of a
 * checkpoint as ComfyUI lists it. A key, for servers behind a gate, goes into `X-API-Key`.
 * Source: https://docs.comfy.org/development/comfyui-server/comms_routes and ComfyUI's `server.py`.
 */
export function createComfyuiProvider(outbound: Outbound): Provider {
  const facts = providerFacts("comfyui");
  return {
    id: facts.id,
    name: facts.name,
    ...createJobs(
      { facts, pollAfterMs: 1_000, submit: startJob, read: readJob, cancel: cancelJob },
      outbound,
    ),
  };
}

async function startJob(call: VendorCall, request: ProviderRequest): Promise<string> {
  if (request.modality !== "image") throw new Error(`ComfyUI makes no ${request.modality}`);
  picturesOf(request, 0);
  const body = { prompt: workflowOf(request), client_id: call.idempotencyKey };
  try {
    const { prompt_id: jobId } = await readJson(
      call,
      { path: "/prompt", headers: key(call), body },
      accepted,
    );
    return jobId;
  } catch (error) {
    throw withNodeErrors(error);
  }
}

/** From text to a picture, as ComfyUI's own first example: nodes by id, their links as `[node, output]`. */
function workflowOf(request: ProviderRequest) {
  const { width, height } = sidesOf(request) ?? { width: 1_024, height: 1_024 };
  return {
    checkpoint: { class_type: "CheckpointLoaderSimple", inputs: { ckpt_name: request.modelId } },
    positive: encodedText(request.prompt),
    negative: encodedText(textOf(request, "negative_prompt") ?? ""),
    canvas: { class_type: "EmptyLatentImage", inputs: { width, height, batch_size: 1 } },
    sampler: {
      class_type: "KSampler",
      inputs: {
        model: ["checkpoint", 0],
        positive: ["positive", 0],
        negative: ["negative", 0],
        latent_image: ["canvas", 0],
        // The node has no default of its own, and the same number would give the same picture.
        seed: numberOf(request, "seed") ?? randomInt(2 ** 32),
        steps: numberOf(request, "steps") ?? 25,
        cfg: numberOf(request, "guidance") ?? 7,
        sampler_name: textOf(request, "sampler") ?? "euler",
        scheduler: "normal",
        denoise: 1,
      },
    },
    decoder: { class_type: "VAEDecode", inputs: { samples: ["sampler", 0], vae: ["checkpoint", 2] } },
    picture: { class_type: "SaveImage", inputs: { images: ["decoder", 0], filename_prefix: "relais" } },
  };
}

function encodedText(text: string) {
  return { class_type: "CLIPTextEncode", inputs: { clip: ["checkpoint", 1], text } };
}

/** Says what ComfyUI found wrong, which its message alone does not: for instance which checkpoints it has. */
function withNodeErrors(error: unknown): unknown {
  if (!(error instanceof VendorAnswerError)) return error;
  const body = rejection.safeParse(parsed(error.responseBody));
  if (!body.success) return error;
  const found = Object.values(body.data.node_errors).flatMap(({ errors }) =>
    errors.map(({ message, details }) => `${message}: ${details}`),
  );
  const message = [body.data.error.message, ...found].join("; ");
  return new VendorAnswerError({ status: error.statusCode, body: JSON.stringify({ message }) });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function readJob(call: VendorCall, jobId: string): Promise<JobState> {
  const entry = await readHistory(call, jobId);
  if (entry) return stateOf(call, entry);
  if ((await placeInQueue(call, jobId)) !== null) return { state: "running" };
  // It may have left the queue between the two questions.
  const late = await readHistory(call, jobId);
  if (late) return stateOf(call, late);
  return { state: "failed", code: "unavailable", message: "", billed: "unknown" };
}

async function readHistory(call: VendorCall, jobId: string): Promise<HistoryEntry | undefined> {
  const path = `/history/${encodeURIComponent(jobId)}`;
  const answer = await readJson(call, { path, headers: key(call) }, history);
  return answer[jobId];
}

function stateOf(call: VendorCall, { status, outputs }: HistoryEntry): JobState {
  if (status.status_str === "success") {
    const pictures = Object.values(outputs).flatMap(({ images }) => images ?? []);
    if (pictures.length === 0) throw new Error("a job that succeeded has no picture");
    return {
      state: "done",
      results: pictures.map((one) => ({
        url: `${call.baseUrl}/view?${new URLSearchParams(one)}`,
        headers: key(call),
      })),
      output: { files: [], usage: { images: pictures.length } },
    };
  }
  const said = new Map(status.messages);
  const message = said.get("execution_error")?.exception_message ?? "";
  const isRefusal = vendorError({ message }, call.apiKey).isContentRefusal;
  const failureCode = isRefusal ? "content_refused" : "unavailable";
  // ComfyUI itself bills nothing, least of all for what it did not make.
  const code = said.has("execution_interrupted") ? "cancelled" : failureCode;
  return { state: "failed", code, message, billed: "no" };
}

async function placeInQueue(call: VendorCall, jobId: string): Promise<"running" | "pending" | null> {
  const { queue_running: running, queue_pending: pending } = await readJson(
    call,
    { path: "/queue", headers: key(call) },
    queue,
  );
  if (running.some(([, id]) => id === jobId)) return "running";
  return pending.some(([, id]) => id === jobId) ? "pending" : null;
}

/** Only a job that runs is interrupted: older servers end whatever runs, which may be someone else's. */
async function cancelJob(call: VendorCall, jobId: string): Promise<void> {
  const place = await placeInQueue(call, jobId);
  if (place === null) throw new Error("a job that is not in the queue");
  await readBytes(call, {
    ...(place === "running"
      ? { path: "/interrupt", body: { prompt_id: jobId } }
      : { path: "/queue", body: { delete: [jobId] } }),
    headers: key(call),
  });
}

function key({ apiKey }: VendorCall): Record<string, string> {
  return apiKey === "" ? {} : { "x-api-key": apiKey };
}
