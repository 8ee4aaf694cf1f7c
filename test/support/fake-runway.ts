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
export const FAKE_RUNWAY_KEY = "key_fake0123456789abcdef";
/** What a task of the fake costs, in credits. */
const CREDITS = 60;

const promptText = z.string().min(1).max(1_000);
const seed = z.int().min(0).max(4_294_967_295).optional();
const duration = z.int().min(2).max(10);
const picture = z
  .string()
  .regex(/^(?:https:\/\/|runway:\/\/|data:image\/)/)
  .max(5_242_880);
const veo = {
  ratio: z.enum(["1280:720", "720:1280", "1080:1920", "1920:1080"]),
  audio: z.boolean().optional(),
  negativePrompt: z.string().min(1).max(1_000).optional(),
  duration: z.union([z.literal(4), z.literal(6), z.literal(8)]).optional(),
};
const frames = z.enum(["1280:720", "720:1280", "1104:832", "832:1104", "960:960", "1584:672"]);
const hailuo = {
  model: z.literal("hailuo3"),
  promptText: z.string().min(1).max(6_000),
  resolution: z.enum(["2K", "768P"]).optional(),
  duration: z.int().min(5).max(15).optional(),
  ratio: z.enum(["adaptive", "21:9", "16:9", "4:3", "1:1", "3:4", "9:16"]).optional(),
};
const stills = z.enum([
  "1024:1024",
  "1080:1080",
  "1168:880",
  "1360:768",
  "1440:1080",
  "1080:1440",
  "1808:768",
  "1920:1080",
  "1080:1920",
  "2112:912",
  "1280:720",
  "720:1280",
  "720:720",
  "960:720",
  "720:960",
  "1680:720",
]);
const references = z.array(z.strictObject({ uri: picture, tag: z.string().optional() })).max(3);

/** Bodies by path, for the models that the fake knows. */
const BODIES: Record<string, z.ZodType> = {
  "/v1/text_to_video": z.discriminatedUnion("model", [
    z.strictObject({
      model: z.literal("gen4.5"),
      promptText,
      ratio: z.enum(["1280:720", "720:1280"]),
      duration,
      seed,
    }),
    z.strictObject({ model: z.enum(["veo3.1", "veo3.1_fast"]), promptText, ...veo }),
    z.strictObject(hailuo),
    z.strictObject({
      model: z.literal("seedance2_fast"),
      promptText: z.string().min(1).max(3_500),
      audio: z.boolean().optional(),
      duration: z.int().min(4).max(15).optional(),
      ratio: z.enum(["1280:720", "720:1280", "960:960", "1112:834", "834:1112", "1470:630"]).optional(),
    }),
  ]),
  "/v1/image_to_video": z.discriminatedUnion("model", [
    z.strictObject({
      model: z.literal("gen4.5"),
      promptText,
      promptImage: picture,
      ratio: frames,
      duration,
      seed,
    }),
    z.strictObject({
      model: z.literal("gen4_turbo"),
      promptText: promptText.optional(),
      promptImage: picture,
      ratio: frames,
      duration: duration.optional(),
      seed,
    }),
    z.strictObject({
      model: z.enum(["veo3.1", "veo3.1_fast"]),
      promptText: promptText.optional(),
      promptImage: picture,
      ...veo,
    }),
    z.strictObject({ ...hailuo, promptImage: picture }),
  ]),
  "/v1/text_to_image": z.discriminatedUnion("model", [
    z.strictObject({
      model: z.literal("gen4_image"),
      promptText,
      ratio: stills,
      seed,
      referenceImages: references.optional(),
    }),
    z.strictObject({
      model: z.literal("gen4_image_turbo"),
      promptText,
      ratio: stills,
      seed,
      referenceImages: references.min(1),
    }),
  ]),
};
const TASK = /^\/v1\/tasks\/(?<id>[\w-]+)$/;

/** Runway's tasks, in the shapes of its published API of version 2024-11-06. `RUNWAYML_BASE_URL` is `url`. */
export function startFakeRunway(scenario?: Scenario | Scenario[]): Promise<FakeServer> {
  const vendor: FakeVendor = {
    overloadedStatus: 503,
    error: errorAnswer,
    check: refusalOf,
    about(call) {
      const jobId = TASK.exec(call.path)?.groups?.["id"];
      if (jobId === undefined) return { kind: "submit" };
      return { kind: call.method === "DELETE" ? "cancel" : "poll", jobId };
    },
    file: (call) =>
      call.path === "/v1/text_to_image"
        ? { bytes: pngOf(64, 64), mediaType: "image/png" }
        : { bytes: FILM, mediaType: "video/mp4" },
    answer(_call, kind, { jobId }) {
      if (kind !== "refused") return jsonAnswer(200, { id: jobId, estimatedCost: { credits: CREDITS } });
      return jsonAnswer(400, { error: "This prompt was flagged by content moderation." });
    },
    state(job, { fileUrl }) {
      const common = { id: job.id, createdAt: "2026-11-22T08:00:00.000Z" };
      switch (job.state) {
        case "succeeded":
          return jsonAnswer(200, {
            ...common,
            status: "SUCCEEDED",
            output: [fileUrl],
            cost: { credits: CREDITS },
          });
        case "refused":
          return jsonAnswer(200, {
            ...common,
            status: "FAILED",
            failure: "The output did not pass moderation.",
            failureCode: "SAFETY.OUTPUT.VIDEO",
            cost: { credits: CREDITS },
          });
        case "failed":
          return jsonAnswer(200, {
            ...common,
            status: "FAILED",
            failure: "An unexpected error occurred.",
            failureCode: "INTERNAL.BAD_OUTPUT.CODE01",
            cost: { credits: 0 },
          });
        case "cancelled":
          return jsonAnswer(200, { ...common, status: "CANCELLED", cost: { credits: 0 } });
        case "running":
        default:
          return jsonAnswer(200, {
            ...common,
            status: "RUNNING",
            progress: 0.5,
            estimatedCost: { credits: CREDITS },
          });
      }
    },
    cancelled: () => ({ status: 204, contentType: "application/json", pieces: [] }),
  };
  return startFakeServer(vendor, scenario);
}

function refusalOf(call: FakeCall): FakeAnswer | null {
  if (call.headers["authorization"] !== `Bearer ${FAKE_RUNWAY_KEY}`) return errorAnswer(401, "unauthorized");
  if (call.headers["x-runway-version"] !== "2024-11-06") {
    return jsonAnswer(400, {
      error: "A valid API version must be specified in the X-Runway-Version header.",
    });
  }
  if (TASK.test(call.path)) {
    return ["GET", "DELETE"].includes(call.method) ? null : errorAnswer(404, "not_found");
  }
  const body = BODIES[call.path];
  if (!body || call.method !== "POST") return errorAnswer(404, "not_found");
  const result = body.safeParse(call.body);
  if (result.success) return null;
  return jsonAnswer(400, { error: "Validation of body failed", issues: result.error.issues });
}

function errorAnswer(status: number, kind: string): FakeAnswer {
  switch (kind) {
    case "unauthorized":
      return jsonAnswer(status, { error: "Unauthorized" });
    case "quota":
      return jsonAnswer(400, { error: "You do not have enough credits to run this task." });
    case "rate_limited":
      return jsonAnswer(status, { error: "You have exceeded the rate limit for this endpoint." });
    case "not_found":
      return jsonAnswer(404, { error: "Not found" });
    default:
      return jsonAnswer(status, { error: "Internal server error" });
  }
}
