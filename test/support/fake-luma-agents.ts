import { z } from "zod";
import { FILM, pngOf } from "./fake-files.ts";
import {
  jsonAnswer,
  startFakeServer,
  type FakeAnswer,
  type FakeCall,
  type FakeServer,
  type FakeVendor,
  type Scenario,
} from "./fake-server.ts";

/** The key that the fake takes. */
export const FAKE_LUMA_AGENTS_KEY = "luma-api-fake-0123456789";

const ROOT = "/v1/generations";
const picture = z.strictObject({ data: z.base64().min(1), media_type: z.string().startsWith("image/") });
const prompt = z.string().min(1).max(6_000);
const generationBody = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("image"),
    model: z.enum(["uni-1", "uni-1-max"]),
    prompt,
    aspect_ratio: z.enum(["3:1", "2:1", "16:9", "3:2", "1:1", "2:3", "9:16", "1:2", "1:3"]).optional(),
    style: z.enum(["auto", "manga"]).optional(),
    output_format: z.enum(["png", "jpeg"]).optional(),
    image_ref: z.array(picture).min(1).max(9).optional(),
    web_search: z.boolean().optional(),
  }),
  z.strictObject({
    type: z.literal("video"),
    model: z.literal("ray-3.2"),
    prompt,
    aspect_ratio: z.enum(["9:16", "3:4", "1:1", "4:3", "16:9", "21:9"]).optional(),
    video: z.strictObject({
      resolution: z.enum(["360p", "540p", "720p", "1080p"]).optional(),
      duration: z.enum(["5s", "10s"]).optional(),
      loop: z.boolean().optional(),
      start_frame: picture.optional(),
      end_frame: picture.optional(),
    }),
  }),
]);

/** Luma's Agents API, `/v1/generations`, in the shapes that it publishes. `LUMA_AGENTS_BASE_URL` is `url` + `/v1`. */
export function startFakeLumaAgents(scenario?: Scenario | Scenario[]): Promise<FakeServer> {
  const vendor: FakeVendor = {
    overloadedStatus: 503,
    error: errorAnswer,
    check(call) {
      if (call.headers["authorization"] !== `Bearer ${FAKE_LUMA_AGENTS_KEY}`)
        return errorAnswer(401, "unauthorized");
      if (call.method === "GET" && call.path.startsWith(`${ROOT}/`)) return null;
      if (call.method !== "POST" || call.path !== ROOT) return said(404, "Not Found");
      const result = generationBody.safeParse(call.body);
      return result.success ? null : said(400, result.error.message);
    },
    about(call) {
      if (call.method !== "GET") return { kind: "submit" };
      return { kind: "poll", jobId: call.path.slice(`${ROOT}/`.length) };
    },
    file(call) {
      const isVideo = isFilm(call);
      // What a film is made of is looked at by the step, not by the provider.
      return isVideo
        ? { bytes: FILM, mediaType: "video/mp4" }
        : { bytes: pngOf(64, 64), mediaType: "image/png" };
    },
    answer(call, kind, { jobId }) {
      if (kind === "refused") return said(400, "The prompt was flagged by our content moderation system.");
      return jsonAnswer(201, { ...common(jobId, call), state: "queued", output: [] });
    },
    state({ id, state, submission }, { fileUrl }) {
      const start = common(id, submission);
      switch (state) {
        case "succeeded":
          return jsonAnswer(200, {
            ...start,
            state: "completed",
            output: [{ type: start.type, url: fileUrl }],
          });
        case "refused":
          return jsonAnswer(200, {
            ...start,
            state: "failed",
            output: [],
            failure_reason: "Generation output was flagged by our content moderation system.",
            failure_code: "content_moderated",
          });
        case "failed":
        case "cancelled":
          return jsonAnswer(200, {
            ...start,
            state: "failed",
            output: [],
            failure_reason: "Generation failed",
            failure_code: "generation_failed",
          });
        case "running":
        default:
          return jsonAnswer(200, { ...start, state: "processing", output: [] });
      }
    },
  };
  return startFakeServer(vendor, scenario);
}

function isFilm(call: FakeCall): boolean {
  return generationBody.safeParse(call.body).data?.type === "video";
}

function common(id: string, submission: FakeCall) {
  const type = isFilm(submission) ? "video" : "image";
  return { id, type, created_at: "2026-11-22T12:00:00Z", failure_reason: null, failure_code: null };
}

function said(status: number, detail: string): FakeAnswer {
  return jsonAnswer(status, { detail });
}

function errorAnswer(status: number, kind: string): FakeAnswer {
  switch (kind) {
    case "unauthorized":
      return said(status, "Invalid API key");
    case "quota":
      return said(402, "Insufficient credits. Please add credits to continue.");
    case "rate_limited":
      return said(status, "Rate limit exceeded");
    case "not_found":
      return said(404, "Generation not found");
    default:
      return said(status, "Upstream service unavailable");
  }
}
