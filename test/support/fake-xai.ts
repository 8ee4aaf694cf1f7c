import { z } from "zod";
import { FILM, mp3Of, pngOf } from "./fake-files.ts";
import {
  FAKE_TEXT,
  jsonAnswer,
  startFakeServer,
  wordsOf,
  type FakeAnswer,
  type FakeCall,
  type FakePlace,
  type FakeServer,
  type FakeVendor,
  type Scenario,
} from "./fake-server.ts";

/** The key that the fake takes. */
export const FAKE_XAI_KEY = "xai-fake-0123456789";

const picture = z.string().regex(/^(?:https:\/\/|data:image\/\w+;base64,)/);
const typedPicture = z.strictObject({ type: z.literal("image_url"), url: picture });
const message = z.strictObject({
  role: z.enum(["system", "user", "assistant", "tool"]),
  content: z.union([
    z.string().min(1),
    z
      .array(
        z.discriminatedUnion("type", [
          z.strictObject({ type: z.literal("text"), text: z.string() }),
          z.strictObject({ type: z.literal("image_url"), image_url: z.strictObject({ url: picture }) }),
        ]),
      )
      .min(1),
  ]),
});
const ratio = z.enum([
  "1:1",
  "16:9",
  "9:16",
  "4:3",
  "3:4",
  "3:2",
  "2:3",
  "2:1",
  "1:2",
  "19.5:9",
  "9:19.5",
  "20:9",
  "9:20",
  "auto",
]);
const drawing = {
  model: z.string().min(1),
  prompt: z.string().min(1),
  aspect_ratio: ratio.optional(),
  resolution: z.enum(["1k", "2k"]).optional(),
  quality: z.enum(["low", "medium", "high"]).optional(),
  response_format: z.enum(["url", "b64_json"]).optional(),
};

const BODIES: Record<string, z.ZodType> = {
  "/v1/chat/completions": z.strictObject({
    model: z.string().min(1),
    messages: z.array(message).min(1),
    max_completion_tokens: z.int().min(1).optional(),
    temperature: z.number().min(0).max(2).optional(),
    reasoning_effort: z.enum(["low", "medium", "high"]).optional(),
    response_format: z.looseObject({ type: z.enum(["text", "json_object", "json_schema"]) }).optional(),
    stream: z.literal(true),
    stream_options: z.strictObject({ include_usage: z.boolean() }).optional(),
  }),
  "/v1/images/generations": z.strictObject({ ...drawing, n: z.int().min(1).max(10).optional() }),
  "/v1/images/edits": z
    .strictObject({
      ...drawing,
      image: typedPicture.optional(),
      images: z.array(typedPicture).max(5).optional(),
    })
    .refine(({ image, images }) => (image === undefined) !== (images === undefined)),
  "/v1/tts": z.strictObject({
    text: z.string().min(1).max(15_000),
    voice_id: z.string().optional(),
    language: z.string().min(1),
    speed: z.number().min(0.7).max(1.5).optional(),
    output_format: z.strictObject({ codec: z.enum(["mp3", "wav", "pcm", "mulaw", "alaw"]) }).optional(),
    with_timestamps: z.boolean().optional(),
  }),
  "/v1/videos/generations": z.strictObject({
    model: z.string().min(1),
    prompt: z.string().min(1).max(4_096),
    duration: z.int().min(1).max(15).optional(),
    aspect_ratio: ratio.optional(),
    resolution: z.enum(["480p", "720p", "1080p"]).optional(),
    image: z.strictObject({ url: picture }).optional(),
    reference_images: z
      .array(z.strictObject({ url: picture }))
      .max(7)
      .optional(),
  }),
};

const POLL = /^\/v1\/videos\/(?<id>job-\d+)$/;

/**
 * xAI's `/v1/chat/completions` (streamed), `/v1/images/generations`, `/v1/images/edits`, `/v1/tts` and
 * `/v1/videos/generations`, in the shapes of its published API: with pictures, or with their addresses whatever was asked
 * for. `XAI_BASE_URL` is `url` + `/v1`.
 */
export function startFakeXai(
  scenario?: Scenario | Scenario[],
  { gives = "b64_json" }: { gives?: "b64_json" | "url" } = {},
): Promise<FakeServer> {
  const vendor: FakeVendor = {
    overloadedStatus: 503,
    error: errorAnswer,
    check(call) {
      if (call.headers["authorization"] !== `Bearer ${FAKE_XAI_KEY}`) return errorAnswer(401, "unauthorized");
      const isPoll = POLL.test(call.path);
      const body = BODIES[call.path];
      if (!isPoll && !body) return errorAnswer(404, "not_found");
      if (call.method !== (isPoll ? "GET" : "POST"))
        return failed(405, "Method Not Allowed", "Method Not Allowed");
      const result = body?.safeParse(call.body);
      if (!result || result.success) return null;
      return failed(
        422,
        "Failed to deserialize the JSON body into the target type",
        z.prettifyError(result.error),
      );
    },
    about(call) {
      const id = POLL.exec(call.path)?.groups?.["id"];
      return id === undefined ? { kind: "submit" } : { kind: "poll", jobId: id };
    },
    file(call) {
      if (call.path.startsWith("/v1/images/")) return { bytes: pngOf(64, 64), mediaType: "image/png" };
      if (call.path === "/v1/tts") return { bytes: mp3Of(2), mediaType: "audio/mpeg" };
      return { bytes: FILM, mediaType: "video/mp4" };
    },
    answer: (call, kind, place) => answer(call, { kind, place, gives }),
    state({ state }, { fileUrl }) {
      const usage = { cost_in_usd_ticks: 4_010_000_000 };
      switch (state) {
        case "succeeded":
          return jsonAnswer(200, {
            status: "done",
            video: { url: fileUrl, duration: 5, respect_moderation: true },
            model: "grok-imagine-video",
            usage,
            progress: 100,
          });
        case "refused":
          return jsonAnswer(200, { status: "done", video: { url: "", respect_moderation: false }, usage });
        case "failed":
        case "cancelled":
          return jsonAnswer(200, { status: "failed", error: { code: "internal_error", message: "Failed." } });
        case "running":
        default:
          return { status: 202, contentType: "application/json", pieces: [] };
      }
    },
  };
  return startFakeServer(vendor, scenario);
}

function answer(
  call: FakeCall,
  { kind, place, gives }: { kind: "full" | "empty" | "refused"; place: FakePlace; gives: "b64_json" | "url" },
): FakeAnswer {
  if (kind === "refused") {
    const words = "Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE";
    return failed(403, "The caller does not have permission to execute the specified operation", words);
  }
  switch (call.path) {
    case "/v1/chat/completions":
      return chatAnswer(kind === "full" ? FAKE_TEXT : "");
    case "/v1/tts":
      return speechAnswer(call, place);
    case "/v1/videos/generations":
      return jsonAnswer(200, { request_id: place.jobId });
    default: {
      const said = gives === "url" ? place.fileUrl : Buffer.from(place.file.bytes).toString("base64");
      return jsonAnswer(200, {
        data: [{ [gives]: said, mime_type: place.file.mediaType }],
        usage: { cost_in_usd_ticks: 200_000_000 },
      });
    }
  }
}

function chatAnswer(text: string): FakeAnswer {
  const common = { id: "chat_1", object: "chat.completion.chunk", created: 1_700_000_000, model: "grok-4.7" };
  const chunk = (choices: unknown[], usage?: object): string =>
    `data: ${JSON.stringify({ ...common, choices, ...(usage && { usage }) })}\n\n`;
  const written = Math.ceil(text.length / 4);
  // The tokens of thought stand beside those of the completion, and are in the total.
  const usage = {
    prompt_tokens: 40,
    completion_tokens: written,
    total_tokens: 40 + written + 25,
    prompt_tokens_details: { text_tokens: 40, image_tokens: 0, cached_tokens: 8 },
    completion_tokens_details: { reasoning_tokens: 25 },
    cost_in_usd_ticks: 37_756_001,
  };
  return {
    status: 200,
    contentType: "text/event-stream",
    pieces: [
      chunk([{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }]),
      ...wordsOf(text).map((words) => chunk([{ index: 0, delta: { content: words }, finish_reason: null }])),
      chunk([{ index: 0, delta: {}, finish_reason: "stop" }]),
      chunk([], usage),
      "data: [DONE]\n\n",
    ],
  };
}

function speechAnswer(call: FakeCall, { file }: FakePlace): FakeAnswer {
  const { text, with_timestamps: isTimed } = z
    .object({ text: z.string(), with_timestamps: z.boolean().optional() })
    .parse(call.body);
  if (isTimed !== true) return { status: 200, contentType: file.mediaType, pieces: [file.bytes] };
  const characters = Array.from(text);
  return jsonAnswer(200, {
    audio: Buffer.from(file.bytes).toString("base64"),
    content_type: file.mediaType,
    duration: characters.length / 10,
    audio_timestamps: {
      graph_chars: characters,
      graph_times: characters.map((_, index) => [index / 10, (index + 1) / 10]),
    },
  });
}

function failed(status: number, code: string, error: string): FakeAnswer {
  return jsonAnswer(status, { code, error });
}

function errorAnswer(status: number, kind: string): FakeAnswer {
  switch (kind) {
    case "unauthorized":
      return failed(status, "Unauthorized", "Incorrect API key provided.");
    case "quota":
      return failed(429, "Some resource has been exhausted", "Your team has used all available credits.");
    case "rate_limited":
      return failed(status, "Some resource has been exhausted", "Too many requests.");
    case "not_found":
      return failed(404, "Some requested entity was not found", "The requested resource was not found.");
    default:
      return failed(status, "Service unavailable", "The service is temporarily unavailable.");
  }
}
