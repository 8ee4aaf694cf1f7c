import { z } from "zod";
import { mp3Of } from "./fake-files.ts";
import {
  jsonAnswer,
  startFakeServer,
  type FakeAnswer,
  type FakeServer,
  type FakeVendor,
  type Scenario,
} from "./fake-server.ts";

/** The key that the fake takes unless told otherwise. */
export const FAKE_ELEVENLABS_KEY = "sk_fake_elevenlabs_0123456789";

const share = z.number().min(0).max(1);
const speechBody = z.looseObject({
  text: z.string().min(1),
  model_id: z.string().min(1),
  language_code: z.string().optional(),
  voice_settings: z
    .strictObject({
      stability: share.optional(),
      similarity_boost: share.optional(),
      style: share.optional(),
      use_speaker_boost: z.boolean().optional(),
      speed: z.number().min(0.7).max(1.2).optional(),
    })
    .optional(),
});

/** ElevenLabs' `/v1/text-to-speech/{voice}`, in the shapes of its published API. `ELEVENLABS_BASE_URL` is `url`. */
export function startFakeElevenlabs(
  options: { scenario?: Scenario | Scenario[]; apiKey?: string } = {},
): Promise<FakeServer> {
  const { scenario, apiKey = FAKE_ELEVENLABS_KEY } = options;
  const vendor: FakeVendor = {
    overloadedStatus: 503,
    error: errorAnswer,
    check(call) {
      const path = /^\/v1\/text-to-speech\/[\w-]+(?:\?output_format=(?<format>\w+))?$/.exec(call.path);
      if (!path) return jsonAnswer(404, { detail: "Not Found" });
      if (call.method !== "POST") return jsonAnswer(405, { detail: "Method Not Allowed" });
      if (call.headers["xi-api-key"] !== apiKey) return errorAnswer(401, "unauthorized");
      const format = path.groups?.["format"] ?? "mp3_44100_128";
      if (!/^mp3_\d+_\d+$/.test(format))
        return failed(400, "invalid_output_format", `Invalid format ${format}`);
      const result = speechBody.safeParse(call.body);
      if (result.success) return null;
      return jsonAnswer(422, {
        detail: result.error.issues.map(({ path: place, message }) => ({
          loc: ["body", ...place],
          msg: message,
          type: "value_error",
        })),
      });
    },
    answer(call, kind) {
      if (kind === "refused") return failed(400, "content_against_policy", "This text is against our terms.");
      const { text } = speechBody.parse(call.body);
      return {
        status: 200,
        contentType: "audio/mpeg",
        headers: { "character-cost": String(text.length), "request-id": "req_1" },
        pieces: kind === "empty" ? [] : [mp3Of(text.length / 15)],
      };
    },
  };
  return startFakeServer(vendor, scenario);
}

function failed(status: number, code: string, message: string): FakeAnswer {
  return jsonAnswer(status, { detail: { status: code, message } });
}

function errorAnswer(status: number, kind: string): FakeAnswer {
  switch (kind) {
    case "unauthorized":
      return failed(status, "invalid_api_key", "Invalid API key");
    case "quota":
      return failed(401, "quota_exceeded", "This request exceeds your quota.");
    case "rate_limited":
      return failed(status, "too_many_concurrent_requests", "Too many concurrent requests.");
    default:
      return failed(status, "internal_error", "Internal server error");
  }
}
