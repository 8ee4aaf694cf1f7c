import { z } from "zod";
import { FILM, pngOf } from "./fake-files.ts";
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

/** The key that the fake takes. */
export const FAKE_REPLICATE_KEY = "r8_Fake0123456789abcdef";

const prompt = z.string();
const seed = z.int().optional();
const picture = z.string().regex(/^(?:https:\/\/|data:image\/)/);
const format = z.enum(["webp", "jpg", "png"]).optional();
const square = z.enum(["1:1", "16:9", "3:2", "2:3", "4:5", "5:4", "9:16", "3:4", "4:3"]).optional();

/** Inputs by model, and whether its output is a list. */
const MODELS: Record<string, { input: z.ZodType; output: "image" | "images" | "video" }> = {
  "black-forest-labs/flux-1.1-pro": {
    input: z.strictObject({ prompt, aspect_ratio: square, output_format: format, seed }),
    output: "image",
  },
  "black-forest-labs/flux-schnell": {
    input: z.strictObject({ prompt, aspect_ratio: square, output_format: format, seed }),
    output: "images",
  },
  "black-forest-labs/flux-kontext-pro": {
    input: z.strictObject({
      prompt,
      input_image: picture.optional(),
      aspect_ratio: z.string().optional(),
      output_format: z.enum(["jpg", "png"]).optional(),
      seed,
    }),
    output: "image",
  },
  "google/veo-3.1-fast": {
    input: z.strictObject({
      prompt,
      image: picture.optional(),
      aspect_ratio: z.enum(["16:9", "9:16"]).optional(),
      duration: z.union([z.literal(4), z.literal(6), z.literal(8)]).optional(),
      resolution: z.enum(["720p", "1080p"]).optional(),
      generate_audio: z.boolean().optional(),
      negative_prompt: z.string().optional(),
      seed,
    }),
    output: "video",
  },
  "kwaivgi/kling-v3-video": {
    input: z.strictObject({
      prompt,
      start_image: picture.optional(),
      aspect_ratio: z.enum(["16:9", "9:16", "1:1"]).optional(),
      mode: z.enum(["standard", "pro", "4k"]).optional(),
      duration: z.int().min(3).max(15).optional(),
      generate_audio: z.boolean().optional(),
      negative_prompt: z.string().optional(),
    }),
    output: "video",
  },
  "minimax/hailuo-2.3": {
    input: z.strictObject({
      prompt,
      first_frame_image: picture.optional(),
      duration: z.union([z.literal(6), z.literal(10)]).optional(),
      resolution: z.enum(["768p", "1080p"]).optional(),
    }),
    output: "video",
  },
  "kwaivgi/kling-v2.5-turbo-pro": {
    input: z.strictObject({
      prompt,
      start_image: picture.optional(),
      aspect_ratio: z.enum(["16:9", "9:16", "1:1"]).optional(),
      duration: z.union([z.literal(5), z.literal(10)]).optional(),
      negative_prompt: z.string().optional(),
    }),
    output: "video",
  },
};
const PREDICTION = /^\/v1\/predictions\/(?<id>[\w-]+)(?<cancel>\/cancel)?$/;
const SUBMIT = /^\/v1\/models\/(?<model>[\w.-]+\/[\w.-]+)\/predictions$/;
const versioned = z.strictObject({
  version: z.string().regex(/^[\w.-]+\/[\w.-]+:[0-9a-f]{8,64}$/),
  input: z.looseObject({ prompt }),
});

/** Replicate's predictions, in the shapes of its published API. `REPLICATE_BASE_URL` is `url` + `/v1`. */
export function startFakeReplicate(scenario?: Scenario | Scenario[]): Promise<FakeServer> {
  const vendor: FakeVendor = {
    overloadedStatus: 503,
    error: errorAnswer,
    check: refusalOf,
    about(call) {
      const { id, cancel } = PREDICTION.exec(call.path)?.groups ?? {};
      if (id === undefined) return { kind: "submit" };
      return { kind: cancel === undefined ? "poll" : "cancel", jobId: id };
    },
    file: (call) =>
      modelOf(call)?.output === "video"
        ? { bytes: FILM, mediaType: "video/mp4" }
        : { bytes: pngOf(64, 64), mediaType: "image/png" },
    answer(call, kind, { origin, jobId }) {
      if (kind !== "refused") return jsonAnswer(201, predictionOf(jobId, { origin, status: "starting" }));
      const detail = "The input was flagged as sensitive. Please try again with different inputs. (E005)";
      return jsonAnswer(422, { title: "Input validation failed", detail, status: 422 });
    },
    state: (job, { origin, fileUrl }) => stateOf(job, origin, fileUrl),
    cancelled: (job) => jsonAnswer(200, predictionOf(job.id, { origin: "", status: "canceled" })),
  };
  return startFakeServer(vendor, scenario);
}

function modelOf(call: FakeCall) {
  return MODELS[SUBMIT.exec(call.path)?.groups?.["model"] ?? ""];
}

function refusalOf(call: FakeCall): FakeAnswer | null {
  if (call.headers["authorization"] !== `Bearer ${FAKE_REPLICATE_KEY}`)
    return errorAnswer(401, "unauthorized");
  if (call.headers["prefer"] !== undefined) return jsonAnswer(400, { detail: "The id has to come first." });
  const prediction = PREDICTION.exec(call.path);
  if (prediction) {
    const method = prediction.groups?.["cancel"] === undefined ? "GET" : "POST";
    return call.method === method ? null : jsonAnswer(405, { detail: "Method Not Allowed" });
  }
  const input = modelOf(call)?.input;
  const body = call.path === "/v1/predictions" ? versioned : input && z.strictObject({ input });
  if (!body || call.method !== "POST") return errorAnswer(404, "not_found");
  const result = body.safeParse(call.body);
  if (result.success) return null;
  const detail = result.error.issues.map(({ path, message }) => `- ${path.join(".")}: ${message}`).join("\n");
  return jsonAnswer(422, { title: "Input validation failed", detail, status: 422 });
}

function stateOf(job: FakeJob, origin: string, fileUrl: string): FakeAnswer {
  switch (job.state) {
    case "succeeded": {
      const output = modelOf(job.submission)?.output === "images" ? [fileUrl] : fileUrl;
      return jsonAnswer(200, predictionOf(job.id, { origin, status: "succeeded", output }));
    }
    case "refused": {
      const error = "The output was flagged as sensitive. Please try again with different inputs. (E005)";
      return jsonAnswer(200, predictionOf(job.id, { origin, status: "failed", error }));
    }
    case "failed":
      return jsonAnswer(200, predictionOf(job.id, { origin, status: "failed", error: "Prediction failed." }));
    case "cancelled":
      return jsonAnswer(200, predictionOf(job.id, { origin, status: "canceled" }));
    case "running":
    default:
      return jsonAnswer(200, predictionOf(job.id, { origin, status: "processing" }));
  }
}

function predictionOf(
  id: string,
  {
    origin,
    status,
    output = null,
    error = null,
  }: { origin: string; status: string; output?: unknown; error?: string | null },
) {
  const url = `${origin}/v1/predictions/${id}`;
  return {
    id,
    model: "owner/name",
    version: "hidden",
    input: {},
    output,
    error,
    status,
    data_removed: false,
    created_at: "2026-11-22T08:00:00.000Z",
    urls: { get: url, cancel: `${url}/cancel`, web: url },
  };
}

function errorAnswer(status: number, kind: string): FakeAnswer {
  switch (kind) {
    case "unauthorized":
      return jsonAnswer(status, {
        title: "Unauthenticated",
        detail: "You did not pass a valid authentication token",
        status,
      });
    case "quota":
      return jsonAnswer(402, {
        title: "Insufficient credit",
        detail: "You have insufficient credit to run this model.",
        status: 402,
      });
    case "rate_limited":
      return jsonAnswer(status, { detail: "Request was throttled. Your rate limit resets in ~7s.", status });
    case "not_found":
      return jsonAnswer(404, { detail: "The requested resource could not be found.", status: 404 });
    default:
      return jsonAnswer(status, { detail: "Internal server error", status });
  }
}
