import { z } from "zod";
import { mp3Of } from "./fake-files.ts";
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
export const FAKE_MISTRAL_KEY = "fakeMistralKey0123456789abcdefgh";

const chatBody = z.strictObject({
  model: z.string().min(1),
  messages: z.tuple([
    z.strictObject({
      role: z.literal("user"),
      content: z
        .array(
          z.union([
            z.strictObject({ type: z.literal("text"), text: z.string() }),
            z.strictObject({
              type: z.literal("image_url"),
              image_url: z.string().regex(/^data:image\/\w+;base64,/),
            }),
          ]),
        )
        .min(1),
    }),
  ]),
  stream: z.literal(true),
  max_tokens: z.int().min(0).optional(),
  temperature: z.number().min(0).max(1.5).optional(),
  reasoning_effort: z.enum(["none", "low", "medium", "high"]).optional(),
  response_format: z
    .strictObject({
      type: z.literal("json_schema"),
      json_schema: z.strictObject({
        name: z.string().min(1),
        schema: z.looseObject({ type: z.string() }),
        strict: z.boolean().optional(),
      }),
    })
    .optional(),
});

const speechBody = z.strictObject({
  model: z.string().min(1),
  input: z.string().min(1),
  voice_id: z.string().min(1).optional(),
  response_format: z.enum(["pcm", "wav", "mp3", "flac", "opus"]).optional(),
  expressiveness: z.number().min(1).max(5).optional(),
  stream: z.literal(false).optional(),
});

const transcriptBody = z
  .strictObject({
    model: z.string().min(1),
    file: z.strictObject({ type: z.string().regex(/^(audio|video)\//), size: z.int().min(1) }),
    language: z.string().length(2).optional(),
    timestamp_granularities: z.enum(["segment", "word"]),
  })
  .refine(({ model, timestamp_granularities: asked }) => asked === "segment" || isVoxtral2(model), {
    error: "timestamp_granularities: only 'segment' is supported by this model.",
  })
  .refine(({ model, language }) => language === undefined || !isVoxtral2(model), {
    error: "timestamp_granularities cannot be combined with language.",
  });

function isVoxtral2(model: string): boolean {
  return ["voxtral-mini-2507", "voxtral-mini-2602", "voxtral-mini-latest"].includes(model);
}

const BODIES: Record<string, z.ZodType> = {
  "/v1/chat/completions": chatBody,
  "/v1/audio/speech": speechBody,
  "/v1/audio/transcriptions": transcriptBody,
};

/**
 * Mistral's `/v1/chat/completions` (streamed), `/v1/audio/speech` and `/v1/audio/transcriptions`, in the shapes of its
 * published API. `MISTRAL_BASE_URL` is `url` + `/v1`.
 */
export function startFakeMistral(scenario?: Scenario | Scenario[]): Promise<FakeServer> {
  const vendor: FakeVendor = {
    overloadedStatus: 503,
    error: errorAnswer,
    check(call) {
      const body = BODIES[call.path];
      if (!body || call.method !== "POST")
        return jsonAnswer(404, { message: "no Route matched", request_id: "1" });
      if (call.headers["authorization"] !== `Bearer ${FAKE_MISTRAL_KEY}`)
        return errorAnswer(401, "unauthorized");
      const result = body.safeParse(call.body);
      if (result.success) return null;
      const detail = result.error.issues.map(({ path, message }) => ({
        type: "value_error",
        loc: ["body", ...path],
        msg: message,
      }));
      return jsonAnswer(422, { detail });
    },
    file: () => ({ bytes: mp3Of(2), mediaType: "audio/mpeg" }),
    answer(call, kind, place) {
      if (kind === "refused") return blocked();
      if (call.path === "/v1/audio/speech") return speechAnswer(place);
      return call.path === "/v1/audio/transcriptions"
        ? transcriptAnswer(call, place)
        : chatAnswer(call, kind);
    },
  };
  return startFakeServer(vendor, scenario);
}

function chatAnswer(call: FakeCall, kind: "full" | "empty"): FakeAnswer {
  const { model } = chatBody.parse(call.body);
  const written = kind === "full" ? FAKE_TEXT : "";
  const common = { id: "chat-1", object: "chat.completion.chunk", created: 1_790_000_000, model };
  const event = (delta: object, end: object = { finish_reason: null }, more: object = {}) =>
    `data: ${JSON.stringify({ ...common, choices: [{ index: 0, delta, ...end }], ...more })}\n\n`;
  const thought = [{ type: "thinking", thinking: [{ type: "text", text: "The sea is wide." }] }];
  const completionTokens = 30 + Math.ceil(written.length / 4);
  const usage = {
    prompt_tokens: 40,
    completion_tokens: completionTokens,
    total_tokens: 40 + completionTokens,
    prompt_tokens_details: { cached_tokens: 10 },
  };
  const pieces = [
    event({ role: "assistant", content: "" }),
    event({ content: thought }),
    ...wordsOf(written).map((content) => event({ content })),
    event({ content: "" }, { finish_reason: "stop" }, { usage }),
    "data: [DONE]\n\n",
  ];
  return { status: 200, contentType: "text/event-stream", pieces };
}

function speechAnswer({ file, scenario }: FakePlace): FakeAnswer {
  const audio = Buffer.from(file.bytes).toString("base64");
  return jsonAnswer(200, { audio_data: scenario === "empty" ? "" : audio });
}

/** Words as Voxtral 2 gives them, passages as Voxtral 3 does. */
function transcriptAnswer(call: FakeCall, { scenario }: FakePlace): FakeAnswer {
  const { model, timestamp_granularities: asked } = transcriptBody.parse(call.body);
  const type = "transcription_segment";
  const words = [
    { type, text: " The", start: 0.2, end: 0.5 },
    { type, text: " sea.", start: 0.5, end: 1.3 },
  ];
  const passages = [
    { type, text: "The sea", start: 1, end: 2.2, speaker_id: null },
    { type, text: "is wide.", start: 2.2, end: 3.6, speaker_id: null },
  ];
  // A transcript cannot hold a file: what is large is its text.
  const text = scenario === "large" ? "The sea. ".repeat(4_500_000) : "The sea is wide.";
  return jsonAnswer(200, {
    model,
    text,
    language: null,
    segments: asked === "word" ? words : passages,
    usage: { prompt_audio_seconds: 4, prompt_tokens: 4, total_tokens: 30, completion_tokens: 26 },
  });
}

/** What a guardrail of the account answers. */
function blocked(): FakeAnswer {
  const decisions = { sexual: { threshold: 0.1, score: 0.3, violated: true } };
  return jsonAnswer(403, {
    error: { message: "Content blocked by guardrail", status: 403 },
    guardrails: { results: { moderation_llm_v2: { decisions, violated: true, action: "block" } } },
  });
}

function errorAnswer(status: number, kind: string): FakeAnswer {
  const failed = (type: string, message: string, code: string | null = null) =>
    jsonAnswer(status, { object: "error", message, type, param: null, code, raw_status_code: status });
  switch (kind) {
    case "unauthorized":
      return jsonAnswer(status, { detail: "Unauthorized" });
    case "quota":
      return jsonAnswer(402, { detail: "You have an insufficient balance. Check your billing." });
    case "rate_limited":
      return failed("rate_limited", "Rate limit exceeded", "1300");
    case "overloaded":
      return failed("service_unavailable", "Service unavailable.", "3000");
    case "gateway_timeout":
      return failed("timeout", "The request timed out.");
    default:
      return failed("internal_server_error", "Internal server error", "3000");
  }
}
