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
export const FAKE_LUMA_KEY = "luma-fake-0123456789abcdef";

const ROOT = "/dream-machine/v1/generations";
const PICTURES = `${ROOT}/image`;
const FILMS = `${ROOT}/video`;

const publicUrl = z.url({ protocol: /^https$/ });
const imageReference = z.strictObject({ url: publicUrl, weight: z.number().optional() });
const keyframe = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("image"), url: publicUrl }),
  z.strictObject({ type: z.literal("generation"), id: z.uuid() }),
]);
const common = {
  prompt: z.string().min(3).max(5_000),
  aspect_ratio: z.enum(["1:1", "16:9", "9:16", "4:3", "3:4", "21:9", "9:21"]).optional(),
  callback_url: publicUrl.optional(),
};

const pictureBody = z.strictObject({
  ...common,
  generation_type: z.literal("image").optional(),
  model: z.enum(["photon-1", "photon-flash-1"]),
  format: z.enum(["jpg", "png"]).optional(),
  image_ref: z.array(imageReference).max(4).optional(),
  style_ref: z.array(imageReference).optional(),
  character_ref: z
    .strictObject({ identity0: z.strictObject({ images: z.array(publicUrl).max(4) }).optional() })
    .optional(),
  modify_image_ref: imageReference.optional(),
  sync: z.boolean().optional(),
  sync_timeout: z.number().optional(),
});

const filmBody = z.strictObject({
  ...common,
  generation_type: z.literal("video").optional(),
  model: z.enum(["ray-2", "ray-flash-2"]),
  resolution: z.enum(["540p", "720p", "1080p", "4k"]).optional(),
  duration: z.enum(["5s", "9s"]).optional(),
  loop: z.boolean().optional(),
  keyframes: z.strictObject({ frame0: keyframe.optional(), frame1: keyframe.optional() }).optional(),
  concepts: z.array(z.strictObject({ key: z.string() })).optional(),
});

/** Luma's Dream Machine, in the shapes of its published API. `LUMA_BASE_URL` is `url` + `/dream-machine/v1`. */
export function startFakeLuma(scenario?: Scenario | Scenario[]): Promise<FakeServer> {
  const vendor: FakeVendor = {
    overloadedStatus: 503,
    error: errorAnswer,
    check(call) {
      if (call.headers["authorization"] !== `Bearer ${FAKE_LUMA_KEY}`)
        return errorAnswer(401, "unauthorized");
      if (["GET", "DELETE"].includes(call.method) && /^[^/?]+$/.test(jobIdIn(call))) return null;
      // Films were once asked for here.
      if (call.path === ROOT) return said(405, "Method Not Allowed");
      if (call.method !== "POST" || ![PICTURES, FILMS].includes(call.path)) return said(404, "Not Found");
      const result = (isFilm(call) ? filmBody : pictureBody).safeParse(call.body);
      return result.success ? null : said(400, result.error.message);
    },
    about(call) {
      if (call.method === "POST") return { kind: "submit" };
      return { kind: call.method === "DELETE" ? "cancel" : "poll", jobId: jobIdIn(call) };
    },
    file(call) {
      // What a film is made of is looked at by the step, not by the provider.
      return isFilm(call)
        ? { bytes: FILM, mediaType: "video/mp4" }
        : { bytes: pngOf(64, 64), mediaType: "image/png" };
    },
    answer(call, kind, { jobId }) {
      if (kind === "refused") return said(400, "Prompt flagged by moderation");
      return jsonAnswer(201, { ...described(jobId, call), state: "queued", assets: null });
    },
    cancelled: () => ({ status: 204, contentType: "application/json", pieces: [] }),
    state({ id, state, submission }, { fileUrl }) {
      const about = { ...described(id, submission), assets: null };
      const empty = { video: null, image: null, progress_video: null };
      switch (state) {
        case "succeeded": {
          const made = isFilm(submission) ? { video: fileUrl } : { image: fileUrl };
          return jsonAnswer(200, { ...about, state: "completed", assets: { ...empty, ...made } });
        }
        case "refused":
          return jsonAnswer(200, {
            ...about,
            state: "failed",
            failure_reason: "400: Advanced prompt moderation failed",
          });
        case "failed":
          return jsonAnswer(200, { ...about, state: "failed", failure_reason: "Job failed" });
        case "cancelled":
          return errorAnswer(404, "not_found");
        case "running":
        default:
          return jsonAnswer(200, { ...about, state: "dreaming" });
      }
    },
  };
  return startFakeServer(vendor, scenario);
}

function jobIdIn({ path }: FakeCall): string {
  return path.startsWith(`${ROOT}/`) ? path.slice(`${ROOT}/`.length) : "";
}

function isFilm({ path }: FakeCall): boolean {
  return path === FILMS;
}

function described(id: string, submission: FakeCall) {
  const { body } = submission;
  const generation_type = isFilm(submission) ? "video" : "image";
  return { id, generation_type, created_at: "2026-11-22T12:00:00Z", failure_reason: null, request: body };
}

function said(status: number, detail: string): FakeAnswer {
  return jsonAnswer(status, { detail });
}

function errorAnswer(status: number, kind: string): FakeAnswer {
  switch (kind) {
    case "unauthorized":
      return said(status, "Invalid API key is provided");
    case "quota":
      return said(400, "Insufficient credits");
    case "rate_limited":
      return said(status, "Rate limit exceeded");
    case "not_found":
      return said(404, "Generation not found");
    default:
      return said(status, "Internal Server Error");
  }
}
