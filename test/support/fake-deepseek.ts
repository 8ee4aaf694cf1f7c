import { z } from "zod";
import { chatAnswer, chatBody, openaiError, refusalOf, STREAM_OPTIONS } from "./chat-completions.ts";
import { startFakeServer, type FakeServer } from "./fake-server.ts";

/** The key that the fake takes. */
export const FAKE_DEEPSEEK_KEY = "sk-fake-deepseek-0123456789";

const bodies = {
  "/chat/completions": chatBody({
    ...STREAM_OPTIONS,
    thinking: z.strictObject({ type: z.enum(["enabled", "disabled"]) }).optional(),
    reasoning_effort: z.enum(["low", "high", "max"]).optional(),
  }),
};

const error = openaiError({
  unauthorized: {
    message: "Authentication Fails (no such user)",
    type: "authentication_error",
    code: "invalid_request_error",
  },
  quota: { message: "Insufficient Balance", type: "unknown_error", code: "invalid_request_error" },
  rate_limited: { message: "Rate limit reached", type: "rate_limit_error", code: "rate_limit_error" },
});

/** DeepSeek's `/chat/completions`, in the shapes of its published API. `DEEPSEEK_BASE_URL` is `url`. */
export function startFakeDeepseek(): Promise<FakeServer> {
  return startFakeServer({
    overloadedStatus: 503,
    // It is 402 that DeepSeek says where the balance has run out.
    error: (status, kind) => error(kind === "quota" ? 402 : status, kind),
    check: (call) => refusalOf(call, { bodies, apiKey: FAKE_DEEPSEEK_KEY, error }),
    answer: (call, kind) =>
      chatAnswer(call, kind, { usage: { prompt_cache_hit_tokens: 10, prompt_cache_miss_tokens: 30 } }),
  });
}
