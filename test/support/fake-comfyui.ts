import { z } from "zod";
import { pngOf } from "./fake-files.ts";
import {
  jsonAnswer,
  startFakeServer,
  type FakeAnswer,
  type FakeCall,
  type FakeJob,
  type FakeServer,
  type FakeVendor,
  type Scenario,
} from "./fake-server.ts";

/** The key that the fake takes: ComfyUI has none, a gate before it may. */
export const FAKE_COMFYUI_KEY = "comfy-0123456789abcdef";
/** The one checkpoint that it has. */
const CHECKPOINT = "sd_xl_base_1.0.safetensors";

const link = z.tuple([z.string(), z.int().min(0)]);
const side = z.int().min(16).max(16_384).multipleOf(8);

/** The nodes that the fake knows, with their inputs as `/object_info` describes them. */
const node = z.discriminatedUnion("class_type", [
  z.strictObject({
    class_type: z.literal("CheckpointLoaderSimple"),
    inputs: z.strictObject({ ckpt_name: z.string() }),
  }),
  z.strictObject({
    class_type: z.literal("CLIPTextEncode"),
    inputs: z.strictObject({ text: z.string(), clip: link }),
  }),
  z.strictObject({
    class_type: z.literal("EmptyLatentImage"),
    inputs: z.strictObject({ width: side, height: side, batch_size: z.int().min(1) }),
  }),
  z.strictObject({
    class_type: z.literal("KSampler"),
    inputs: z.strictObject({
      model: link,
      seed: z.int().min(0),
      steps: z.int().min(1).max(10_000),
      cfg: z.number().min(0).max(100),
      sampler_name: z.enum(["euler", "euler_ancestral", "dpmpp_2m", "dpmpp_2m_sde", "ddim", "uni_pc"]),
      scheduler: z.enum(["normal", "karras", "simple"]),
      positive: link,
      negative: link,
      latent_image: link,
      denoise: z.number().min(0).max(1),
    }),
  }),
  z.strictObject({
    class_type: z.literal("VAEDecode"),
    inputs: z.strictObject({ samples: link, vae: link }),
  }),
  z.strictObject({
    class_type: z.literal("SaveImage"),
    inputs: z.strictObject({ images: link, filename_prefix: z.string() }),
  }),
]);
const promptBody = z.strictObject({ prompt: z.record(z.string(), node), client_id: z.string().optional() });

/** ComfyUI's `/prompt`, `/history`, `/queue`, `/interrupt` and `/view`, in the shapes of its `server.py`. */
export function startFakeComfyui(
  options: {
    scenario?: Scenario | Scenario[];
    apiKey?: string | null;
    /** Whether jobs wait behind another one, which runs. */
    isBusy?: boolean;
  } = {},
): Promise<FakeServer> {
  const { scenario, apiKey = FAKE_COMFYUI_KEY, isBusy = false } = options;
  const jobs = new Jobs(isBusy);
  const vendor: FakeVendor = {
    overloadedStatus: 503,
    error: errorAnswer,
    check: (call) => check(call, apiKey),
    about,
    file: () => ({ bytes: pngOf(64, 64), mediaType: "image/png" }),
    answer(call, kind, { file, jobId, scenario: played }) {
      if (call.path === "/queue") return jobs.queue();
      if (call.path.startsWith("/view?")) return jobs.view(call.path);
      if (kind === "refused") return invalid("Blocked by the safety filter", {});
      jobs.add({ id: jobId, bytes: file.bytes, isForgotten: played === "job_gone" });
      return jsonAnswer(200, { prompt_id: jobId, number: 1, node_errors: {} });
    },
    state: (job) => jobs.history(job),
    cancelled(job) {
      jobs.remove(job.id);
      return { status: 200, contentType: "text/plain", pieces: [] };
    },
  };
  return startFakeServer(vendor, scenario);
}

/** The queue, and the pictures that were made. */
class Jobs {
  readonly #queued = new Set<string>();
  readonly #pictures = new Map<string, Uint8Array>();
  readonly #isBusy: boolean;

  constructor(isBusy: boolean) {
    this.#isBusy = isBusy;
  }

  add({ id, bytes, isForgotten }: { id: string; bytes: Uint8Array; isForgotten: boolean }): void {
    if (!isForgotten) this.#queued.add(id);
    this.#pictures.set(id, bytes);
  }

  remove(id: string): void {
    this.#queued.delete(id);
  }

  queue(): FakeAnswer {
    const entries = [...this.#queued].map((id) => [1, id, {}, {}, ["picture"]]);
    return jsonAnswer(
      200,
      this.#isBusy
        ? { queue_running: [[0, "job-of-someone-else", {}, {}, ["9"]]], queue_pending: entries }
        : { queue_running: entries, queue_pending: [] },
    );
  }

  history({ id, state }: FakeJob): FakeAnswer {
    if (state === "running") return jsonAnswer(200, {});
    this.remove(id);
    // What was taken out of the queue before it began leaves no trace.
    if (state === "cancelled" && this.#isBusy) return jsonAnswer(200, {});
    const start = ["execution_start", { prompt_id: id, timestamp: 1_763_800_000_000 }];
    if (state === "succeeded") {
      const images = [{ filename: `${id}.png`, subfolder: "", type: "output" }];
      const status = { status_str: "success", completed: true, messages: [start] };
      return jsonAnswer(200, { [id]: { prompt: [], outputs: { picture: { images } }, status } });
    }
    const exception = { failed: "out of memory", refused: "Blocked by the content policy", cancelled: "" };
    const end =
      state === "cancelled"
        ? ["execution_interrupted", { prompt_id: id, node_id: "sampler" }]
        : ["execution_error", { prompt_id: id, exception_message: exception[state] }];
    const status = { status_str: "error", completed: false, messages: [start, end] };
    return jsonAnswer(200, { [id]: { prompt: [], outputs: {}, status } });
  }

  view(path: string): FakeAnswer {
    const query = new URLSearchParams(path.split("?")[1]);
    const bytes = this.#pictures.get((query.get("filename") ?? "").replace(/\.png$/, ""));
    if (!bytes || query.get("type") !== "output")
      return { status: 404, contentType: "text/plain", pieces: [] };
    return { status: 200, contentType: "image/png", pieces: [bytes] };
  }
}

function about(call: FakeCall): { kind: "submit" | "other" } | { kind: "poll" | "cancel"; jobId: string } {
  const poll = /^\/history\/(?<id>[\w-]+)$/.exec(call.path);
  if (poll) return { kind: "poll", jobId: poll.groups?.["id"] ?? "" };
  const interrupted = z.object({ prompt_id: z.string() }).safeParse(call.body);
  if (call.path === "/interrupt") return { kind: "cancel", jobId: interrupted.data?.prompt_id ?? "" };
  const deleted = z.object({ delete: z.tuple([z.string()]) }).safeParse(call.body);
  if (deleted.success) return { kind: "cancel", jobId: deleted.data.delete[0] };
  return { kind: call.path === "/prompt" ? "submit" : "other" };
}

function check(call: FakeCall, apiKey: string | null): FakeAnswer | null {
  const { method, path } = call;
  const isPost = path === "/prompt" || path === "/interrupt" || (path === "/queue" && call.body !== "");
  const isKnown = isPost || path === "/queue" || /^\/(?:history\/[\w-]+|view\?.+)$/.test(path);
  if (!isKnown) return { status: 404, contentType: "text/plain", pieces: ["404: Not Found"] };
  if (method !== (isPost ? "POST" : "GET")) {
    return { status: 405, contentType: "text/plain", pieces: ["405: Method Not Allowed"] };
  }
  if (call.headers["x-api-key"] !== (apiKey ?? undefined)) return errorAnswer(401, "unauthorized");
  return path === "/prompt" ? checkPrompt(call) : null;
}

function checkPrompt(call: FakeCall): FakeAnswer | null {
  const result = promptBody.safeParse(call.body);
  if (!result.success) return invalid(z.prettifyError(result.error), {});
  const nodes = Object.entries(result.data.prompt);
  for (const [id, { inputs }] of nodes) {
    for (const value of Object.values(inputs)) {
      if (Array.isArray(value) && !(value[0] in result.data.prompt))
        return invalid(`no node ${value[0]}`, {});
    }
    if ("ckpt_name" in inputs && inputs.ckpt_name !== CHECKPOINT) {
      const details = `ckpt_name: '${inputs.ckpt_name}' not in ['${CHECKPOINT}']`;
      const errors = [{ type: "value_not_in_list", message: "Value not in list", details, extra_info: {} }];
      return invalid("Prompt outputs failed validation", {
        [id]: { errors, dependent_outputs: ["picture"], class_type: "CheckpointLoaderSimple" },
      });
    }
  }
  return null;
}

function invalid(message: string, nodeErrors: object): FakeAnswer {
  const error = { type: "prompt_outputs_failed_validation", message, details: "", extra_info: {} };
  return jsonAnswer(400, { error, node_errors: nodeErrors });
}

function errorAnswer(status: number, kind: string): FakeAnswer {
  switch (kind) {
    case "not_found":
      // It has no 404 for a job: it answers with what it knows of it, nothing.
      return jsonAnswer(200, {});
    case "unauthorized":
      return jsonAnswer(401, { error: "Unauthorized" });
    case "quota":
      // ComfyUI has no quota; a host that rents it out answers so.
      return jsonAnswer(402, { error: "Insufficient credits" });
    default:
      return { status, contentType: "text/plain", pieces: ["500 Internal Server Error"] };
  }
}
