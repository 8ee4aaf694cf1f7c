import { z } from "zod";
import { chatAnswer, chatBody, openaiError, refusalOf } from "./chat-completions.ts";
import { mp3Of } from "./fake-files.ts";
import {
  FAKE_TEXT,
  jsonAnswer,
  startFakeServer,
  type FakeAnswer,
  type FakePlace,
  type FakeServer,
} from "./fake-server.ts";

/** The key that the fake takes. */
export const FAKE_GROQ_KEY = "gsk_fake0123456789";

const CHAT = "/openai/v1/chat/completions";
const SPEECH = "/openai/v1/audio/speech";
const TRANSCRIPTIONS = "/openai/v1/audio/transcriptions";

const bodies = {
  [CHAT]: chatBody({
    reasoning_effort: z.enum(["none", "default", "low", "medium", "high"]).optional(),
    reasoning_format: z.enum(["hidden", "raw", "parsed"]).optional(),
  }),
  [SPEECH]: z.strictObject({
    model: z.string().min(1),
    input: z.string().min(1).max(200),
    voice: z.string().min(1),
    response_format: z.enum(["flac", "mp3", "mulaw", "ogg", "wav"]).optional(),
    speed: z.number().min(0.5).max(5).optional(),
  }),
  [TRANSCRIPTIONS]: z.strictObject({
    file: z.object({ type: z.string(), size: z.number().min(1) }),
    model: z.string().min(1),
    language: z.string().length(2).optional(),
    prompt: z.string().min(1).optional(),
    response_format: z.enum(["json", "text", "verbose_json"]).optional(),
    "timestamp_granularities[]": z.enum(["word", "segment"]).optional(),
  }),
};

const error = openaiError({
  unauthorized: { message: "Invalid API Key", type: "invalid_request_error", code: "invalid_api_key" },
  quota: {
    message: "Your organization has reached its spend limit.",
    type: "blocked_api_access",
    code: "insufficient_quota",
  },
  rate_limited: { message: "Rate limit reached for model.", type: "tokens", code: "rate_limit_exceeded" },
  refused: {
    message: "The content was declined.",
    type: "invalid_request_error",
    code: "content_policy_violation",
  },
});

/** Groq's texts, voices and transcripts, in the shapes of its published API. `GROQ_BASE_URL` is `url` + `/openai/v1`. */
export function startFakeGroq(): Promise<FakeServer> {
  return startFakeServer({
    overloadedStatus: 503,
    error,
    check: (call) => refusalOf(call, { bodies, apiKey: FAKE_GROQ_KEY, error }),
    file: ({ path }) => ({
      bytes: path === SPEECH ? mp3Of(1) : new Uint8Array(),
      mediaType: "audio/wav",
    }),
    answer(call, kind, place) {
      if (call.path === CHAT) return chatAnswer(call, kind, { lastPiece });
      if (kind === "refused") return error(400, "refused");
      return call.path === SPEECH ? speechAnswer(kind, place) : transcriptAnswer(kind, place);
    },
  });
}

/** Groq counts tokens in a member of its own. */
function lastPiece(usage: object) {
  return { x_groq: { id: "req_1", usage } };
}

function speechAnswer(kind: "full" | "empty", { file }: FakePlace): FakeAnswer {
  return { status: 200, contentType: file.mediaType, pieces: kind === "empty" ? [] : [file.bytes] };
}

/** Words of a fifth of a second each. */
function transcriptAnswer(kind: "full" | "empty", { scenario }: FakePlace): FakeAnswer {
  const spoken = kind === "empty" ? [] : (FAKE_TEXT.match(/\w+/g) ?? []);
  const words = spoken.map((word, index) => ({ word, start: index / 5, end: (index + 1) / 5 }));
  const text = scenario === "large" ? "word ".repeat(8_000_000) : spoken.join(" ");
  return jsonAnswer(200, {
    task: "transcribe",
    language: "English",
    duration: spoken.length / 5,
    text,
    words,
    segments: null,
    x_groq: { id: "req_1" },
  });
}
