import { z } from "zod";
import { pngOf } from "./fake-files.ts";
import {
  jsonAnswer,
  startFakeServer,
  type FakeAnswer,
  type FakeServer,
  type FakeVendor,
  type Scenario,
} from "./fake-server.ts";

/** The key that the fake takes: a UUID, as the vendor's are. */
export const FAKE_LEONARDO_KEY = "c0ffee00-1111-4222-8333-444455556666";

const ROOT = "/api/rest/v1/generations";
const side = z.int().min(32).max(1_536).multipleOf(8).optional();
const generationBody = z.strictObject({
  prompt: z.string().min(1),
  modelId: z.uuid().optional(),
  num_images: z.int().min(1).max(8).optional(),
  width: side,
  height: side,
  alchemy: z.boolean().optional(),
  ultra: z.boolean().optional(),
  contrast: z.literal([1, 1.3, 1.8, 2.5, 3, 3.5, 4, 4.5]).optional(),
  enhancePrompt: z.boolean().optional(),
  negative_prompt: z.string().optional(),
  seed: z.int().min(0).max(9_999_999_998).optional(),
});

/** Leonardo's `/generations`, in the shapes of its published API. `LEONARDO_BASE_URL` is `url` + `/api/rest/v1`. */
export function startFakeLeonardo(scenario?: Scenario | Scenario[]): Promise<FakeServer> {
  const vendor: FakeVendor = {
    overloadedStatus: 503,
    error: errorAnswer,
    check(call) {
      if (call.headers["authorization"] !== `Bearer ${FAKE_LEONARDO_KEY}`)
        return errorAnswer(401, "unauthorized");
      if (call.method === "GET" && call.path.startsWith(`${ROOT}/`)) return null;
      if (call.method !== "POST" || call.path !== ROOT) return said(404, "not-found", "endpoint not found");
      const result = generationBody.safeParse(call.body);
      return result.success ? null : said(400, "bad-request", result.error.message);
    },
    about(call) {
      if (call.method !== "GET") return { kind: "submit" };
      return { kind: "poll", jobId: call.path.slice(`${ROOT}/`.length) };
    },
    file: () => ({ bytes: pngOf(64, 64), mediaType: "image/png" }),
    answer(_call, kind, { jobId }) {
      if (kind === "refused") return said(400, "bad-request", "Prompt rejected by content moderation.");
      const cost = { amount: "0.0147", unit: "DOLLARS" };
      return jsonAnswer(200, { sdGenerationJob: { generationId: jobId, apiCreditCost: null, cost } });
    },
    state({ id, state }, { fileUrl }) {
      const picture = { id: "picture-1", url: fileUrl, nsfw: false, likeCount: 0 };
      // Until there are pictures, it has no list of them.
      if (state === "running") return jsonAnswer(200, { generations_by_pk: { id, status: "PENDING" } });
      const isDone = state === "succeeded" || state === "refused";
      return jsonAnswer(200, {
        generations_by_pk: {
          id,
          status: isDone ? "COMPLETE" : "FAILED",
          generated_images: state === "succeeded" ? [picture] : [],
        },
      });
    },
  };
  return startFakeServer(vendor, scenario);
}

function said(status: number, code: string, error: string): FakeAnswer {
  return jsonAnswer(status, { error, path: "$", code });
}

function errorAnswer(status: number, kind: string): FakeAnswer {
  switch (kind) {
    case "unauthorized":
      return said(status, "access-denied", "Authentication hook unauthorized this request");
    case "quota":
      return said(400, "unexpected", "not enough api tokens");
    case "rate_limited":
      return said(status, "unexpected", "too many requests");
    case "not_found":
      return jsonAnswer(200, { generations_by_pk: null });
    default:
      return said(status, "unexpected", "unknown error");
  }
}
