import { z } from "zod";
import { mp3Of, pngOf } from "./fake-files.ts";
import {
  eventAnswer,
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

/** The key that the fake takes unless told otherwise. */
export const FAKE_OPENAI_KEY = "sk-fake-openai-0123456789";

const responsesBody = z.looseObject({
  model: z.string().min(1),
  input: z.union([
    z.string().min(1),
    z.array(z.looseObject({ role: z.string(), content: z.unknown() })).min(1),
  ]),
  stream: z.literal(true),
  max_output_tokens: z.int().min(16).optional(),
});

const imageBody = z.looseObject({
  model: z.string().min(1),
  prompt: z.string().min(1).max(32_000),
  n: z.literal(1),
  size: z
    .string()
    .regex(/^\d+x\d+$/)
    .optional(),
  quality: z.enum(["low", "medium", "high", "auto"]).optional(),
});

/** A form: what is not a file is text; pictures are `image`, or `image[]` where there are several. */
const picture = z.strictObject({
  type: z.enum(["image/png", "image/jpeg", "image/webp"]),
  size: z.int().min(1),
});
const editBody = z
  .strictObject({
    model: z.string().min(1),
    prompt: z.string().min(1).max(32_000),
    image: picture.optional(),
    "image[]": picture.optional(),
    n: z.literal("1"),
    size: z
      .string()
      .regex(/^\d+x\d+$/)
      .optional(),
    quality: z.enum(["low", "medium", "high", "auto"]).optional(),
    output_format: z.enum(["png", "jpeg", "webp"]).optional(),
  })
  .refine((form) => form.image ?? form["image[]"], { error: "Missing required parameter: 'image'." });

const transcriptBody = z
  .strictObject({
    model: z.string().min(1),
    file: z.strictObject({ type: z.string().regex(/^(audio|video)\//), size: z.int().min(1) }),
    language: z.string().length(2).optional(),
    prompt: z.string().min(1).optional(),
    "languages[]": z.string().length(2).optional(),
    response_format: z.enum(["json", "text", "srt", "verbose_json", "vtt", "diarized_json"]).optional(),
    "timestamp_granularities[]": z.enum(["word", "segment"]).optional(),
  })
  .refine((form) => form.response_format !== "verbose_json" || form.model === "whisper-1", {
    error: "response_format 'verbose_json' is not compatible with this model. Use 'json' or 'text' instead.",
  })
  .refine((form) => !form["timestamp_granularities[]"] || form.response_format === "verbose_json", {
    error: "timestamp_granularities need the response_format 'verbose_json'.",
  })
  .refine((form) => !form.prompt || !form.model.includes("diarize"), {
    error: "Prompt is not supported for diarization models.",
  })
  .refine((form) => !form["languages[]"] || form.model === "gpt-transcribe", {
    error: "languages are not supported by this model.",
  });

const speechBody = z.strictObject({
  model: z.string().min(1),
  input: z.string().min(1).max(4_096),
  voice: z.string().min(1),
  response_format: z.enum(["mp3", "opus", "aac", "flac", "wav", "pcm"]).optional(),
  speed: z.number().min(0.25).max(4).optional(),
  instructions: z.string().optional(),
});

const BODIES: Record<string, z.ZodType> = {
  "/v1/responses": responsesBody,
  "/v1/images/generations": imageBody,
  "/v1/images/edits": editBody,
  "/v1/audio/speech": speechBody,
  "/v1/audio/transcriptions": transcriptBody,
};

/**
 * OpenAI's `/v1/responses` (streamed), `/v1/images/generations`, `/v1/images/edits`, `/v1/audio/speech` and
 * `/v1/audio/transcriptions`, in the shapes of its published API. `OPENAI_BASE_URL` is `url` + `/v1`.
 */
export function startFakeOpenai(
  options: {
    scenario?: Scenario | Scenario[];
    apiKey?: string;
    text?: string;
    /** What it writes where it is shown an answer of its own to correct; `text` where not given. */
    correction?: string;
    /** The tokens that it counts of a text: all of them, none, or zero as servers do that cannot count. */
    counts?: "tokens" | "nothing" | "zero";
  } = {},
): Promise<FakeServer> {
  const { scenario, apiKey = FAKE_OPENAI_KEY, text = FAKE_TEXT, counts = "tokens" } = options;
  const { correction = text } = options;
  const vendor: FakeVendor = {
    overloadedStatus: 503,
    error: (status, kind) => errorAnswer(status, kind, apiKey),
    check(call) {
      const body = BODIES[call.path];
      if (!body) return invalid(404, `Invalid URL (${call.method} ${call.path})`);
      if (call.method !== "POST") return invalid(405, "Not allowed to POST on this path");
      if (call.headers["authorization"] !== `Bearer ${apiKey}`)
        return errorAnswer(401, "unauthorized", "the key");
      const result = body.safeParse(call.body);
      return result.success ? null : invalid(400, z.prettifyError(result.error));
    },
    file: fileOf,
    answer(call, kind, place) {
      if (call.path === "/v1/responses") {
        const isCorrection = JSON.stringify(call.body).includes("<your_answer>");
        return responsesAnswer(call, kind, { text: isCorrection ? correction : text, counts });
      }
      if (call.path === "/v1/audio/speech") return speechAnswer(kind, place);
      if (call.path === "/v1/audio/transcriptions") return transcriptAnswer(call, kind, place);
      return imageAnswer(call, kind, place);
    },
  };
  return startFakeServer(vendor, scenario);
}

function invalid(status: number, message: string): FakeAnswer {
  return jsonAnswer(status, { error: { message, type: "invalid_request_error", param: null, code: null } });
}

/** Like the real one, its error names the key that was sent. */
function errorAnswer(status: number, kind: string, apiKey: string): FakeAnswer {
  const errors: Record<string, { message: string; type: string; code: string | null }> = {
    unauthorized: {
      message: `Incorrect API key provided: ${apiKey}.`,
      type: "invalid_request_error",
      code: "invalid_api_key",
    },
    quota: {
      message: "You exceeded your current quota, please check your plan and billing details.",
      type: "insufficient_quota",
      code: "insufficient_quota",
    },
    rate_limited: {
      message: "Rate limit reached. Please try again in 7s.",
      type: "requests",
      code: "rate_limit_exceeded",
    },
  };
  const fallback = {
    message: "The server had an error while processing your request.",
    type: "server_error",
    code: null,
  };
  return jsonAnswer(status, { error: { param: null, ...(errors[kind] ?? fallback) } });
}

function responsesAnswer(
  call: FakeCall,
  kind: "full" | "empty" | "refused",
  { text, counts }: { text: string; counts: "tokens" | "nothing" | "zero" },
): FakeAnswer {
  const { model } = responsesBody.parse(call.body);
  const base = { id: "resp_1", created_at: 1_763_800_000, model, service_tier: "default" };
  const item = { id: "msg_1", type: "message", role: "assistant" };
  const place = { item_id: "msg_1", output_index: 0, content_index: 0 };
  const written = { full: text, empty: "", refused: "I can't help with that." }[kind];
  const isRefusal = kind === "refused";
  const deltas = wordsOf(written).map((delta) => ({
    type: isRefusal ? "response.refusal.delta" : "response.output_text.delta",
    item_id: place.item_id,
    delta,
  }));
  const part = isRefusal
    ? { type: "refusal", refusal: written }
    : { type: "output_text", text: written, annotations: [] };
  const done = isRefusal
    ? { type: "response.refusal.done", ...place, refusal: written }
    : { type: "response.output_text.done", ...place, text: written };
  const counted = {
    input_tokens: 40,
    input_tokens_details: { cached_tokens: 10 },
    output_tokens: 30 + Math.ceil(written.length / 4),
    output_tokens_details: { reasoning_tokens: 30 },
  };
  const usage = { tokens: counted, nothing: null, zero: { input_tokens: 0, output_tokens: 0 } }[counts];
  const events: { type: string; [field: string]: unknown }[] = [
    { type: "response.created", response: { ...base, status: "in_progress" } },
    { type: "response.in_progress", response: { ...base, status: "in_progress" } },
    {
      type: "response.output_item.added",
      output_index: 0,
      item: { ...item, status: "in_progress", content: [] },
    },
    { type: "response.content_part.added", ...place, part: { ...part, text: "" } },
    ...deltas,
    done,
    {
      type: "response.output_item.done",
      output_index: 0,
      item: { ...item, status: "completed", content: [part] },
    },
    {
      type: "response.completed",
      response: { ...base, status: "completed", usage, incomplete_details: null },
    },
  ];
  let number = 0;
  for (const event of events) event["sequence_number"] = number++;
  return eventAnswer(events);
}

function fileOf(call: FakeCall): { bytes: Uint8Array; mediaType: string } {
  if (call.path.startsWith("/v1/images/")) {
    const [width = 1_024, height = 1_024] = sizeOf(call).split("x").map(Number);
    return { bytes: pngOf(width, height), mediaType: "image/png" };
  }
  const spoken = speechBody.safeParse(call.body).data?.input ?? "";
  return { bytes: mp3Of(spoken.length / 15), mediaType: "audio/mpeg" };
}

function sizeOf(call: FakeCall): string {
  const { size } = z.looseObject({ size: z.string().optional() }).parse(call.body);
  return size ?? "1024x1024";
}

function imageAnswer(call: FakeCall, kind: "full" | "empty" | "refused", { file }: FakePlace): FakeAnswer {
  if (kind === "refused") {
    const message = "Your request was rejected by the safety system.";
    return jsonAnswer(400, {
      error: { message, type: "image_generation_user_error", param: null, code: "moderation_blocked" },
    });
  }
  const imageTokens = call.path === "/v1/images/edits" ? 200 : 0;
  return jsonAnswer(200, {
    created: 1_763_800_000,
    data: kind === "empty" ? [] : [{ b64_json: Buffer.from(file.bytes).toString("base64") }],
    size: sizeOf(call),
    quality: "medium",
    output_format: "png",
    usage: {
      input_tokens: 50 + imageTokens,
      output_tokens: 1_000,
      total_tokens: 1_050 + imageTokens,
      input_tokens_details: { text_tokens: 50, image_tokens: imageTokens },
    },
  });
}

function disallowed(): FakeAnswer {
  const message = "This content is not allowed.";
  return jsonAnswer(400, {
    error: { message, type: "invalid_request_error", code: "content_policy_violation" },
  });
}

function speechAnswer(kind: "full" | "empty" | "refused", { file }: FakePlace): FakeAnswer {
  if (kind === "refused") return disallowed();
  return { status: 200, contentType: "audio/mpeg", pieces: kind === "empty" ? [] : [file.bytes] };
}

function transcriptAnswer(
  call: FakeCall,
  kind: "full" | "empty" | "refused",
  { scenario }: FakePlace,
): FakeAnswer {
  if (kind === "refused") return disallowed();
  const { model, response_format: format } = transcriptBody.parse(call.body);
  const text = { full: "The sea.", empty: "" }[kind];
  const answer = { text: scenario === "large" ? "The sea. ".repeat(5_000_000) : text };
  const byDuration = { type: "duration", seconds: 2 };
  if (format === "verbose_json") {
    const words = [
      { word: "The", start: 0.1, end: 0.3 },
      { word: "sea", start: 0.4, end: 0.9 },
    ];
    const about = { task: "transcribe", language: "english", duration: 1.6 };
    return jsonAnswer(200, { ...about, ...answer, words: kind === "empty" ? [] : words, usage: byDuration });
  }
  if (model === "gpt-transcribe") {
    return jsonAnswer(200, { ...answer, languages: [{ code: "en" }], usage: byDuration });
  }
  const usage = {
    type: "tokens",
    input_tokens: 14,
    input_token_details: { text_tokens: 0, audio_tokens: 14 },
    output_tokens: 3,
    total_tokens: 17,
  };
  return jsonAnswer(200, { ...answer, usage });
}
