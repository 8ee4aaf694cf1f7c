import { z } from "zod";
import { mp3Of } from "./fake-files.ts";
import {
  jsonAnswer,
  startFakeServer,
  type FakeAnswer,
  type FakeCall,
  type FakeServer,
  type FakeVendor,
  type Scenario,
} from "./fake-server.ts";

/** The key that the fake takes. */
export const FAKE_SUNO_KEY = "fake-suno-0123456789";

const common = {
  model: z.enum(["V4", "V4_5", "V4_5PLUS", "V4_5ALL", "V5", "V5_5"]),
  callBackUrl: z.url(),
  negativeTags: z.string().optional(),
};
const style = z.string().min(1).max(1_000);
const title = z.string().min(1).max(80);
const song = z.union([
  z.strictObject({
    ...common,
    customMode: z.literal(false),
    instrumental: z.boolean(),
    prompt: z.string().min(1).max(500),
  }),
  z.strictObject({
    ...common,
    customMode: z.literal(true),
    instrumental: z.literal(true),
    prompt: z.string().max(5_000).optional(),
    style,
    title,
  }),
  z.strictObject({
    ...common,
    customMode: z.literal(true),
    instrumental: z.literal(false),
    prompt: z.string().min(1).max(5_000),
    style,
    title,
  }),
]);
const RECORD = /^\/api\/v1\/generate\/record-info\?taskId=(?<id>[\w-]+)$/;

/** A gateway to Suno that speaks as docs.sunoapi.org describes. `SUNO_BASE_URL` is `url`. */
export function startFakeSuno(scenario?: Scenario | Scenario[]): Promise<FakeServer> {
  const vendor: FakeVendor = {
    overloadedStatus: 503,
    error: errorAnswer,
    check: refusalOf,
    about(call) {
      const jobId = RECORD.exec(call.path)?.groups?.["id"];
      return jobId === undefined ? { kind: "submit" } : { kind: "poll", jobId };
    },
    file: () => ({ bytes: mp3Of(1), mediaType: "audio/mpeg" }),
    answer(_call, kind, { jobId }) {
      if (kind === "refused") return enveloped(400, "The prompt contains sensitive words.");
      return enveloped(200, "success", { taskId: jobId });
    },
    state(job, { fileUrl }) {
      const record = { taskId: job.id, parentMusicId: "", param: "{}", type: "GENERATE" };
      const failed = { ...record, response: { taskId: job.id, sunoData: [] } };
      switch (job.state) {
        case "succeeded": {
          const sunoData = ["a", "b"].map((id) => ({
            id,
            audioUrl: fileUrl,
            streamAudioUrl: "",
            duration: 90.5,
          }));
          const response = { taskId: job.id, sunoData };
          return enveloped(200, "success", { ...record, response, status: "SUCCESS", errorMessage: null });
        }
        case "refused":
          return enveloped(200, "success", {
            ...failed,
            status: "SENSITIVE_WORD_ERROR",
            errorCode: 400,
            errorMessage: "The prompt contains prohibited words.",
          });
        case "failed":
          return enveloped(200, "success", {
            ...failed,
            status: "GENERATE_AUDIO_FAILED",
            errorCode: 501,
            errorMessage: "Audio generation failed.",
          });
        case "running":
        case "cancelled":
        default:
          return enveloped(200, "success", { ...record, response: null, status: "TEXT_SUCCESS" });
      }
    },
  };
  return startFakeServer(vendor, scenario);
}

function refusalOf(call: FakeCall): FakeAnswer | null {
  if (call.headers["authorization"] !== `Bearer ${FAKE_SUNO_KEY}`) return errorAnswer(401, "unauthorized");
  if (RECORD.test(call.path) && call.method === "GET") return null;
  if (call.path !== "/api/v1/generate" || call.method !== "POST") return errorAnswer(404, "not_found");
  const result = song.safeParse(call.body);
  return result.success ? null : enveloped(400, z.prettifyError(result.error));
}

/** Errors come with HTTP 200, too. */
function enveloped(code: number, msg: string, data: unknown = null): FakeAnswer {
  return jsonAnswer(200, { code, msg, data });
}

function errorAnswer(status: number, kind: string): FakeAnswer {
  switch (kind) {
    case "unauthorized":
      return enveloped(401, "You do not have access permissions");
    case "quota":
      return enveloped(429, "The current credits are insufficient. Please top up.");
    case "rate_limited":
      return enveloped(430, "Your call frequency is too high. Please try again later.");
    case "overloaded":
      return enveloped(455, "The website is being maintained, please try again later~");
    case "gateway_timeout":
      return { status, contentType: "text/html", pieces: ["<html>504 Gateway Time-out</html>"] };
    case "not_found":
      return enveloped(404, "Not found");
    default:
      return enveloped(status, "Server exception, please try again later~");
  }
}
