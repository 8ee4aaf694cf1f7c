import { createHmac } from "node:crypto";
import { z } from "zod";
import type { Outbound } from "../net/outbound.ts";
import { definedOnly } from "./ai-sdk.ts";
import { providerFacts } from "./catalogue-data.ts";
import { createJobs, type JobState } from "./jobs.ts";
import type { Provider, ProviderRequest } from "./provider.ts";
import { booleanOf, numberOf, textOf } from "./request-parameters.ts";
import type { VendorCall } from "./vendor-call.ts";
import { VendorAnswerError, vendorError } from "./vendor-error.ts";
import { readJson, type VendorRequest } from "./vendor-http.ts";

/**
 * Kling AI: films as jobs, from a text by `/v1/videos/text2video`, from a picture by `/v1/videos/image2video`. The key is an
 * API key, or the older pair of keys as `access:secret`. Source: https://app.klingai.com/global/dev/document-api.
 */
export function createKlingProvider(outbound: Outbound): Provider {
  const facts = providerFacts("kling");
  return {
    id: facts.id,
    name: facts.name,
    ...createJobs({ facts, pollAfterMs: 5_000, submit: startFilm, read: readFilm }, outbound),
  };
}

/** What Kling calls the modes that make these resolutions. */
const MODE_OF: Record<string, string> = { "720p": "std", "1080p": "pro", "4k": "4k" };

const started = z.object({ data: z.object({ task_id: z.string().min(1) }) });

/** The job's id begins with the kind of the task: only there is it known. A second picture is the last frame. */
async function startFilm(call: VendorCall, request: ProviderRequest): Promise<string> {
  if (request.modality !== "video") throw new Error(`Kling makes no ${request.modality}`);
  const [first, last] = request.images.map(({ bytes }) => Buffer.from(bytes).toString("base64"));
  const kind = first === undefined ? "text2video" : "image2video";
  const seconds = numberOf(request, "duration");
  const resolution = textOf(request, "resolution");
  const hasSound = booleanOf(request, "audio");
  const body = {
    model_name: request.modelId,
    prompt: request.prompt,
    negative_prompt: textOf(request, "negative_prompt"),
    mode: resolution === undefined ? undefined : (MODE_OF[resolution] ?? resolution),
    duration: seconds === undefined ? undefined : String(seconds),
    // A film that starts from a picture takes the picture's proportions.
    aspect_ratio: first === undefined ? textOf(request, "aspect_ratio") : undefined,
    sound: hasSound === undefined ? undefined : hasSound ? "on" : "off",
    image: first,
    image_tail: last,
    // Unique within the account, so that a request which arrives twice makes one film; documented for each kind of task.
    external_task_id: call.idempotencyKey,
  };
  const { data } = await readAnswer(call, { path: `/v1/videos/${kind}`, body }, started);
  return `${kind}/${data.task_id}`;
}

const JOB_ID = /^(?<kind>text2video|image2video)\/(?<id>.+)$/;

const task = z.object({
  data: z.object({
    task_status: z.string(),
    task_status_msg: z.string().nullish().catch(null),
    task_result: z
      .object({
        videos: z.array(z.object({ url: z.string(), duration: z.coerce.number().catch(Number.NaN) })),
      })
      .nullish()
      .catch(null),
    /** Units that the task took of the account. */
    final_unit_deduction: z.coerce.number().nullish().catch(null),
  }),
});

async function readFilm(call: VendorCall, jobId: string, request: ProviderRequest): Promise<JobState> {
  const { kind, id } = JOB_ID.exec(jobId)?.groups ?? {};
  if (kind === undefined || id === undefined) throw new Error("not the id of a job of Kling");
  const path = `/v1/videos/${kind}/${encodeURIComponent(id)}`;
  const { data } = await readAnswer(call, { path }, task);
  switch (data.task_status) {
    case "succeed": {
      const [video] = data.task_result?.videos ?? [];
      if (!video) throw new Error("a film without an address");
      // A film comes out a little longer than what was asked for, which is what is billed.
      const made = Number.isFinite(video.duration) ? video.duration : undefined;
      const videoSeconds = numberOf(request, "duration") ?? made;
      const credits = data.final_unit_deduction ?? undefined;
      return {
        state: "done",
        results: [{ url: video.url }],
        output: { files: [], usage: definedOnly({ videoSeconds, credits }) },
      };
    }
    case "failed": {
      const message = data.task_status_msg ?? "";
      const { isContentRefusal } = vendorError({ message }, call.apiKey);
      const isRefused = isContentRefusal || RISK.test(message);
      // Units of a task that failed are given back.
      return {
        state: "failed",
        code: isRefused ? "content_refused" : "unavailable",
        message,
        billed: "no",
      };
    }
    default:
      return { state: "running" };
  }
}

/** Words in which a task says that its content was declined. */
const RISK = /risk control|content security|platform strategy/i;

const envelope = z.looseObject({ code: z.number(), message: z.string().catch("") });

/** @throws VendorAnswerError where the answer is an error, its kind told by Kling's own code. */
async function readAnswer<Answer>(
  call: VendorCall,
  request: Pick<VendorRequest, "path" | "body">,
  schema: z.ZodType<Answer>,
): Promise<Answer> {
  const headers = { authorization: `Bearer ${klingBearer(call.apiKey, Date.now())}` };
  const answer = await readJson(call, { ...request, headers }, envelope).catch(explained);
  if (answer.code !== 0) throw answerError(STATUS_OF[answer.code] ?? 400, answer);
  return schema.parse(answer);
}

/** The HTTP statuses of errors that come with another. */
const STATUS_OF: Record<number, number> = {
  1000: 401,
  1001: 401,
  1002: 401,
  1003: 401,
  1004: 401,
  1101: 402,
  1102: 402,
  1203: 404,
  1302: 429,
  1303: 429,
  5000: 500,
  5001: 503,
  5002: 504,
};

/** An account in arrears or without units answers with 429, and content that is declined with 400, as other errors do. */
function answerError(status: number, { code, message }: z.output<typeof envelope>): VendorAnswerError {
  const kinds: Record<number, string> = {
    1101: "insufficient_balance",
    1102: "insufficient_balance",
    1300: "content_policy",
    1301: "content_policy",
  };
  return new VendorAnswerError({ status, body: JSON.stringify({ type: kinds[code], message }) });
}

function explained(error: unknown): never {
  if (!(error instanceof VendorAnswerError)) throw error;
  const answer = envelope.safeParse(jsonOf(error.responseBody)).data;
  throw answer ? answerError(error.statusCode, answer) : error;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** How long a token of the older pair of keys is good for, in seconds, and by how much clocks may differ. */
const TOKEN_SECONDS = 1_800;
const CLOCK_SECONDS = 5;

/** The API key as it is; of a pair of keys, a token that is signed with the secret one (JWT, HS256). */
export function klingBearer(apiKey: string, nowMs: number): string {
  const separator = apiKey.indexOf(":");
  if (separator < 0) return apiKey;
  const accessKey = apiKey.slice(0, separator).trim();
  const secretKey = apiKey.slice(separator + 1).trim();
  const now = Math.floor(nowMs / 1_000);
  const claims = { iss: accessKey, exp: now + TOKEN_SECONDS, nbf: now - CLOCK_SECONDS };
  const signed = [{ alg: "HS256", typ: "JWT" }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  return `${signed}.${createHmac("sha256", secretKey).update(signed).digest("base64url")}`;
}
