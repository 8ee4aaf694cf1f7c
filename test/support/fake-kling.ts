import { createHmac } from "node:crypto";
import { z } from "zod";
import { FILM } from "./fake-files.ts";
import {
  jsonAnswer,
  startFakeServer,
  type FakeAnswer,
  type FakeServer,
  type FakeVendor,
  type Scenario,
} from "./fake-server.ts";

/** The keys that the fake takes: an API key, and the older pair. */
export const FAKE_KLING_KEY = "kling-fake-0123456789";
export const FAKE_KLING_PAIR = "fake-access-0123456789:fake-secret-0123456789";

const base64 = z.string().regex(/^[A-Za-z0-9+/]+={0,2}$/);
const common = {
  model_name: z.string().regex(/^kling-v[\w-]+$/),
  negative_prompt: z.string().max(2_500).optional(),
  mode: z.enum(["std", "pro", "4k"]).optional(),
  aspect_ratio: z.enum(["16:9", "9:16", "1:1"]).optional(),
  duration: z
    .string()
    .regex(/^(?:[3-9]|1[0-5])$/)
    .optional(),
  sound: z.enum(["on", "off"]).optional(),
  external_task_id: z.string().min(1).max(100).optional(),
};

const BODIES: Record<string, z.ZodType> = {
  "/v1/videos/text2video": z.strictObject({ ...common, prompt: z.string().min(1).max(2_500) }),
  "/v1/videos/image2video": z.strictObject({
    ...common,
    prompt: z.string().max(2_500).optional(),
    image: base64,
    image_tail: base64.optional(),
  }),
};

const POLL = /^(?<place>\/v1\/videos\/(?:text|image)2video)\/(?<id>job-\d+)$/;

/** Kling's `/v1/videos/text2video` and `/v1/videos/image2video`, in the shapes of its published API. `KLING_BASE_URL` is `url`. */
export function startFakeKling(scenario?: Scenario | Scenario[]): Promise<FakeServer> {
  const places = new Map<string, string>();
  const vendor: FakeVendor = {
    overloadedStatus: 503,
    error: errorAnswer,
    check(call) {
      if (!isKnown(call.headers["authorization"] ?? "")) return errorAnswer(401, "unauthorized");
      const poll = POLL.exec(call.path)?.groups;
      const body = BODIES[call.path];
      if (!poll && !body) return failed(404, 1202, "The requested method is invalid");
      if (call.method !== (poll ? "GET" : "POST"))
        return failed(404, 1202, "The requested method is invalid");
      if (poll && places.get(poll["id"] ?? "") !== poll["place"]) return errorAnswer(404, "not_found");
      const result = body?.safeParse(call.body);
      return !result || result.success ? null : failed(400, 1201, z.prettifyError(result.error));
    },
    about(call) {
      const id = POLL.exec(call.path)?.groups?.["id"];
      return id === undefined ? { kind: "submit" } : { kind: "poll", jobId: id };
    },
    file: () => ({ bytes: FILM, mediaType: "video/mp4" }),
    answer(call, kind, { jobId }) {
      if (kind === "refused")
        return failed(400, 1301, "Request blocked: it triggers the content security policy");
      places.set(jobId, call.path);
      return succeeded({ task_id: jobId, task_status: "submitted", created_at: 1, updated_at: 1 });
    },
    state({ id, state }, { fileUrl }) {
      const about = { task_id: id, created_at: 1, updated_at: 2 };
      switch (state) {
        case "succeeded":
          return succeeded({
            ...about,
            task_status: "succeed",
            task_result: { videos: [{ id: "v1", url: fileUrl, duration: "5.1" }] },
            final_unit_deduction: "3",
          });
        case "refused":
          return succeeded({
            ...about,
            task_status: "failed",
            task_status_msg: "Failure to pass the risk control system",
          });
        case "failed":
        case "cancelled":
          return succeeded({ ...about, task_status: "failed", task_status_msg: "Generation failed" });
        case "running":
        default:
          return succeeded({ ...about, task_status: "processing" });
      }
    },
  };
  return startFakeServer(vendor, scenario);
}

/** The API key, or a token that the secret key of the pair has signed and that is good now. */
function isKnown(authorization: string): boolean {
  const token = authorization.replace(/^Bearer /, "");
  if (token === FAKE_KLING_KEY) return true;
  const [header = "", claims = "", signature] = token.split(".");
  const [access, secret = ""] = FAKE_KLING_PAIR.split(":");
  const expected = createHmac("sha256", secret).update(`${header}.${claims}`).digest("base64url");
  if (signature !== expected) return false;
  const { alg, typ } = z.object({ alg: z.string(), typ: z.string() }).parse(decoded(header));
  const { iss, exp, nbf } = z.object({ iss: z.string(), exp: z.int(), nbf: z.int() }).parse(decoded(claims));
  const now = Date.now() / 1_000;
  return alg === "HS256" && typ === "JWT" && iss === access && nbf <= now && exp > now && exp - now <= 1_800;
}

function decoded(part: string): unknown {
  return JSON.parse(Buffer.from(part, "base64url").toString());
}

function succeeded(data: object): FakeAnswer {
  return jsonAnswer(200, { code: 0, message: "SUCCEED", request_id: "r1", data });
}

function failed(status: number, code: number, message: string): FakeAnswer {
  return jsonAnswer(status, { code, message, request_id: "r1" });
}

function errorAnswer(status: number, kind: string): FakeAnswer {
  switch (kind) {
    case "unauthorized":
      return failed(status, 1002, "Authorization is invalid");
    case "quota":
      return failed(429, 1102, "Account balance not enough");
    case "rate_limited":
      return failed(status, 1302, "The API request is too fast");
    case "not_found":
      return failed(404, 1203, "The requested resource does not exist");
    case "gateway_timeout":
      return failed(status, 5002, "Server internal timeout");
    default:
      return failed(status, status === 503 ? 5001 : 5000, "Server internal error");
  }
}
