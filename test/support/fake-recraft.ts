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
export const FAKE_RECRAFT_KEY = "fake-recraft-0123456789";

/** API units of one picture. */
const UNITS: Record<string, number> = {
  recraftv3: 40,
  recraftv4_1: 35,
  recraftv4_1_flash: 7,
  recraftv4_1_utility: 35,
  recraftv4_1_pro: 210,
};
const common = {
  model: z.enum(Object.keys(UNITS)).optional(),
  prompt: z.string().min(1).max(10_000),
  n: z.int().min(1).max(6).optional(),
  style: z.string().optional(),
  style_id: z.uuid().optional(),
  negative_prompt: z.string().optional(),
  random_seed: z.int().min(0).max(4_294_967_295).optional(),
  image_format: z.enum(["png", "webp"]).optional(),
  response_format: z.enum(["url", "b64_json"]).optional(),
};
const BODIES: Record<string, z.ZodType<{ model?: string | undefined }>> = {
  "/v1/images/generations": z.strictObject({
    ...common,
    size: z
      .string()
      .regex(/^\d+[x:]\d+$/)
      .optional(),
  }),
  "/v1/images/imageToImage": z.strictObject({
    ...common,
    image_url: z.string().regex(/^(?:https:\/\/|data:image\/)/),
    strength: z.number().min(0).max(1),
  }),
};

/**
 * Recraft's `/v1/images/*`, in the shapes of its published API: with the picture, or with its address whatever was asked
 * for. `RECRAFT_BASE_URL` is `url` + `/v1`.
 */
export function startFakeRecraft(
  scenario?: Scenario | Scenario[],
  { gives = "b64_json" }: { gives?: "b64_json" | "url" } = {},
): Promise<FakeServer> {
  const vendor: FakeVendor = {
    overloadedStatus: 503,
    error: errorAnswer,
    check(call) {
      const body = BODIES[call.path];
      if (!body || call.method !== "POST") return said(404, "not_found", "Not found");
      if (call.headers["authorization"] !== `Bearer ${FAKE_RECRAFT_KEY}`)
        return errorAnswer(401, "unauthorized");
      const result = body.safeParse(call.body);
      return result.success ? null : said(400, "invalid_request", result.error.message);
    },
    file: () => ({ bytes: pngOf(64, 64), mediaType: "image/png" }),
    answer(call, kind, { file, fileUrl }) {
      if (kind === "refused")
        return said(400, "prompt_flagged", "The prompt was flagged by content moderation.");
      const { model = "recraftv4_1" } = BODIES[call.path]?.parse(call.body) ?? {};
      const picture = {
        image_id: "0f9a2c35-0e51-4b6a-9d5c-6a1f0f5f8f11",
        ...(gives === "url" ? { url: fileUrl } : { b64_json: Buffer.from(file.bytes).toString("base64") }),
      };
      return jsonAnswer(200, { created: 1_795_000_000, credits: UNITS[model], data: [picture] });
    },
  };
  return startFakeServer(vendor, scenario);
}

function said(status: number, code: string, message: string): FakeAnswer {
  return jsonAnswer(status, { code, message });
}

function errorAnswer(status: number, kind: string): FakeAnswer {
  switch (kind) {
    case "unauthorized":
      return said(status, "unauthorized", "Unauthorized");
    case "quota":
      return said(400, "not_enough_credits", "Not enough credits");
    case "rate_limited":
      return said(status, "rate_limit_exceeded", "Too many requests");
    default:
      return said(status, "internal_error", "Internal server error");
  }
}
