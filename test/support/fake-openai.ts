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
  "/v1/images/edits": z.string().includes('name="image"').includes('name="prompt"'),
  "/v1/audio/speech": speechBody,
};

/**
 * OpenAI's `/v1/responses` (streamed), `/v1/images/generations`, `/v1/images/edits` and `/v1/audio/speech`, in the shapes of
 * its published API. `OPENAI_BASE_URL` is `url` + `/v1`.
 */
export function startFakeOpenai(
  options: {
    scenario?: Scenario | Scenario[];
    apiKey?: string;
    text?: string;
    /** The tokens that it counts of a text: all of them, none, or zero as servers do that cannot count. */
    counts?: "tokens" | "nothing" | "zero";
  } = {},
): Promise<FakeServer> {
  const { scenario, apiKey = FAKE_OPENAI_KEY, text = FAKE_TEXT, counts = "tokens" } = options;
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
    answer(call, kind) {
      if (call.path === "/v1/responses") return responsesAnswer(call, kind, { text, counts });
      if (call.path === "/v1/audio/speech") return speechAnswer(call, kind);
      return imageAnswer(call, kind);
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

function imageAnswer(call: FakeCall, kind: "full" | "empty" | "refused"): FakeAnswer {
  if (kind === "refused") {
    const message = "Your request was rejected by the safety system.";
    return jsonAnswer(400, {
      error: { message, type: "image_generation_user_error", param: null, code: "moderation_blocked" },
    });
  }
  const size =
    imageBody.safeParse(call.body).data?.size ?? /name="size"\r\n\r\n(\d+x\d+)/.exec(String(call.body))?.[1];
  const [width = 1_024, height = 1_024] = (size ?? "1024x1024").split("x").map(Number);
  return jsonAnswer(200, {
    created: 1_763_800_000,
    data: kind === "empty" ? [] : [{ b64_json: pngOf(width, height).toString("base64") }],
    size: `${width}x${height}`,
    quality: "medium",
    output_format: "png",
    usage: {
      input_tokens: 50,
      output_tokens: 1_000,
      total_tokens: 1_050,
      input_tokens_details: { text_tokens: 50, image_tokens: 0 },
    },
  });
}

function speechAnswer(call: FakeCall, kind: "full" | "empty" | "refused"): FakeAnswer {
  if (kind === "refused") {
    return jsonAnswer(400, {
      error: {
        message: "This content is not allowed.",
        type: "invalid_request_error",
        code: "content_policy_violation",
      },
    });
  }
  const { input } = speechBody.parse(call.body);
  const pieces = kind === "empty" ? [] : [mp3Of(input.length / 15)];
  return { status: 200, contentType: "audio/mpeg", pieces };
}
