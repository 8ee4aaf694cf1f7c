import { z } from "zod";
import { FILM, mp3Of } from "./fake-files.ts";
import {
  eventAnswer,
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
export const FAKE_MINIMAX_KEY = "minimax-fake-0123456789";

const picture = z.string().regex(/^(?:https:\/\/|data:image\/\w+;base64,)/);

const BODIES: Record<string, z.ZodType> = {
  "/anthropic/v1/messages": z.looseObject({
    model: z.string().min(1),
    max_tokens: z.int().min(1),
    temperature: z.number().gt(0).max(1).optional(),
    stream: z.literal(true),
    messages: z.array(z.looseObject({ role: z.string(), content: z.array(z.unknown()).min(1) })).min(1),
  }),
  "/v1/t2a_v2": z.strictObject({
    model: z.string().regex(/^speech-/),
    text: z.string().min(1).max(10_000),
    stream: z.literal(false).optional(),
    output_format: z.enum(["hex", "url"]).optional(),
    language_boost: z.string().optional(),
    voice_setting: z.strictObject({
      voice_id: z.string().min(1),
      speed: z.number().min(0.5).max(2).optional(),
      vol: z.number().gt(0).max(10).optional(),
      pitch: z.int().min(-12).max(12).optional(),
      emotion: z
        .enum(["happy", "sad", "angry", "fearful", "disgusted", "surprised", "calm", "neutral"])
        .optional(),
    }),
    audio_setting: z.strictObject({ format: z.enum(["mp3", "pcm", "flac", "wav"]) }).optional(),
  }),
  "/v1/music_generation": z
    .strictObject({
      model: z.string().regex(/^music-/),
      prompt: z.string().min(1).max(2_000),
      lyrics: z.string().min(1).max(3_500).optional(),
      is_instrumental: z.boolean().optional(),
      lyrics_optimizer: z.boolean().optional(),
      stream: z.literal(false).optional(),
      output_format: z.enum(["hex", "url"]).optional(),
      audio_setting: z
        .strictObject({
          sample_rate: z.literal([16_000, 24_000, 32_000, 44_100]),
          bitrate: z.literal([32_000, 64_000, 128_000, 256_000]),
          format: z.enum(["mp3", "wav", "pcm"]),
        })
        .optional(),
    })
    // Words are needed unless nobody sings or the model writes them.
    .refine((body) => body.lyrics !== undefined || body.is_instrumental === true || body.lyrics_optimizer),
  "/v1/video_generation": z.strictObject({
    model: z.string().min(1),
    prompt: z.string().min(1).max(2_000),
    duration: z.literal([6, 10]).optional(),
    resolution: z.enum(["512P", "768P", "1080P"]).optional(),
    first_frame_image: picture.optional(),
    last_frame_image: picture.optional(),
  }),
  "/v2/video_generation": z.strictObject({
    model: z.string().min(1),
    content: z
      .array(
        z.discriminatedUnion("type", [
          z.strictObject({ type: z.literal("text"), text: z.string().min(1) }),
          z.strictObject({
            type: z.literal("image_url"),
            image_url: z.strictObject({ url: picture }),
            role: z.enum(["first_frame", "last_frame", "reference_image"]),
          }),
        ]),
      )
      .min(1),
    resolution: z.enum(["480P", "768P", "2K"]).optional(),
    duration: z.int().min(4).max(15).optional(),
    ratio: z.enum(["adaptive", "21:9", "16:9", "4:3", "1:1", "3:4", "9:16"]).optional(),
  }),
};

const FIRST_POLL = /^\/v1\/query\/video_generation\?task_id=(?<id>job-\d+)$/;
const SECOND_POLL = /^\/v2\/query\/video_generation\/(?<id>job-\d+)$/;
const RETRIEVE = /^\/v1\/files\/retrieve\?file_id=(?<file>\d+)$/;

/**
 * MiniMax's `/anthropic/v1/messages` (streamed), `/v1/t2a_v2`, `/v1/music_generation` and both generations of
 * `/video_generation`, in the shapes of its published API: errors come with HTTP 200, but for those of text and of the
 * second generation, and those of a server that says all by the HTTP status. `MINIMAX_BASE_URL` is `url`.
 */
export function startFakeMinimax(
  options: { scenario?: Scenario | Scenario[]; dialect?: "base_resp" | "http" } = {},
): Promise<FakeServer> {
  const { scenario, dialect = "base_resp" } = options;
  const error = dialect === "http" ? httpError : baseError;
  const said = dialect === "http" ? withoutBase : (given: FakeAnswer) => given;
  const vendor: FakeVendor = {
    overloadedStatus: dialect === "http" ? 529 : 500,
    error,
    check(call) {
      const isGet = FIRST_POLL.test(call.path) || SECOND_POLL.test(call.path) || RETRIEVE.test(call.path);
      const body = BODIES[call.path];
      if (!isGet && !body) return httpError(404, "not_found");
      if (call.method !== (isGet ? "GET" : "POST")) return httpError(405, "not_allowed");
      const isText = call.path.startsWith("/anthropic/");
      const key = isText ? call.headers["x-api-key"] : call.headers["authorization"];
      if (key !== (isText ? FAKE_MINIMAX_KEY : `Bearer ${FAKE_MINIMAX_KEY}`))
        return error(401, "unauthorized");
      const result = body?.safeParse(call.body);
      if (!result || result.success) return null;
      return dialect === "http"
        ? httpFailed(400, "bad_request_error", `invalid params, ${z.prettifyError(result.error)}`)
        : baseFailed(2013, `invalid params, ${z.prettifyError(result.error)}`);
    },
    about(call) {
      const id = (FIRST_POLL.exec(call.path) ?? SECOND_POLL.exec(call.path))?.groups?.["id"];
      if (id !== undefined) return { kind: "poll", jobId: id };
      return { kind: RETRIEVE.test(call.path) ? "other" : "submit" };
    },
    file: (call) =>
      call.path.endsWith("/video_generation")
        ? { bytes: FILM, mediaType: "video/mp4" }
        : { bytes: mp3Of(2), mediaType: "audio/mpeg" },
    answer: (call, kind, place) => said(answer(call, kind, place)),
    state: (job, place) =>
      said((job.submission.path.startsWith("/v2/") ? secondState : firstState)(job, place)),
  };
  return startFakeServer(vendor, scenario);
}

const OK = { status_code: 0, status_msg: "success" };

/** An answer that does not say that it is one. */
function withoutBase(given: FakeAnswer): FakeAnswer {
  const pieces = given.pieces.map((piece) =>
    typeof piece === "string" ? piece.replace(`,"base_resp":${JSON.stringify(OK)}`, "") : piece,
  );
  return { ...given, pieces };
}

function answer(call: FakeCall, kind: "full" | "empty" | "refused", place: FakePlace): FakeAnswer {
  const retrieved = RETRIEVE.exec(call.path)?.groups?.["file"];
  if (retrieved !== undefined) {
    const download = `${place.origin}/fake-files/${retrieved}`;
    return jsonAnswer(200, {
      file: { file_id: Number(retrieved), filename: "output.mp4", download_url: download },
      base_resp: OK,
    });
  }
  if (call.path === "/anthropic/v1/messages") return messagesAnswer(call, kind);
  if (kind === "refused") {
    return call.path.startsWith("/v2/")
      ? httpFailed(422, "input_sensitive", "input new_sensitive (1026)")
      : baseFailed(1026, "input new_sensitive");
  }
  switch (call.path) {
    case "/v2/video_generation":
      return jsonAnswer(200, { task_id: place.jobId });
    case "/v1/video_generation":
      return jsonAnswer(200, { task_id: place.jobId, base_resp: OK });
    default: {
      const audio = Buffer.from(place.file.bytes).toString("hex");
      const info = { usage_characters: 40, audio_length: 2_000, music_duration: 25_364 };
      return jsonAnswer(200, {
        data: { audio, status: 2 },
        extra_info: info,
        trace_id: "t",
        base_resp: OK,
      });
    }
  }
}

function messagesAnswer(call: FakeCall, kind: "full" | "empty" | "refused"): FakeAnswer {
  if (kind === "refused")
    return httpFailed(400, "invalid_request_error", "input contains sensitive content (1026)");
  const { model } = z.object({ model: z.string() }).parse(call.body);
  const written = kind === "full" ? FAKE_TEXT : "";
  const message = { id: "m1", type: "message", role: "assistant", model, content: [], stop_reason: null };
  return eventAnswer([
    {
      type: "message_start",
      message: { ...message, usage: { input_tokens: 40, output_tokens: 0, cache_read_input_tokens: 0 } },
    },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    ...wordsOf(written).map((words) => ({
      type: "content_block_delta",
      index: 0,
      delta: { type: "text_delta", text: words },
    })),
    { type: "content_block_stop", index: 0 },
    {
      type: "message_delta",
      delta: { stop_reason: "end_turn", stop_sequence: null },
      usage: { input_tokens: 40, output_tokens: 30, cache_read_input_tokens: 0 },
    },
    { type: "message_stop" },
  ]);
}

function firstState({ id, state }: FakeJob, { fileUrl }: FakePlace): FakeAnswer {
  switch (state) {
    case "succeeded":
      return jsonAnswer(200, {
        task_id: id,
        status: "Success",
        file_id: fileUrl.split("/").at(-1),
        base_resp: OK,
      });
    case "refused":
      return jsonAnswer(200, {
        task_id: id,
        status: "Fail",
        file_id: "",
        base_resp: { status_code: 1027, status_msg: "output new_sensitive" },
      });
    case "failed":
    case "cancelled":
      return jsonAnswer(200, { task_id: id, status: "Fail", file_id: "", base_resp: OK });
    case "running":
    default:
      return jsonAnswer(200, { task_id: id, status: "Processing", file_id: "", base_resp: OK });
  }
}

function secondState({ id, state }: FakeJob, { fileUrl }: FakePlace): FakeAnswer {
  switch (state) {
    case "succeeded":
      return jsonAnswer(200, {
        task: {
          id,
          status: "succeeded",
          content: { url: fileUrl },
          duration: 5,
          usage: { total_seconds: 5, input_seconds: 0, output_seconds: 5 },
        },
      });
    case "refused":
      return jsonAnswer(200, {
        task: { id, status: "failed", error: { code: 1027, message: "output new_sensitive" } },
      });
    case "failed":
    case "cancelled":
      return jsonAnswer(200, {
        task: { id, status: "failed", error: { code: 1000, message: "unknown error" } },
      });
    case "running":
    default:
      return jsonAnswer(200, { task: { id, status: "running" } });
  }
}

function baseFailed(code: number, message: string): FakeAnswer {
  return jsonAnswer(200, { base_resp: { status_code: code, status_msg: message } });
}

function baseError(status: number, kind: string): FakeAnswer {
  switch (kind) {
    case "unauthorized":
      return baseFailed(1004, "login fail: Please carry the API secret key");
    case "quota":
      return baseFailed(1008, "insufficient balance");
    case "rate_limited":
      return baseFailed(1002, "rate limit exceeded");
    case "not_found":
      return baseFailed(2013, "invalid params, task_id");
    case "gateway_timeout":
      return baseFailed(1001, "request timeout");
    default:
      return baseFailed(status === 500 ? 1000 : 1033, "unknown error");
  }
}

function httpFailed(status: number, type: string, message: string): FakeAnswer {
  const error = { type, message, http_code: String(status) };
  return jsonAnswer(status, { type: "error", error, request_id: "r1" });
}

function httpError(status: number, kind: string): FakeAnswer {
  switch (kind) {
    case "unauthorized":
      return httpFailed(status, "authentication_error", "login fail: Please carry the API secret key (1004)");
    case "quota":
      return httpFailed(402, "insufficient_balance_error", "insufficient balance (1008)");
    case "rate_limited":
      return httpFailed(status, "rate_limit_error", "rate limit exceeded (1002)");
    case "not_found":
      return httpFailed(404, "not_found_error", "task not found");
    default:
      return httpFailed(status, "api_error", "unknown error, 999 (1000)");
  }
}
