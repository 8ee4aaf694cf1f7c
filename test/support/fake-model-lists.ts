import {
  jsonAnswer,
  startFakeServer,
  type FakeAnswer,
  type FakeServer,
  type FakeVendor,
} from "./fake-server.ts";

/** The key that the fake takes, in whichever header a vendor wants it. */
export const FAKE_LIST_KEY = "fake-list-0123456789";

/** Lists in the shapes of the vendors' published APIs, by path: each with a model that nobody knows yet. */
const LISTS: Record<string, { header: string; value: string; list: unknown }> = {
  "/openai/models": {
    header: "authorization",
    value: `Bearer ${FAKE_LIST_KEY}`,
    list: {
      object: "list",
      data: [
        { id: "gpt-6.2-sol", object: "model", created: 1, owned_by: "openai", shutdown_date: "2027-03-01" },
        { id: "gpt-9-nova", object: "model", created: 1, owned_by: "openai" },
        { id: "text-embedding-3-large", object: "model", created: 1, owned_by: "openai" },
      ],
    },
  },
  "/anthropic/models?limit=1000": {
    header: "x-api-key",
    value: FAKE_LIST_KEY,
    list: {
      data: [
        {
          type: "model",
          id: "claude-opus-9",
          display_name: "Claude Opus 9",
          created_at: "2026-11-01T00:00:00Z",
        },
      ],
      has_more: false,
      first_id: "claude-opus-9",
      last_id: "claude-opus-9",
    },
  },
  "/google/models?pageSize=1000": {
    header: "x-goog-api-key",
    value: FAKE_LIST_KEY,
    list: { models: [{ name: "models/gemini-9-flash", version: "9", displayName: "Gemini 9 Flash" }] },
  },
  "/cohere/v1/models?page_size=1000": {
    header: "authorization",
    value: `Bearer ${FAKE_LIST_KEY}`,
    list: { models: [{ name: "command-z", endpoints: ["chat"] }], next_page_token: null },
  },
  "/together/models": {
    header: "authorization",
    value: `Bearer ${FAKE_LIST_KEY}`,
    list: [{ id: "example/new-chat", object: "model", type: "chat" }],
  },
  "/elevenlabs/v1/models": {
    header: "xi-api-key",
    value: FAKE_LIST_KEY,
    list: [{ model_id: "eleven_v9", name: "Eleven v9", can_do_text_to_speech: true }],
  },
  "/deepgram/models": {
    header: "authorization",
    value: `Token ${FAKE_LIST_KEY}`,
    list: {
      stt: [{ name: "nova-9", canonical_name: "nova-9", architecture: "nova-9", languages: ["en"] }],
      tts: [
        { name: "thalia", canonical_name: "aura-9-thalia-en", architecture: "aura-9", languages: ["en"] },
      ],
    },
  },
};

const WEB_PAGE: FakeAnswer = { status: 200, contentType: "text/html", pieces: ["<html>Sign in</html>"] };

/**
 * The lists of models of several vendors at once, each behind a path of its own; behind `/website` a page for people, behind
 * `/broken` a vendor that is out of order.
 */
export function startFakeModelLists(): Promise<FakeServer> {
  const vendor: FakeVendor = {
    overloadedStatus: 503,
    error: (status) => jsonAnswer(status, { error: { message: "Internal server error" } }),
    check(call) {
      if (call.path.startsWith("/website/")) return WEB_PAGE;
      if (call.path.startsWith("/broken/")) return jsonAnswer(503, { error: { message: "Overloaded." } });
      const found = LISTS[call.path];
      if (!found || call.method !== "GET") return jsonAnswer(404, { error: { message: "Not found" } });
      if (call.headers[found.header] === found.value) return null;
      return jsonAnswer(401, { error: { message: "Wrong key" } });
    },
    about: () => ({ kind: "other" }),
    answer: (call) => jsonAnswer(200, LISTS[call.path]?.list),
  };
  return startFakeServer(vendor);
}
