import { z } from "zod";
import { chatAnswer, chatBody, openaiError, refusalOf, STREAM_OPTIONS } from "./chat-completions.ts";
import { pngOf } from "./fake-files.ts";
import { jsonAnswer, startFakeServer, type FakeCall, type FakeServer } from "./fake-server.ts";

/** The key that the fake takes. */
export const FAKE_TOGETHER_KEY = "tgp_fake_0123456789";

const CHAT = "/v1/chat/completions";
const side = z.int().min(64).max(4_096);

const bodies = {
  [CHAT]: chatBody({ ...STREAM_OPTIONS, reasoning_effort: z.enum(["low", "medium", "high"]).optional() }),
  "/v1/images/generations": z.strictObject({
    model: z.string().min(1),
    prompt: z.string().min(1),
    n: z.literal(1).optional(),
    width: side.optional(),
    height: side.optional(),
    seed: z.int().optional(),
    negative_prompt: z.string().optional(),
    response_format: z.enum(["base64", "url"]).optional(),
    output_format: z.enum(["jpeg", "png"]).optional(),
    image_url: z.string().startsWith("data:image/").optional(),
    reference_images: z.array(z.string().startsWith("data:image/")).min(1).optional(),
  }),
};

const error = openaiError({
  unauthorized: {
    message: "Invalid API key provided.",
    type: "invalid_request_error",
    code: "invalid_api_key",
  },
  quota: {
    message: "Your account has reached its spending limit. Please add credits.",
    type: "credit_limit",
    code: "insufficient_quota",
  },
  rate_limited: { message: "You have reached the rate limit.", type: "rate_limit", code: null },
  refused: {
    message: "The generated image was flagged as NSFW content.",
    type: "invalid_request_error",
    code: null,
  },
});

/**
 * Together's texts and pictures, in the shapes of its published API: with a picture, or with its address whatever was asked
 * for. `TOGETHER_BASE_URL` is `url` + `/v1`.
 */
export function startFakeTogether({
  gives = "b64_json",
}: { gives?: "b64_json" | "url" } = {}): Promise<FakeServer> {
  return startFakeServer({
    overloadedStatus: 503,
    error: (status, kind) => error(kind === "quota" ? 402 : status, kind),
    check: (call) => refusalOf(call, { bodies, apiKey: FAKE_TOGETHER_KEY, error }),
    file: (call) => ({
      bytes: call.path === CHAT ? new Uint8Array() : pictureOf(call),
      mediaType: "image/png",
    }),
    answer(call, kind, { file, fileUrl }) {
      if (call.path === CHAT) return chatAnswer(call, kind);
      if (kind === "refused") return error(422, "refused");
      const said = gives === "url" ? fileUrl : Buffer.from(file.bytes).toString("base64");
      const picture = { index: 0, type: gives, [gives]: said };
      return jsonAnswer(200, { id: "1", object: "list", data: kind === "empty" ? [] : [picture] });
    },
  });
}

/** As large as was asked for, since that is what is billed. */
function pictureOf({ body }: FakeCall): Uint8Array {
  const { width = 1_024, height = 768 } = bodies["/v1/images/generations"].parse(body);
  return pngOf(width, height);
}
