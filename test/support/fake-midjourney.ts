import { z } from "zod";
import { pngOf } from "./fake-files.ts";
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
export const FAKE_MIDJOURNEY_KEY = "fake-gateway-0123456789";

const imagine = z.strictObject({
  prompt: z.string().min(1),
  base64Array: z.array(z.string().regex(/^data:image\/\w+;base64,/)).optional(),
  notifyHook: z.string().optional(),
  state: z.string().optional(),
});
const TASK = /^\/mj\/task\/(?<id>[\w-]+)\/(?<question>fetch|cancel)$/;

/**
 * A gateway to Midjourney that speaks as midjourney-proxy documents it. `MIDJOURNEY_BASE_URL` is `url` + `/mj`. A prompt of
 * "again" has a task already, one of "queue" is queued, one of "full" finds the queue full.
 */
export function startFakeMidjourney(scenario?: Scenario | Scenario[]): Promise<FakeServer> {
  const vendor: FakeVendor = {
    overloadedStatus: 503,
    error: errorAnswer,
    check: refusalOf,
    about(call) {
      const { id, question } = TASK.exec(call.path)?.groups ?? {};
      if (id === undefined) return { kind: "submit" };
      return { kind: question === "cancel" ? "cancel" : "poll", jobId: id };
    },
    file: () => ({ bytes: pngOf(64, 64), mediaType: "image/png" }),
    answer(call, kind, { jobId }) {
      if (kind === "refused") {
        const properties = { promptEn: "nude body", bannedWord: "nude" };
        return jsonAnswer(200, { code: 24, description: "可能包含敏感词", properties });
      }
      const prompt = imagine.parse(call.body).prompt;
      if (prompt === "again") return jsonAnswer(200, { code: 21, description: "任务已存在", result: jobId });
      if (prompt === "queue") {
        const properties = { numberOfQueues: 1 };
        return jsonAnswer(200, {
          code: 22,
          description: "排队中，前面还有1个任务",
          result: jobId,
          properties,
        });
      }
      if (prompt === "full") return jsonAnswer(200, { code: 23, description: "队列已满，请稍后尝试" });
      return jsonAnswer(200, { code: 1, description: "成功", result: jobId });
    },
    state(job, { fileUrl }) {
      const common = { id: job.id, action: "IMAGINE", submitTime: 1_689_231_405_854 };
      switch (job.state) {
        case "succeeded":
          return jsonAnswer(200, {
            ...common,
            status: "SUCCESS",
            progress: "100%",
            imageUrl: fileUrl,
            failReason: null,
          });
        case "refused":
          return jsonAnswer(200, { ...common, status: "FAILURE", failReason: "Banned prompt detected" });
        case "failed":
          return jsonAnswer(200, {
            ...common,
            status: "FAILURE",
            failReason: "[Job failed] Please try again",
          });
        case "cancelled":
          return jsonAnswer(200, { ...common, status: "CANCEL", progress: "0%", failReason: null });
        case "running":
        default:
          return jsonAnswer(200, { ...common, status: "IN_PROGRESS", progress: "50%", imageUrl: null });
      }
    },
    cancelled: (job) => jsonAnswer(200, { code: 1, description: "成功", result: job.id }),
  };
  return startFakeServer(vendor, scenario);
}

function refusalOf(call: FakeCall): FakeAnswer | null {
  const isKnown =
    call.headers["mj-api-secret"] === FAKE_MIDJOURNEY_KEY &&
    call.headers["authorization"] === `Bearer ${FAKE_MIDJOURNEY_KEY}`;
  if (!isKnown) return errorAnswer(401, "unauthorized");
  const task = TASK.exec(call.path);
  if (task) {
    const method = task.groups?.["question"] === "cancel" ? "POST" : "GET";
    return call.method === method ? null : jsonAnswer(405, { error: "Method Not Allowed" });
  }
  if (call.path !== "/mj/submit/imagine" || call.method !== "POST") return errorAnswer(404, "not_found");
  const result = imagine.safeParse(call.body);
  return result.success ? null : jsonAnswer(200, { code: 4, description: z.prettifyError(result.error) });
}

function errorAnswer(status: number, kind: string): FakeAnswer {
  switch (kind) {
    case "unauthorized":
      return jsonAnswer(status, { code: status, description: "Unauthorized" });
    case "quota":
      return jsonAnswer(400, { code: 4, description: "quota_not_enough", type: "upstream_error" });
    case "rate_limited":
      return jsonAnswer(status, { code: 30, description: "当前分组负载已饱和", type: "upstream_error" });
    case "not_found":
      return jsonAnswer(404, { error: "Not Found" });
    default:
      return jsonAnswer(status, { code: 9, description: "系统异常" });
  }
}
