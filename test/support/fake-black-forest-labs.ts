import { z } from "zod";
import { pngOf } from "./fake-files.ts";
import {
  jsonAnswer,
  startFakeServer,
  type FakeAnswer,
  type FakeServer,
  type FakeVendor,
  type Scenario,
} from "./fake-server.ts";

/** The key that the fake takes. */
export const FAKE_BFL_KEY = "fake-bfl-0123456789";

const ofAll = {
  seed: z.int().optional(),
  safety_tolerance: z.int().min(0).max(6).optional(),
  output_format: z.enum(["jpeg", "png", "webp"]).optional(),
};
const upsampling = { prompt_upsampling: z.boolean().optional() };
const ratio = {
  aspect_ratio: z
    .string()
    .regex(/^\d+:\d+$/)
    .optional(),
};
const pictures = (most: number): Record<string, z.ZodOptional<z.ZodBase64>> =>
  Object.fromEntries(
    Array.from({ length: most }, (_, index) => [
      index === 0 ? "input_image" : `input_image_${index + 1}`,
      z.base64().optional(),
    ]),
  );
const flux11Side = z.int().min(256).max(1_440).multipleOf(32).optional();
const flux2Side = z.int().min(64).optional();
const flux2 = { prompt: z.string(), ...ofAll, width: flux2Side, height: flux2Side };

/** What each model takes: those of FLUX 1 and 2 differ. */
const BODIES: Record<string, z.ZodType> = {
  "flux-pro-1.1": z.strictObject({
    ...ofAll,
    ...upsampling,
    prompt: z.string().optional(),
    image_prompt: z.base64().optional(),
    width: flux11Side,
    height: flux11Side,
  }),
  "flux-pro-1.1-ultra": z.strictObject({
    ...ofAll,
    ...upsampling,
    ...ratio,
    prompt: z.string().optional(),
    raw: z.boolean().optional(),
    image_prompt: z.base64().optional(),
    image_prompt_strength: z.number().min(0).max(1).optional(),
  }),
  "flux-kontext-pro": z.strictObject({
    ...ofAll,
    ...upsampling,
    ...ratio,
    ...pictures(4),
    prompt: z.string(),
  }),
  "flux-2-pro": z.strictObject({ ...flux2, ...pictures(8) }),
  "flux-2-flex": z.strictObject({
    ...flux2,
    ...upsampling,
    ...pictures(8),
    guidance: z.number().min(1.5).max(10).optional(),
    steps: z.int().min(1).max(50).optional(),
  }),
  "flux-2-klein-4b": z.strictObject({ ...flux2, ...pictures(4) }),
};
const SAME: Record<string, string> = {
  "flux-kontext-max": "flux-kontext-pro",
  "flux-2-max": "flux-2-pro",
  "flux-2-klein-9b": "flux-2-klein-4b",
};

const POLL = /^(?:\/eu)?\/v1\/get_result\?id=(?<id>[\w-]+)$/;

/**
 * Black Forest Labs' `/v1/{model}` and `/v1/get_result`, in the shapes of its published API, with an address of a region to
 * ask at unless it says another. `BFL_BASE_URL` is `url` + `/v1`.
 */
export function startFakeBlackForestLabs(
  scenario?: Scenario | Scenario[],
  { pollingUrl }: { pollingUrl?: string } = {},
): Promise<FakeServer> {
  const vendor: FakeVendor = {
    overloadedStatus: 503,
    error: errorAnswer,
    check(call) {
      if (call.headers["x-key"] !== FAKE_BFL_KEY) return errorAnswer(403, "unauthorized");
      const isPoll = POLL.test(call.path);
      if (call.method !== (isPoll ? "GET" : "POST")) return jsonAnswer(405, { detail: "Method Not Allowed" });
      if (isPoll) return null;
      const model = call.path.slice("/v1/".length);
      const body = BODIES[SAME[model] ?? model];
      if (!body) return jsonAnswer(404, { detail: "Not Found" });
      const result = body.safeParse(call.body);
      if (result.success) return null;
      const problems = result.error.issues.map(({ path, message }) => ({
        loc: ["body", ...path],
        msg: message,
        type: "value_error",
      }));
      return jsonAnswer(422, { detail: problems });
    },
    about(call) {
      const poll = POLL.exec(call.path);
      return poll ? { kind: "poll", jobId: poll.groups?.["id"] ?? "" } : { kind: "submit" };
    },
    file: () => ({ bytes: pngOf(64, 64), mediaType: "image/png" }),
    answer(_call, kind, { origin, jobId }) {
      if (kind === "refused") return jsonAnswer(400, { detail: "Request blocked by content moderation." });
      const address = pollingUrl ?? `${origin}/eu/v1/get_result?id=${jobId}`;
      return jsonAnswer(200, { id: jobId, polling_url: address, cost: 4, input_mp: 0, output_mp: 1.05 });
    },
    state({ id, state }, { fileUrl }) {
      const common = { id, progress: null, details: null, preview: null };
      switch (state) {
        case "succeeded":
          return jsonAnswer(200, { ...common, status: "Ready", result: { sample: fileUrl, seed: 7 } });
        case "refused":
          return jsonAnswer(200, { ...common, status: "Content Moderated", result: null });
        case "failed":
        case "cancelled":
          return jsonAnswer(200, { ...common, status: "Error", result: null });
        case "running":
        default:
          return jsonAnswer(200, { ...common, status: "Pending", progress: 0.5, result: null });
      }
    },
  };
  return startFakeServer(vendor, scenario);
}

function errorAnswer(status: number, kind: string): FakeAnswer {
  switch (kind) {
    case "unauthorized":
      return jsonAnswer(status, { detail: "Not authenticated - Invalid Authentication" });
    case "quota":
      return jsonAnswer(402, { detail: "Insufficient credits. Add credits to continue." });
    case "rate_limited":
      return jsonAnswer(status, { detail: "Too many active tasks." });
    case "not_found":
      return jsonAnswer(404, { detail: "Task not found" });
    default:
      return jsonAnswer(status, { detail: "Internal server error" });
  }
}
