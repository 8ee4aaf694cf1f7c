import { z } from "zod";
import { FILM, pngOf } from "./fake-files.ts";
import {
  FAKE_TEXT,
  jsonAnswer,
  startFakeServer,
  wordsOf,
  type FakeAnswer,
  type FakeCall,
  type FakeJob,
  type FakePlace,
  type FakeServer,
  type FakeVendor,
  type Scenario,
} from "./fake-server.ts";

/** The key that the fake takes. */
export const FAKE_GOOGLE_KEY = "AIzaFakeGoogle0123456789abcdefghijklmno";

const inlineData = z.strictObject({
  mimeType: z.string().regex(/^[a-z]+\/[\w.+-]+$/),
  data: z.base64().min(1),
});
const part = z.union([
  z.strictObject({ text: z.string(), speechMetadata: z.strictObject({ style: z.string() }).optional() }),
  z.strictObject({ inlineData }),
]);
const contents = z.tuple([z.strictObject({ role: z.literal("user"), parts: z.array(part).min(1) })]);
const thinkingConfig = z.strictObject({ thinkingLevel: z.enum(["MINIMAL", "LOW", "MEDIUM", "HIGH"]) });

const textBody = z.strictObject({
  contents,
  continuationToken: z.string().min(1).optional(),
  generationConfig: z.strictObject({
    maxOutputTokens: z.int().min(1).optional(),
    temperature: z.number().min(0).max(2).optional(),
    thinkingConfig: thinkingConfig.optional(),
    responseMimeType: z.literal("application/json").optional(),
    responseJsonSchema: z.looseObject({ type: z.string() }).optional(),
  }),
});

const imageConfig = z.strictObject({
  aspectRatio: z.enum(["1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3", "21:9", "1:8"]).optional(),
  imageSize: z.enum(["1K", "2K", "4K"]).optional(),
});
const pictureBody = z.strictObject({
  contents,
  generationConfig: z.strictObject({
    responseModalities: z.tuple([z.literal("IMAGE")]),
    imageConfig,
    thinkingConfig: thinkingConfig.optional(),
    seed: z.int().optional(),
  }),
});

const speechBody = z.strictObject({
  contents,
  generationConfig: z.strictObject({
    responseModalities: z.tuple([z.literal("AUDIO")]),
    speechConfig: z.strictObject({
      voiceConfig: z
        .strictObject({ prebuiltVoiceConfig: z.strictObject({ voiceName: z.string().min(1) }) })
        .optional(),
      languageCode: z.string().optional(),
    }),
  }),
});

const interactionBody = z.strictObject({
  model: z.string().min(1),
  input: z
    .array(
      z.union([
        z.strictObject({ type: z.literal("text"), text: z.string().min(1) }),
        z.strictObject({ type: z.literal("image"), data: z.base64().min(1), mime_type: z.string() }),
      ]),
    )
    .min(1),
  background: z.literal(true),
  response_format: z.strictObject({
    type: z.literal("video"),
    delivery: z.enum(["inline", "uri"]),
    aspect_ratio: z.enum(["16:9", "9:16"]).optional(),
    resolution: z.enum(["360p", "720p", "1080p", "4k"]).optional(),
    duration: z
      .string()
      .regex(/^\d+(\.\d+)?s$/)
      .optional(),
  }),
});

const veoImage = z.strictObject({ bytesBase64Encoded: z.base64().min(1), mimeType: z.string() });
const veoBody = z.strictObject({
  instances: z.tuple([z.strictObject({ prompt: z.string().min(1), image: veoImage.optional() })]),
  parameters: z.strictObject({
    sampleCount: z.literal(1),
    aspectRatio: z.enum(["16:9", "9:16"]).optional(),
    resolution: z.enum(["720p", "1080p", "4k"]).optional(),
    durationSeconds: z.union([z.literal(4), z.literal(6), z.literal(8)]).optional(),
    negativePrompt: z.string().optional(),
    seed: z.int().min(0).optional(),
  }),
});

const SUBMIT = /^\/v1beta\/(?:interactions|models\/(?<model>[\w.-]+):(?<method>\w+))(?<query>\?alt=sse)?$/;
const POLL = /^\/v1beta\/(?:interactions|models\/[\w.-]+\/operations)\/(?<id>[\w-]+)$/;
const CANCEL = /^\/v1beta\/interactions\/(?<id>[\w-]+)\/cancel$/;

/**
 * Google's Gemini API, in the shapes of its published documentation: `:streamGenerateContent`, `:generateContent`,
 * `/interactions` and `:predictLongRunning`. `GOOGLE_BASE_URL` is `url` + `/v1beta`.
 */
export function startFakeGoogle(
  options: {
    scenario?: Scenario | Scenario[];
    /** Where its films lie instead of on the fake itself. */
    filmUrl?: string;
  } = {},
): Promise<FakeServer> {
  const vendor: FakeVendor = {
    overloadedStatus: 503,
    error: errorAnswer,
    check: checkCall,
    about(call) {
      const cancelled = CANCEL.exec(call.path)?.groups?.["id"];
      if (cancelled !== undefined) return { kind: "cancel", jobId: cancelled };
      const polled = POLL.exec(call.path)?.groups?.["id"];
      return polled === undefined ? { kind: "submit" } : { kind: "poll", jobId: polled };
    },
    file: fileOf,
    answer: answerTo,
    state(job, place) {
      const there = { ...place, fileUrl: options.filmUrl ?? place.fileUrl };
      return isOmni(job.submission) ? interactionOf(job, there) : operationOf(job, there);
    },
    cancelled: ({ id }) => jsonAnswer(200, { id, object: "interaction", status: "cancelled" }),
  };
  return startFakeServer(vendor, options.scenario);
}

function checkCall(call: FakeCall): FakeAnswer | null {
  if (call.headers["x-goog-api-key"] !== FAKE_GOOGLE_KEY) return errorAnswer(400, "unauthorized");
  if (call.method === "GET") return checkQuestion(call);
  if (call.method !== "POST") return errorAnswer(404, "not_found");
  if (CANCEL.test(call.path)) return null;
  const body = bodyFor(call);
  if (!body) return errorAnswer(404, "not_found");
  const result = body.safeParse(call.body);
  return result.success ? null : failed(400, "INVALID_ARGUMENT", z.prettifyError(result.error));
}

function checkQuestion(call: FakeCall): FakeAnswer | null {
  const id = POLL.exec(call.path)?.groups?.["id"];
  if (id === undefined) return errorAnswer(404, "not_found");
  const isTheirs = /^job-\d+$/.test(id);
  return isTheirs
    ? null
    : jsonAnswer(400, { error: { code: "invalid_request", message: "Invalid interaction name" } });
}

function bodyFor({ path, body }: FakeCall): z.ZodType | undefined {
  const found = SUBMIT.exec(path);
  if (!found) return undefined;
  const { method, query } = found.groups ?? {};
  if (method === undefined) return query === undefined ? interactionBody : undefined;
  if (method === "streamGenerateContent") return query === undefined ? undefined : textBody;
  if (method === "predictLongRunning") return veoBody;
  if (method !== "generateContent") return undefined;
  return isSpeech(body) ? speechBody : pictureBody;
}

function isSpeech(body: unknown): boolean {
  return JSON.stringify(body).includes('"responseModalities":["AUDIO"]');
}

function isOmni({ path }: FakeCall): boolean {
  return path === "/v1beta/interactions";
}

function fileOf({ path, body }: FakeCall): { bytes: Uint8Array; mediaType: string } {
  if (path === "/v1beta/interactions" || path.endsWith(":predictLongRunning")) {
    return { bytes: FILM, mediaType: "video/mp4" };
  }
  if (!isSpeech(body)) return { bytes: pngOf(64, 64), mediaType: "image/png" };
  // A tenth of a second of silence; from Gemini 3.8 on inside a WAV file.
  const samples = Buffer.alloc(4_800);
  if (/gemini-(?:2\.5|3\.1)/.test(path))
    return { bytes: samples, mediaType: "audio/L16;codec=pcm;rate=24000" };
  return { bytes: Buffer.concat([Buffer.from("RIFF-made-by-Google:WAVE"), samples]), mediaType: "audio/wav" };
}

const COUNTED = { promptTokenCount: 40, thoughtsTokenCount: 20 };

function answerTo(call: FakeCall, kind: "full" | "empty" | "refused", place: FakePlace): FakeAnswer {
  if (call.path.endsWith(":streamGenerateContent?alt=sse")) return textAnswer(kind);
  if (isOmni(call)) return kind === "refused" ? declined() : startedOmni(place.jobId);
  if (call.path.endsWith(":predictLongRunning")) {
    return kind === "refused" ? declined() : jsonAnswer(200, { name: operationName(call, place.jobId) });
  }
  if (kind === "refused") {
    const candidates = [
      { index: 0, content: {}, finishReason: isSpeech(call.body) ? "SAFETY" : "IMAGE_SAFETY" },
    ];
    return jsonAnswer(200, { candidates, usageMetadata: { ...COUNTED, totalTokenCount: 60 } });
  }
  const { bytes, mediaType: mimeType } = place.file;
  const data = Buffer.from(bytes).toString("base64");
  const draft = { thought: true, inlineData: { mimeType, data: "ZHJhZnQ=" } };
  return jsonAnswer(200, {
    candidates: [
      {
        index: 0,
        content: { role: "model", parts: [draft, { inlineData: { mimeType, data } }] },
        finishReason: "STOP",
      },
    ],
    usageMetadata: { ...COUNTED, candidatesTokenCount: 1_120, totalTokenCount: 1_180 },
    modelVersion: "fake",
    responseId: "response-1",
  });
}

function event(value: object): string {
  return `data: ${JSON.stringify({ ...value, responseId: "response-1" })}\n\n`;
}

function textAnswer(kind: "full" | "empty" | "refused"): FakeAnswer {
  const contentType = "text/event-stream";
  if (kind === "refused") {
    const blocked = { promptFeedback: { blockReason: "PROHIBITED_CONTENT" } };
    const usageMetadata = { promptTokenCount: 40, totalTokenCount: 40 };
    return { status: 200, contentType, pieces: [event({ ...blocked, usageMetadata })] };
  }
  const written = kind === "full" ? FAKE_TEXT : "";
  const pieces = wordsOf(written).map((text) =>
    event({
      candidates: [{ index: 0, content: { role: "model", parts: [{ text }] } }],
      usageMetadata: { promptTokenCount: 40, candidatesTokenCount: 1, totalTokenCount: 41 },
    }),
  );
  const candidatesTokenCount = 30 + Math.ceil(written.length / 4);
  const end = {
    candidates: [{ index: 0, content: { role: "model", parts: [{ text: "" }] }, finishReason: "STOP" }],
    usageMetadata: { ...COUNTED, candidatesTokenCount, totalTokenCount: 60 + candidatesTokenCount },
  };
  return { status: 200, contentType, pieces: [...pieces, event(end)] };
}

function startedOmni(id: string): FakeAnswer {
  return jsonAnswer(200, { id, object: "interaction", status: "in_progress", model: "fake" });
}

function interactionOf({ id, state }: FakeJob, { fileUrl }: FakePlace): FakeAnswer {
  const common = { id, object: "interaction", model: "fake" };
  const asked = { type: "user_input", content: [{ type: "text", text: "A few words on the sea." }] };
  const end = (content: object) =>
    jsonAnswer(200, {
      ...common,
      status: "completed",
      steps: [asked, { type: "model_output", content: [content] }],
    });
  switch (state) {
    case "succeeded":
      return end({ type: "video", mime_type: "video/mp4", uri: `${fileUrl}?alt=media` });
    case "refused":
      return end({ type: "text", text: "I cannot make this film." });
    case "failed":
      return jsonAnswer(200, {
        ...common,
        status: "failed",
        error: { code: "internal", message: "Try again." },
      });
    case "cancelled":
      return jsonAnswer(200, { ...common, status: "cancelled" });
    case "running":
    default:
      return jsonAnswer(200, { ...common, status: "in_progress", steps: [asked] });
  }
}

function operationOf({ id, state, submission }: FakeJob, { fileUrl }: FakePlace): FakeAnswer {
  const name = operationName(submission, id);
  const end = (generateVideoResponse: object) =>
    jsonAnswer(200, { name, done: true, response: { generateVideoResponse } });
  switch (state) {
    case "succeeded":
      return end({ generatedSamples: [{ video: { uri: `${fileUrl}?alt=media` } }] });
    case "refused":
      return end({
        raiMediaFilteredCount: 1,
        raiMediaFilteredReasons: ["This may show a person. You have not been charged for this attempt."],
      });
    case "failed":
    case "cancelled":
      return jsonAnswer(200, { name, done: true, error: { code: 13, message: "Internal error." } });
    case "running":
    default:
      return jsonAnswer(200, { name });
  }
}

function operationName({ path }: FakeCall, jobId: string): string {
  return `models/${SUBMIT.exec(path)?.groups?.["model"]}/operations/${jobId}`;
}

function declined(): FakeAnswer {
  const message = "The input prompt contains words that violate Gemini API's usage guidelines.";
  return failed(400, "INVALID_ARGUMENT", message);
}

function failed(code: number, status: string, message: string, details: object[] = []): FakeAnswer {
  return jsonAnswer(code, { error: { code, message, status, details } });
}

/** Google says this of every limit; only the quota's name tells which one it is. */
function limit(quotaId: string): FakeAnswer {
  const message =
    "You exceeded your current quota, please check your plan and billing details. Please retry soon.";
  return failed(429, "RESOURCE_EXHAUSTED", message, [
    { "@type": "type.googleapis.com/google.rpc.QuotaFailure", violations: [{ quotaId, quotaValue: "10" }] },
    { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "7s" },
  ]);
}

function errorAnswer(status: number, kind: string): FakeAnswer {
  switch (kind) {
    case "unauthorized":
      return failed(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", [
        {
          "@type": "type.googleapis.com/google.rpc.ErrorInfo",
          reason: "API_KEY_INVALID",
          domain: "googleapis.com",
        },
      ]);
    case "quota":
      return limit("GenerateRequestsPerDayPerProjectPerModel-FreeTier");
    case "rate_limited":
      return limit("GenerateRequestsPerMinutePerProjectPerModel-FreeTier");
    case "overloaded":
      return failed(status, "UNAVAILABLE", "The model is overloaded. Please try again later.");
    case "gateway_timeout":
      return failed(status, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete.");
    case "not_found":
      return failed(404, "NOT_FOUND", "Requested entity was not found.");
    default:
      return failed(status, "INTERNAL", "An internal error has occurred.");
  }
}
