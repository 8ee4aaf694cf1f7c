import { z } from "zod";
import { chatAnswer, chatBody, openaiError, refusalOf, STREAM_OPTIONS } from "./chat-completions.ts";
import { startFakeServer, type FakeServer } from "./fake-server.ts";

/** The key that the fake takes. */
export const FAKE_FIREWORKS_KEY = "fw_fake_0123456789";

const bodies = {
  "/inference/v1/chat/completions": chatBody({
    ...STREAM_OPTIONS,
    model: z.string().regex(/^accounts\/[\w-]+\/(?:models|routers)\/[\w-]+$/),
    reasoning_effort: z.enum(["none", "low", "medium", "high"]).optional(),
  }),
};

const error = openaiError({
  unauthorized: { message: "The API key you provided is invalid.", type: "error", code: "UNAUTHORIZED" },
  quota: {
    message: "Account is suspended, possibly due to reaching the monthly spending limit or failure to pay.",
    type: "error",
    code: "PAYMENT_REQUIRED",
  },
  rate_limited: { message: "Rate limit exceeded, please try again later", type: "error", code: null },
});

/** Fireworks' `/chat/completions`, in the shapes of its published API. `FIREWORKS_BASE_URL` is `url` + `/inference/v1`. */
export function startFakeFireworks(): Promise<FakeServer> {
  return startFakeServer({
    overloadedStatus: 503,
    // A suspended account is answered with 412.
    error: (status, kind) => error(kind === "quota" ? 412 : status, kind),
    check: (call) => refusalOf(call, { bodies, apiKey: FAKE_FIREWORKS_KEY, error }),
    answer: (call, kind) =>
      chatAnswer(call, kind, { usage: { prompt_tokens_details: { cached_tokens: 10 } } }),
  });
}
