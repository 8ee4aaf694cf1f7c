import { z } from "zod";
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
export const FAKE_ANTHROPIC_KEY = "sk-ant-fake-0123456789";

const messagesBody = z.looseObject({
  model: z.string().min(1),
  max_tokens: z.int().min(1),
  stream: z.literal(true),
  messages: z
    .array(z.looseObject({ role: z.enum(["user", "assistant"]), content: z.array(z.unknown()).min(1) }))
    .min(1),
});

/** Anthropic's `/v1/messages` (streamed), in the shapes of its published API. `ANTHROPIC_BASE_URL` is `url` + `/v1`. */
export function startFakeAnthropic(
  options: { scenario?: Scenario | Scenario[]; apiKey?: string; text?: string } = {},
): Promise<FakeServer> {
  const { scenario, apiKey = FAKE_ANTHROPIC_KEY, text = FAKE_TEXT } = options;
  const vendor: FakeVendor = {
    overloadedStatus: 529,
    error: errorAnswer,
    check(call) {
      if (call.path !== "/v1/messages") return failed(404, "not_found_error", "Not found");
      if (call.method !== "POST") return failed(405, "invalid_request_error", "Method Not Allowed");
      if (call.headers["x-api-key"] !== apiKey)
        return failed(401, "authentication_error", "invalid x-api-key");
      if (!call.headers["anthropic-version"]) {
        return failed(400, "invalid_request_error", "anthropic-version: header is required");
      }
      const result = messagesBody.safeParse(call.body);
      return result.success ? null : failed(400, "invalid_request_error", z.prettifyError(result.error));
    },
    answer: (call, kind) => messagesAnswer(call, kind, text),
  };
  return startFakeServer(vendor, scenario);
}

function failed(status: number, type: string, message: string): FakeAnswer {
  return jsonAnswer(status, { type: "error", error: { type, message }, request_id: "req_1" });
}

function errorAnswer(status: number, kind: string): FakeAnswer {
  switch (kind) {
    case "unauthorized":
      return failed(status, "authentication_error", "invalid x-api-key");
    case "quota":
      return failed(
        400,
        "invalid_request_error",
        "Your credit balance is too low to access the Anthropic API.",
      );
    case "rate_limited":
      return failed(status, "rate_limit_error", "Number of requests has exceeded your rate limit.");
    case "overloaded":
      return failed(status, "overloaded_error", "Overloaded");
    default:
      return failed(status, "api_error", "Internal server error");
  }
}

function messagesAnswer(call: FakeCall, kind: "full" | "empty" | "refused", text: string): FakeAnswer {
  const { model } = messagesBody.parse(call.body);
  const written = kind === "full" ? text : "";
  const message = { id: "msg_1", type: "message", role: "assistant", model, content: [], stop_reason: null };
  const usage = {
    input_tokens: 40,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: 1,
  };
  const stop = { stop_reason: kind === "refused" ? "refusal" : "end_turn", stop_sequence: null };
  return eventAnswer([
    { type: "message_start", message: { ...message, usage } },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    ...wordsOf(written).map((words) => ({
      type: "content_block_delta",
      index: 0,
      delta: { type: "text_delta", text: words },
    })),
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: stop, usage: { output_tokens: 30 + Math.ceil(written.length / 4) } },
    { type: "message_stop" },
  ]);
}
