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
export const FAKE_IDEOGRAM_KEY = "fake-ideogram-0123456789";

const SHAPES = [
  "1x3",
  "3x1",
  "1x2",
  "2x1",
  "9x16",
  "16x9",
  "10x16",
  "16x10",
  "2x3",
  "3x2",
  "3x4",
  "4x3",
  "4x5",
  "5x4",
];
/** Sizes of version 4.5; portrait and landscape. */
const SIZES = [
  "1024x1024",
  "2048x2048",
  "1792x2240",
  "1728x2304",
  "1664x2496",
  "1440x2560",
  "1600x2560",
  "1440x2880",
];
const turned = (size: string): string => size.split("x").toReversed().join("x");

const seed = z.int().min(0).max(2_147_483_647);
const ideogram3 = {
  prompt: z.string().min(1),
  seed: seed.optional(),
  aspect_ratio: z.enum(["1x1", ...SHAPES]).optional(),
  rendering_speed: z.enum(["FLASH", "TURBO", "BALANCED", "DEFAULT", "QUALITY"]).optional(),
  magic_prompt: z.enum(["AUTO", "ON", "OFF"]).optional(),
  negative_prompt: z.string().optional(),
  num_images: z.int().min(1).max(8).optional(),
  style_type: z.enum(["AUTO", "GENERAL", "REALISTIC", "DESIGN", "FICTION"]).optional(),
};
const BODIES: Record<string, z.ZodType> = {
  "/v1/ideogram-v3/generate": z.strictObject(ideogram3),
  // A form: its numbers come as text.
  "/v1/ideogram-v3/remix": z.strictObject({
    ...ideogram3,
    seed: z.coerce.number().pipe(seed).optional(),
    num_images: z.literal("1").optional(),
    image_weight: z.coerce.number().int().min(1).max(100).optional(),
    image: z.object({ type: z.enum(["image/jpeg", "image/png", "image/webp"]), size: z.int().min(1) }),
  }),
  "/v2/image/generate/ideogram-4-5": z.strictObject({
    prompt: z.string().min(1).max(10_000),
    seed: seed.optional(),
    size: z.enum([...SIZES, ...SIZES.map(turned)]).optional(),
    quality: z.enum(["low", "medium", "high"]).optional(),
    magic_prompt: z.enum(["auto", "on", "off"]).optional(),
    num_images: z.int().min(1).max(8).optional(),
  }),
};

/** Ideogram's two APIs of versions 3.0 and 4.5, in their published shapes. `IDEOGRAM_BASE_URL` is `url`. */
export function startFakeIdeogram(scenario?: Scenario | Scenario[]): Promise<FakeServer> {
  const vendor: FakeVendor = {
    overloadedStatus: 503,
    error: errorAnswer,
    check(call) {
      const body = BODIES[call.path];
      if (!body || call.method !== "POST") return jsonAnswer(404, { error: "Not found" });
      if (call.headers["api-key"] !== FAKE_IDEOGRAM_KEY) return errorAnswer(401, "unauthorized");
      const result = body.safeParse(call.body);
      return result.success ? null : jsonAnswer(400, { error: result.error.message });
    },
    file: () => ({ bytes: pngOf(64, 64), mediaType: "image/png" }),
    answer(call, kind, { fileUrl }) {
      if (kind === "refused") {
        return jsonAnswer(422, {
          error: "Prompt provided failed safety check due to the inclusion of prohibited content.",
        });
      }
      const isSafe = kind !== "empty";
      const picture = {
        url: isSafe ? fileUrl : null,
        prompt: "A few words on the sea.",
        resolution: "1024x1024",
        seed: 12_345,
        is_image_safe: isSafe,
      };
      const head = call.path.startsWith("/v2/")
        ? { generation_id: "gen-1" }
        : { created: "2026-11-22T12:00:00Z" };
      return jsonAnswer(200, { ...head, data: [picture] });
    },
  };
  return startFakeServer(vendor, scenario);
}

function errorAnswer(status: number, kind: string): FakeAnswer {
  switch (kind) {
    case "unauthorized":
      return jsonAnswer(status, { error: "Not authorized to generate an image." });
    case "quota":
      return jsonAnswer(402, { error: "Not enough credits.", reject_reason: "insufficient_funds" });
    case "rate_limited":
      return jsonAnswer(status, { error: "Too many requests." });
    default:
      return jsonAnswer(status, { error: "Internal server error." });
  }
}
