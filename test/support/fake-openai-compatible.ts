import { z } from "zod";
import { chatAnswer, chatBody, openaiError, STREAM_OPTIONS } from "./chat-completions.ts";
import { mp3Of, pngOf } from "./fake-files.ts";
import {
  jsonAnswer,
  startFakeServer,
  type FakeAnswer,
  type FakeCall,
  type FakePlace,
  type FakeServer,
  type FakeVendor,
  type Scenario,
} from "./fake-server.ts";

/** The key that the fake takes. */
export const FAKE_COMPATIBLE_KEY = "compatible-0123456789abcdef";

const size = z
  .string()
  .regex(/^\d+x\d+$/)
  .optional();

const imageBody = z.strictObject({
  model: z.string().min(1),
  prompt: z.string().min(1),
  n: z.literal(1),
  size,
  quality: z.string().optional(),
});

/** Fields of a form are texts, files `{type, size}`. */
const uploaded = z.strictObject({ type: z.string(), size: z.number().min(1) });
const editBody = z.strictObject({
  model: z.string().min(1),
  prompt: z.string().min(1),
  n: z.literal("1"),
  size,
  image: uploaded.optional(),
  "image[]": uploaded.optional(),
});

const speechBody = z.strictObject({
  model: z.string().min(1),
  input: z.string().min(1).max(4_096),
  voice: z.string().min(1).optional(),
  response_format: z.enum(["mp3", "opus", "aac", "flac", "wav", "pcm"]).optional(),
  speed: z.number().min(0.25).max(4).optional(),
  instructions: z.string().optional(),
});

const transcriptBody = z.strictObject({
  model: z.string().min(1),
  file: uploaded.extend({ type: z.string().startsWith("audio/") }),
  language: z.string().length(2).optional(),
  prompt: z.string().min(1).optional(),
  response_format: z.enum(["json", "verbose_json"]).optional(),
  "timestamp_granularities[]": z.enum(["word", "segment"]).optional(),
});

const BODIES: Record<string, z.ZodType> = {
  "/v1/chat/completions": chatBody({
    ...STREAM_OPTIONS,
    seed: z.int().optional(),
    reasoning_effort: z.string().optional(),
  }),
  "/v1/images/generations": imageBody,
  "/v1/images/edits": editBody,
  "/v1/audio/speech": speechBody,
  "/v1/audio/transcriptions": transcriptBody,
};

type Pictures = "base64" | "address" | "path" | { url: string };

export interface FakeCompatibleOptions {
  scenario?: Scenario | Scenario[];
  /** Null: a server that asks for no key, and is sent none. */
  apiKey?: string | null;
  /** How it hands a picture over; an address is whole, or a path on the server, or leads elsewhere. */
  pictures?: Pictures;
  /** What it answers to `GET`, by path: what tells which server it is. */
  lists?: Record<string, unknown>;
}

/** A server that speaks OpenAI's language, all of its parts, in the shapes of OpenAI's published API. */
export function startFakeOpenaiCompatible(options: FakeCompatibleOptions = {}): Promise<FakeServer> {
  const { scenario, apiKey = FAKE_COMPATIBLE_KEY, pictures = "base64", lists = {} } = options;
  const vendor: FakeVendor = {
    overloadedStatus: 503,
    error: errorAnswer,
    check(call) {
      if (call.method === "GET" && call.path in lists) return null;
      const body = BODIES[call.path];
      if (!body) return errorAnswer(404, `Unknown path ${call.path}`);
      if (call.method !== "POST") return errorAnswer(405, "Method not allowed");
      const authorization = apiKey === null ? undefined : `Bearer ${apiKey}`;
      if (call.headers["authorization"] !== authorization) return errorAnswer(401, "unauthorized");
      const result = body.safeParse(call.body);
      return result.success ? null : errorAnswer(400, z.prettifyError(result.error));
    },
    about: (call) => ({ kind: call.method === "GET" ? "other" : "submit" }),
    file: (call) => fileOf(call),
    answer(call, kind, place) {
      if (call.method === "GET") return jsonAnswer(200, lists[call.path]);
      if (call.path.endsWith("/chat/completions")) return chatAnswer(call, kind);
      if (kind === "refused") return refusal();
      if (call.path.endsWith("/speech")) {
        return { status: 200, contentType: "audio/mpeg", pieces: kind === "empty" ? [] : [place.file.bytes] };
      }
      if (call.path.endsWith("/transcriptions")) return transcriptAnswer(call, kind, place);
      return imageAnswer(kind, place, pictures);
    },
  };
  return startFakeServer(vendor, scenario);
}

function fileOf(call: FakeCall): { bytes: Uint8Array; mediaType: string } {
  const speech = speechBody.safeParse(call.body);
  if (call.path.endsWith("/speech") && speech.success) {
    return { bytes: mp3Of(speech.data.input.length / 15), mediaType: "audio/mpeg" };
  }
  return { bytes: pngOf(64, 64), mediaType: "image/png" };
}

function refusal(): FakeAnswer {
  const error = { message: "This content is not allowed.", param: null, code: "content_policy_violation" };
  return jsonAnswer(400, { error: { type: "invalid_request_error", ...error } });
}

const errorAnswer = openaiError({
  unauthorized: { message: "Invalid API key.", type: "invalid_request_error", code: "invalid_api_key" },
  quota: { message: "You exceeded your current quota.", type: "insufficient_quota" },
  rate_limited: { message: "Too many requests.", type: "requests", code: "rate_limit_exceeded" },
});

function imageAnswer(
  kind: "full" | "empty" | "refused",
  { file, fileUrl }: FakePlace,
  pictures: Pictures,
): FakeAnswer {
  const ways = {
    base64: { b64_json: Buffer.from(file.bytes).toString("base64") },
    address: { url: fileUrl },
    path: { url: new URL(fileUrl).pathname },
  };
  const made = typeof pictures === "string" ? ways[pictures] : pictures;
  return jsonAnswer(200, { created: 1_763_800_000, data: kind === "empty" ? [] : [made] });
}

function transcriptAnswer(
  call: FakeCall,
  kind: "full" | "empty" | "refused",
  { scenario }: FakePlace,
): FakeAnswer {
  const { response_format: format } = transcriptBody.parse(call.body);
  const said = kind === "empty" ? "" : "The sea is wide.";
  const text = scenario === "large" ? said.repeat(2_600_000) : said;
  if (format !== "verbose_json") {
    return jsonAnswer(200, { text, usage: { type: "duration", seconds: 3 } });
  }
  const words = said.split(" ").map((word, index) => ({ word, start: index * 0.5, end: index * 0.5 + 0.4 }));
  return jsonAnswer(200, { task: "transcribe", language: "english", duration: 2.5, text, words });
}
