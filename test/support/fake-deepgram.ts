import { z } from "zod";
import { mp3Of } from "./fake-files.ts";
import {
  jsonAnswer,
  startFakeServer,
  type FakeAnswer,
  type FakeServer,
  type FakeVendor,
  type Scenario,
} from "./fake-server.ts";

/** The key that the fake takes. */
export const FAKE_DEEPGRAM_KEY = "deepgram-fake-0123456789";

const speakQuery = z
  .strictObject({
    model: z.string(),
    encoding: z.enum(["linear16", "flac", "mulaw", "alaw", "mp3", "opus", "aac"]).optional(),
    container: z.enum(["none", "wav", "ogg"]).optional(),
  })
  // Compressed files other than Opus have no container.
  .refine(({ encoding, container }) => !["mp3", "flac", "aac"].includes(encoding ?? "mp3") || !container);

const voices = { "/v1/speak": /^aura-(?:2-)?[a-z]+-[a-z]{2}$/, "/v2/speak": /^flux-[a-z]+-[a-z]{2}$/ };
const speakBody = z.strictObject({ text: z.string().min(1).max(2_000) });

const listenQuery = z.strictObject({
  model: z.string().regex(/^(?:nova|enhanced|base)/),
  language: z.string().optional(),
  smart_format: z.enum(["true", "false"]).optional(),
});

/** Deepgram's `/v1/speak`, `/v2/speak` and `/v1/listen`, in the shapes of its published API. `DEEPGRAM_BASE_URL` is `url` + `/v1`. */
export function startFakeDeepgram(scenario?: Scenario | Scenario[]): Promise<FakeServer> {
  const vendor: FakeVendor = {
    overloadedStatus: 503,
    error: errorAnswer,
    check(call) {
      const { pathname, searchParams } = new URL(call.path, "http://fake");
      const isSpeech = pathname === "/v1/speak" || pathname === "/v2/speak";
      if (!isSpeech && pathname !== "/v1/listen") return failed(404, "NOT_FOUND", "Not found");
      if (call.method !== "POST") return failed(405, "METHOD_NOT_ALLOWED", "Method not allowed");
      if (call.headers["authorization"] !== `Token ${FAKE_DEEPGRAM_KEY}`)
        return errorAnswer(401, "unauthorized");
      const query = (isSpeech ? speakQuery : listenQuery).safeParse(Object.fromEntries(searchParams));
      if (!query.success) return failed(400, "INVALID_QUERY_PARAMETER", z.prettifyError(query.error));
      const type = call.headers["content-type"] ?? "";
      if (!isSpeech) {
        return /^(?:audio|video)\//.test(type)
          ? null
          : failed(400, "Bad Request", "Bad Request: failed to process audio: corrupt or unsupported data");
      }
      if (!voices[pathname].test(query.data.model))
        return failed(400, "INVALID_QUERY_PARAMETER", "Invalid 'model'");
      if (type !== "application/json" || !speakBody.safeParse(call.body).success)
        return failed(400, "Bad Request", "we could not process the JSON payload.");
      return null;
    },
    file: () => ({ bytes: mp3Of(2), mediaType: "audio/mpeg" }),
    answer(call, kind, { file, scenario: played }) {
      // It documents no refusal of contents: this is one in the shape of its errors.
      if (kind === "refused") return failed(400, "Bad Request", "Bad Request: the content was flagged");
      if (call.path.startsWith("/v1/listen")) return transcriptAnswer(played === "large" ? 3_000_000 : 1);
      const { text } = speakBody.parse(call.body);
      return {
        status: 200,
        contentType: file.mediaType,
        headers: { "dg-char-count": String(text.length), "dg-model-name": "aura-2" },
        pieces: [file.bytes],
      };
    },
  };
  return startFakeServer(vendor, scenario);
}

function transcriptAnswer(times: number): FakeAnswer {
  const words = [
    { word: "the", punctuated_word: "The", start: 0.08, end: 0.24, confidence: 0.99 },
    { word: "sea", punctuated_word: "sea.", start: 0.24, end: 0.72, confidence: 0.98 },
  ];
  const transcript = Array.from({ length: times }, () => "The sea is calm.").join(" ");
  const alternative = { transcript: times === 1 ? "The sea." : transcript, confidence: 0.99, words };
  return jsonAnswer(200, {
    metadata: { request_id: "r1", sha256: "0", created: "2026-11-22", duration: 25.933, channels: 1 },
    results: { channels: [{ alternatives: [alternative] }] },
  });
}

function failed(status: number, code: string, message: string): FakeAnswer {
  return jsonAnswer(status, { err_code: code, err_msg: message, request_id: "r1" });
}

function errorAnswer(status: number, kind: string): FakeAnswer {
  switch (kind) {
    case "unauthorized":
      return failed(status, "INVALID_AUTH", "Invalid credentials.");
    case "quota":
      return failed(402, "ASR_PAYMENT_REQUIRED", "Project does not have enough credits for an ASR request.");
    case "rate_limited":
      return failed(status, "TOO_MANY_REQUESTS", "Too many requests. Please try again later");
    default:
      return failed(status, "INTERNAL_SERVER_ERROR", "Internal server error.");
  }
}
