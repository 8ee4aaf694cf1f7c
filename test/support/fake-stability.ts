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
export const FAKE_STABILITY_KEY = "sk-fake-stability-0123456789";

/** Numbers come as text in a form. */
const within = (min: number, max: number): z.ZodType => z.coerce.number().min(min).max(max).optional();
const formats = ["jpeg", "png", "webp"];
const STYLES = [
  "3d-model",
  "analog-film",
  "anime",
  "cinematic",
  "comic-book",
  "digital-art",
  "enhance",
  "fantasy-art",
  "isometric",
  "line-art",
  "low-poly",
  "modeling-compound",
  "neon-punk",
  "origami",
  "photographic",
  "pixel-art",
  "tile-texture",
];
const picture = z.object({ type: z.enum(["image/jpeg", "image/png", "image/webp"]), size: z.int().min(1) });
const common = {
  prompt: z.string().min(1).max(10_000),
  negative_prompt: z.string().max(10_000).optional(),
  aspect_ratio: z.enum(["21:9", "16:9", "3:2", "5:4", "1:1", "4:5", "2:3", "9:16", "9:21"]).optional(),
  seed: within(0, 4_294_967_294),
  style_preset: z.enum(STYLES).optional(),
};
const isWhole = (form: { image?: unknown; strength?: unknown }): boolean =>
  (form.image === undefined) === (form.strength === undefined);

/** What each service takes. A picture comes with its strength; for `sd3` also with a mode and without an aspect ratio. */
const FORMS: Record<string, z.ZodType> = {
  core: z.strictObject({ ...common, output_format: z.enum(formats).optional() }),
  ultra: z
    .strictObject({
      ...common,
      output_format: z.enum(formats).optional(),
      image: picture.optional(),
      strength: within(0, 1),
    })
    .refine(isWhole, "strength: is required with image"),
  sd3: z
    .strictObject({
      ...common,
      model: z.enum(["sd3.5-large", "sd3.5-large-turbo", "sd3.5-medium", "sd3.5-flash"]).optional(),
      mode: z.enum(["text-to-image", "image-to-image"]).optional(),
      output_format: z.enum(["jpeg", "png"]).optional(),
      cfg_scale: within(1, 10),
      image: picture.optional(),
      strength: within(0, 1),
    })
    .refine(isWhole, "strength: is required with image")
    .refine(
      ({ mode, image, aspect_ratio: ratio }) =>
        mode === "image-to-image" ? image !== undefined && ratio === undefined : image === undefined,
      "mode: does not fit the other fields",
    ),
};

/** Stability AI's `/v2beta/stable-image/generate/*`, in the shapes of its published API. `STABILITY_BASE_URL` is `url`. */
export function startFakeStability(scenario?: Scenario | Scenario[]): Promise<FakeServer> {
  const vendor: FakeVendor = {
    overloadedStatus: 503,
    error: errorAnswer,
    check(call) {
      const service = /^\/v2beta\/stable-image\/generate\/(?<service>\w+)$/.exec(call.path);
      const form = FORMS[service?.groups?.["service"] ?? ""];
      if (!form || call.method !== "POST")
        return said(404, "not_found", "The requested resource was not found.");
      if (call.headers["authorization"] !== `Bearer ${FAKE_STABILITY_KEY}`)
        return errorAnswer(401, "unauthorized");
      const accept = call.headers["accept"];
      if (accept !== "application/json" && accept !== "image/*") {
        return said(400, "bad_request", "accept: must be image/* or application/json");
      }
      const type = call.headers["content-type"] ?? "";
      if (!type.startsWith("multipart/form-data")) {
        return said(400, "bad_request", "content-type: must be multipart/form-data");
      }
      const result = form.safeParse(call.body);
      if (result.success) return null;
      return said(
        400,
        "bad_request",
        ...result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`),
      );
    },
    file: () => ({ bytes: pngOf(64, 64), mediaType: "image/png" }),
    answer(_call, kind, { file }) {
      if (kind === "refused") {
        return said(403, "content_moderation", "Your request was flagged by our content moderation system.");
      }
      const image = Buffer.from(file.bytes).toString("base64");
      const reason = kind === "empty" ? "CONTENT_FILTERED" : "SUCCESS";
      return jsonAnswer(200, { image, finish_reason: reason, seed: 343_940_597 });
    },
  };
  return startFakeServer(vendor, scenario);
}

function said(status: number, name: string, ...errors: string[]): FakeAnswer {
  return jsonAnswer(status, { id: "a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4", name, errors });
}

function errorAnswer(status: number, kind: string): FakeAnswer {
  switch (kind) {
    case "unauthorized":
      return said(status, "unauthorized", "authorization: is invalid or missing");
    case "quota":
      return said(402, "payment_required", "You lack sufficient credits to make this request.");
    case "rate_limited":
      return said(
        status,
        "rate_limit_exceeded",
        "You have exceeded the rate limit of 150 requests within 10 seconds.",
      );
    default:
      return said(status, "internal_error", "An unexpected server error has occurred.");
  }
}
