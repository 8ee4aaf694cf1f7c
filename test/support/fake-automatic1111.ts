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

/** User and password that the fake takes. */
export const FAKE_AUTOMATIC1111_KEY = "painter:pass-0123456789";

/** What the web UI takes of a picture; it ignores what it does not know, so only what it knows is let through here. */
const textToImage = z.strictObject({
  prompt: z.string(),
  negative_prompt: z.string().optional(),
  seed: z.int().optional(),
  steps: z.int().min(1).max(150).optional(),
  cfg_scale: z.number().optional(),
  sampler_name: z.string().optional(),
  width: z.int().multipleOf(8).optional(),
  height: z.int().multipleOf(8).optional(),
  batch_size: z.literal(1),
  n_iter: z.literal(1),
  override_settings: z.strictObject({ sd_model_checkpoint: z.string().min(1) }),
});
const imageToImage = textToImage.extend({
  init_images: z.array(z.base64()).length(1),
  resize_mode: z.int().min(0).max(3).optional(),
  denoising_strength: z.number().min(0).max(1).optional(),
});

const BODIES: Record<string, z.ZodType> = {
  "/sdapi/v1/txt2img": textToImage,
  "/sdapi/v1/img2img": imageToImage,
};

/** The API of the Stable Diffusion web UI, started with `--api-auth`; with `apiKey: null` without. */
export function startFakeAutomatic1111(
  options: { scenario?: Scenario | Scenario[]; apiKey?: string | null } = {},
): Promise<FakeServer> {
  const { scenario, apiKey = FAKE_AUTOMATIC1111_KEY } = options;
  const authorization = apiKey === null ? undefined : `Basic ${Buffer.from(apiKey).toString("base64")}`;
  const vendor: FakeVendor = {
    overloadedStatus: 503,
    error: errorAnswer,
    check(call) {
      const body = BODIES[call.path];
      if (!body) return jsonAnswer(404, { detail: "Not Found" });
      if (call.method !== "POST") return jsonAnswer(405, { detail: "Method Not Allowed" });
      if (call.headers["authorization"] !== authorization) return errorAnswer(401, "unauthorized");
      const result = body.safeParse(call.body);
      if (result.success) return null;
      const detail = result.error.issues.map(({ path, message }) => ({
        loc: ["body", ...path],
        msg: message,
      }));
      return jsonAnswer(422, { detail });
    },
    file: () => ({ bytes: pngOf(64, 64), mediaType: "image/png" }),
    answer(_call, kind, { file }) {
      if (kind === "refused") return failure(400, "Blocked by the safety filter");
      const images = kind === "empty" ? [] : [Buffer.from(file.bytes).toString("base64")];
      return jsonAnswer(200, { images, parameters: {}, info: JSON.stringify({ seed: 7 }) });
    },
  };
  return startFakeServer(vendor, scenario);
}

function failure(status: number, detail: string): FakeAnswer {
  return jsonAnswer(status, { error: "HTTPException", detail, body: "", errors: "" });
}

function errorAnswer(status: number, kind: string): FakeAnswer {
  switch (kind) {
    case "unauthorized":
      return failure(401, "Incorrect username or password");
    case "quota":
      // The web UI has no quota; a host that rents it out answers so.
      return failure(402, "Insufficient credits");
    default:
      return jsonAnswer(status, { error: "OutOfMemoryError", detail: "", body: "", errors: "out of memory" });
  }
}
