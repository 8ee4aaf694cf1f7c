import { z } from "zod";
import { refusalOf } from "./chat-completions.ts";
import {
  eventAnswer,
  FAKE_TEXT,
  jsonAnswer,
  startFakeServer,
  wordsOf,
  type FakeAnswer,
  type FakeServer,
} from "./fake-server.ts";

/** The key that the fake takes. */
export const FAKE_COHERE_KEY = "fake-cohere-0123456789";

const content = z.union([
  z.string().min(1),
  z.array(
    z.discriminatedUnion("type", [
      z.strictObject({ type: z.literal("text"), text: z.string() }),
      z.strictObject({
        type: z.literal("image_url"),
        image_url: z.strictObject({ url: z.string(), detail: z.enum(["auto", "low", "high"]).optional() }),
      }),
    ]),
  ),
]);

const bodies = {
  "/v2/chat": z.strictObject({
    model: z.string().min(1),
    messages: z.array(z.strictObject({ role: z.enum(["system", "user", "assistant"]), content })).min(1),
    stream: z.literal(true),
    max_tokens: z.int().min(0).optional(),
    temperature: z.number().min(0).max(1).optional(),
    thinking: z
      .strictObject({ type: z.enum(["enabled", "disabled"]), token_budget: z.int().min(1).optional() })
      .optional(),
    response_format: z.looseObject({ type: z.enum(["text", "json_object"]) }).optional(),
  }),
};

const WORDS: Record<string, string> = {
  unauthorized: "invalid api token",
  quota:
    "You are past the per month request limit for your billing plan; insufficient credits remain on this account.",
  rate_limited: "You are using a Trial key, which is limited to 20 API calls / minute.",
};

/** Cohere says no in one member, and gives an id. */
function error(status: number, kind: string): FakeAnswer {
  return jsonAnswer(status, { id: "call-1", message: WORDS[kind] ?? kind });
}

/** Cohere's `/v2/chat` (streamed), in the shapes of its published API. `COHERE_BASE_URL` is `url` + `/v2`. */
export function startFakeCohere(): Promise<FakeServer> {
  return startFakeServer({
    overloadedStatus: 503,
    error: (status, kind) => error(kind === "quota" ? 402 : status, kind),
    check: (call) => refusalOf(call, { bodies, apiKey: FAKE_COHERE_KEY, error }),
    answer: (_call, kind) =>
      kind === "refused" ? error(422, "This request was blocked by a safety filter.") : chatAnswer(kind),
  });
}

/** Some of what is counted is not billed. */
function chatAnswer(kind: "full" | "empty"): FakeAnswer {
  const written = kind === "full" ? FAKE_TEXT : "";
  const output_tokens = 30 + Math.ceil(written.length / 4);
  const usage = {
    billed_units: { input_tokens: 40, output_tokens },
    tokens: { input_tokens: 540, output_tokens: output_tokens + 2 },
  };
  return eventAnswer([
    { type: "message-start", id: "msg-1", delta: { message: { role: "assistant", content: [] } } },
    { type: "content-start", index: 0, delta: { message: { content: { type: "text", text: "" } } } },
    ...wordsOf(written).map((text) => ({
      type: "content-delta",
      index: 0,
      delta: { message: { content: { text } } },
    })),
    { type: "content-end", index: 0 },
    { type: "message-end", id: "msg-1", delta: { finish_reason: "COMPLETE", usage } },
  ]);
}
