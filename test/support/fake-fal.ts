import { z } from "zod";
import { FILM, pngOf } from "./fake-files.ts";
import {
  jsonAnswer,
  startFakeServer,
  type FakeAnswer,
  type FakeCall,
  type FakeJob,
  type FakePlace,
  type FakeServer,
  type FakeVendor,
  type Scenario,
} from "./fake-server.ts";

/** The key that the fake takes. */
export const FAKE_FAL_KEY = "0123abcd-fake:4567efgh";

const prompt = z.string();
const seed = z.int().optional();
const imageSize = z.union([
  z.enum(["square_hd", "square", "portrait_4_3", "portrait_16_9", "landscape_4_3", "landscape_16_9"]),
  z.strictObject({ width: z.int().max(14_142), height: z.int().max(14_142) }),
]);
const outputFormat = z.enum(["jpeg", "png"]).optional();
const flux = z.strictObject({ prompt, image_size: imageSize.optional(), seed, output_format: outputFormat });
const wide = z.enum(["16:9", "9:16"]);
const picture = z.string().regex(/^(?:https:\/\/|data:image\/)/);
const veo = {
  prompt,
  duration: z.enum(["4s", "6s", "8s"]).optional(),
  resolution: z.enum(["720p", "1080p", "4k"]).optional(),
  generate_audio: z.boolean().optional(),
  negative_prompt: z.string().optional(),
  seed,
};
const kling = {
  prompt: z.string().max(2_500),
  duration: z
    .string()
    .regex(/^(?:[3-9]|1[0-5])$/)
    .optional(),
  negative_prompt: z.string().optional(),
  cfg_scale: z.number().min(0).max(1).optional(),
};

/** Bodies by model, and what in their result holds the file. */
const MODELS: Record<string, { body: z.ZodType; result: "images" | "video" }> = {
  "fal-ai/flux-2-pro": { body: flux, result: "images" },
  "fal-ai/flux/schnell": { body: flux, result: "images" },
  "fal-ai/nano-banana-pro/edit": {
    body: z.strictObject({
      prompt,
      image_urls: z.array(picture).min(1),
      aspect_ratio: z.string().optional(),
      resolution: z.enum(["1K", "2K", "4K"]).optional(),
      output_format: z.enum(["jpeg", "png", "webp"]).optional(),
    }),
    result: "images",
  },
  "fal-ai/veo3.1/fast": { body: z.strictObject({ ...veo, aspect_ratio: wide.optional() }), result: "video" },
  "fal-ai/veo3.1/fast/image-to-video": {
    body: z.strictObject({
      ...veo,
      aspect_ratio: z.enum(["auto", "16:9", "9:16"]).optional(),
      image_url: picture,
    }),
    result: "video",
  },
  "fal-ai/kling-video/v2.5-turbo/pro/image-to-video": {
    body: z.strictObject({ ...kling, duration: z.enum(["5", "10"]).optional(), image_url: picture }),
    result: "video",
  },
  "fal-ai/kling-video/v3/pro/image-to-video": {
    body: z.strictObject({ ...kling, generate_audio: z.boolean().optional(), start_image_url: picture }),
    result: "video",
  },
};
/** Below the owner and the app only, whatever else the model's id holds. */
const REQUEST = /^\/[\w.-]+\/[\w.-]+\/requests\/(?<id>[\w-]+)(?<question>\/status|\/cancel)?$/;

/** fal's queue, in the shapes of its published API. `FAL_BASE_URL` is `url`. */
export function startFakeFal(scenario?: Scenario | Scenario[]): Promise<FakeServer> {
  let asked = "";
  const vendor: FakeVendor = {
    overloadedStatus: 503,
    error: errorAnswer,
    check: refusalOf,
    about(call) {
      asked = call.path;
      const { id, question } = REQUEST.exec(call.path)?.groups ?? {};
      if (id === undefined) return { kind: "submit" };
      return { kind: question === "/cancel" ? "cancel" : "poll", jobId: id };
    },
    file: (call) =>
      MODELS[call.path.slice(1)]?.result === "images"
        ? { bytes: pngOf(64, 64), mediaType: "image/png" }
        : { bytes: FILM, mediaType: "video/mp4" },
    answer(call, kind, { origin, jobId }) {
      if (kind === "refused") return contentRefusal();
      const [owner, app] = call.path.slice(1).split("/");
      const request = `${origin}/${owner}/${app}/requests/${jobId}`;
      return jsonAnswer(200, {
        status: "IN_QUEUE",
        request_id: jobId,
        response_url: request,
        status_url: `${request}/status`,
        cancel_url: `${request}/cancel`,
        queue_position: 0,
      });
    },
    state: (job, place) => (asked.endsWith("/status") ? statusOf(job) : resultOf(job, place)),
    cancelled: () => jsonAnswer(202, { status: "CANCELLATION_REQUESTED" }),
  };
  return startFakeServer(vendor, scenario);
}

function refusalOf(call: FakeCall): FakeAnswer | null {
  if (call.headers["authorization"] !== `Key ${FAKE_FAL_KEY}`) return errorAnswer(401, "unauthorized");
  const request = REQUEST.exec(call.path);
  if (request) {
    const method = request.groups?.["question"] === "/cancel" ? "PUT" : "GET";
    return call.method === method ? null : jsonAnswer(405, { detail: "Method Not Allowed" });
  }
  const model = MODELS[call.path.slice(1)];
  if (!model || call.method !== "POST") return errorAnswer(404, "not_found");
  const result = model.body.safeParse(call.body);
  if (result.success) return null;
  const detail = result.error.issues.map(({ path, message }) => ({
    loc: ["body", ...path],
    msg: message,
    type: "value_error",
  }));
  return jsonAnswer(422, { detail });
}

function statusOf(job: FakeJob): FakeAnswer {
  if (job.state === "running") return jsonAnswer(202, { status: "IN_PROGRESS", request_id: job.id });
  const isCancelled = job.state === "cancelled";
  return jsonAnswer(200, {
    status: "COMPLETED",
    request_id: job.id,
    metrics: { inference_time: 3.7 },
    ...(isCancelled && { error: "Request was cancelled", error_type: "client_cancelled" }),
  });
}

function resultOf(job: FakeJob, { fileUrl, scenario }: FakePlace): FakeAnswer {
  switch (job.state) {
    case "succeeded": {
      const file = {
        url: fileUrl,
        content_type: "application/octet-stream",
        file_name: "output",
        file_size: 64,
      };
      const isImage = MODELS[job.submission.path.slice(1)]?.result === "images";
      return jsonAnswer(200, isImage ? { images: [file], seed: 7 } : { video: file });
    }
    case "refused":
      return contentRefusal();
    case "cancelled":
      return requestError(499, "client_cancelled", "Request was cancelled");
    case "failed":
      return requestError(504, "request_timeout", "Request timed out");
    case "running":
    default:
      return jsonAnswer(400, { detail: `Request is still in progress (${scenario})` });
  }
}

function contentRefusal(): FakeAnswer {
  const error = {
    loc: ["body", "prompt"],
    msg: "The content could not be processed because it contained material flagged by a content checker.",
    type: "content_policy_violation",
    url: "https://docs.fal.ai/errors#content_policy_violation",
  };
  return jsonAnswer(422, { detail: [error] });
}

function requestError(status: number, type: string, detail: string): FakeAnswer {
  return { ...jsonAnswer(status, { detail, error_type: type }), headers: { "x-fal-error-type": type } };
}

function errorAnswer(status: number, kind: string): FakeAnswer {
  switch (kind) {
    case "unauthorized":
      return jsonAnswer(status, { detail: "Authentication is required to access this application." });
    case "quota":
      return jsonAnswer(403, {
        detail: "User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard/billing.",
      });
    case "rate_limited":
      return jsonAnswer(status, { detail: "Too many requests." });
    case "not_found":
      return jsonAnswer(404, { detail: "Request not found" });
    default:
      return jsonAnswer(status, { detail: "Internal server error" });
  }
}
