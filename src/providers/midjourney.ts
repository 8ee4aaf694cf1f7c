import { z } from "zod";
import type { Outbound } from "../net/outbound.ts";
import { providerFacts } from "./catalogue-data.ts";
import { createJobs, type JobState } from "./jobs.ts";
import type { Provider, ProviderRequest } from "./provider.ts";
import { numberOf, textOf } from "./request-parameters.ts";
import type { VendorCall } from "./vendor-call.ts";
import { VendorAnswerError, vendorError } from "./vendor-error.ts";
import { dataUrl, readJson } from "./vendor-http.ts";

/** What gateways answer to what is submitted. `result` is the id of the task, also of one that was there already. */
const submitted = z.object({
  code: z.number(),
  description: z.string().catch(""),
  result: z.union([z.string(), z.number()]).transform(String).nullish().catch(null),
  properties: z.record(z.string(), z.unknown()).nullish().catch(null),
});
const ACCEPTED = new Set([1, 21, 22]);
/** The statuses that would have fitted; all others are requests that a gateway does not accept. */
const STATUS_OF_CODE: Record<number, number> = { 3: 503, 9: 500, 23: 429 };
const BANNED_WORD = 24;

const task = z.object({
  status: z.string().catch(""),
  progress: z.string().nullish().catch(null),
  imageUrl: z.string().nullish().catch(null),
  failReason: z.string().nullish().catch(null),
});

/**
 * Midjourney, through a gateway that the person brings. Midjourney has no official API: every such gateway is unofficial and
 * may breach Midjourney's terms. The address ends in `/mj` and speaks as midjourney-proxy does
 * (https://github.com/novicezk/midjourney-proxy/blob/main/docs/api.md): POST `/submit/imagine`, then GET
 * `/task/{id}/fetch`. The picture is the grid of four. Some gateways can cancel: POST `/task/{id}/cancel`. Flags are added
 * from the step's parameters only: those written into a prompt or another text go as plain words, since `--turbo` or
 * `--repeat` would make the call cost a multiple.
 */
export function createMidjourneyProvider(outbound: Outbound): Provider {
  const facts = providerFacts("midjourney");
  return {
    id: facts.id,
    name: facts.name,
    ...createJobs(
      { facts, pollAfterMs: 5_000, submit: startTask, read: readTask, cancel: cancelTask },
      outbound,
    ),
  };
}

async function startTask(call: VendorCall, request: ProviderRequest): Promise<string> {
  const base64Array = request.images.map(dataUrl);
  const answer = await readJson(
    call,
    {
      path: "/submit/imagine",
      headers: headersOf(call),
      body: { prompt: promptOf(request), ...(base64Array.length > 0 && { base64Array }) },
    },
    submitted,
  );
  const taskId = answer.result ?? "";
  if (ACCEPTED.has(answer.code) && /^[\w-]+$/.test(taskId)) return taskId;
  throw refusal(answer);
}

function refusal({ code, description, properties }: z.output<typeof submitted>): VendorAnswerError {
  if (code === BANNED_WORD) {
    const word = properties?.["bannedWord"];
    const message = typeof word === "string" ? `${description} (${word})` : description;
    return new VendorAnswerError({ status: 400, body: JSON.stringify({ code: "content_policy", message }) });
  }
  return new VendorAnswerError({
    status: STATUS_OF_CODE[code] ?? 400,
    body: JSON.stringify({ message: description }),
  });
}

/** Midjourney takes one line, its parameters at the end (https://docs.midjourney.com/hc/en-us/articles/32859204029709). */
function promptOf(request: ProviderRequest): string {
  const options = {
    ar: textOf(request, "aspect_ratio") ?? proportionsOf(textOf(request, "size")),
    style: textOf(request, "style"),
    stylize: numberOf(request, "stylize"),
    seed: numberOf(request, "seed"),
    no: textOf(request, "negative_prompt"),
  };
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const flags = given.map(([name, value]) => `--${name} ${plain(String(value))}`);
  const words = [plain(request.prompt), ...flags];
  return words.join(" ").replace(/\s+/g, " ").trim();
}

/**
 * Words without what multiplies the price: flags such as `--repeat 10`, also with the long dash that keyboards make of two
 * hyphens, become words behind a single one; `{red, green}`, which makes a picture of each, stands in other brackets.
 */
function plain(words: string): string {
  return words
    .replace(/\p{Pd}{2,}|[\u2012-\u2015\u2E3A\u2E3B\uFE58]/gu, " - ")
    .replaceAll("{", "(")
    .replaceAll("}", ")");
}

/** A size in pixels as a ratio of whole numbers, as `7:4` for `1344x768`. */
function proportionsOf(size: string | undefined): string | undefined {
  const [, width = "", height = ""] = /^(\d+)x(\d+)$/.exec(size ?? "") ?? [];
  if (width === "") return undefined;
  let [divisor, rest] = [Number(width), Number(height)];
  while (rest > 0) [divisor, rest] = [rest, divisor % rest];
  return `${Number(width) / divisor}:${Number(height) / divisor}`;
}

async function readTask(call: VendorCall, jobId: string): Promise<JobState> {
  const path = `/task/${jobId}/fetch`;
  const { status, progress, imageUrl, failReason } = await readJson(
    call,
    { path, headers: headersOf(call) },
    task,
  );
  switch (status) {
    case "SUCCESS":
      if (!imageUrl) return { state: "failed", code: "unknown", message: "", billed: "yes" };
      return {
        state: "done",
        results: [{ url: imageUrl }],
        output: { files: [], usage: { images: 1, generations: 1 } },
      };
    case "FAILURE":
    case "CANCEL": {
      const message = failReason ?? "";
      const isRefused = vendorError({ message }, call.apiKey).isContentRefusal || /banned/i.test(message);
      const code = status === "CANCEL" ? "cancelled" : isRefused ? "content_refused" : "unavailable";
      // Each gateway has its own rule.
      return { state: "failed", code, message, billed: "unknown" };
    }
    case "MODAL":
      // It waits for someone to fill in a form.
      return { state: "failed", code: "bad_request", message: failReason ?? status, billed: "no" };
    default:
      return { state: "running", progress: fractionOf(progress) };
  }
}

/** `50%` as 0.5; undefined where it is none, since it may be a word. */
function fractionOf(progress: string | null | undefined): number | undefined {
  const percent = /^(\d{1,3})%$/.exec(progress ?? "")?.[1];
  return percent === undefined ? undefined : Math.min(1, Number(percent) / 100);
}

async function cancelTask(call: VendorCall, jobId: string): Promise<void> {
  const path = `/task/${jobId}/cancel`;
  const answer = await readJson(call, { method: "POST", path, headers: headersOf(call) }, submitted);
  if (!ACCEPTED.has(answer.code)) throw refusal(answer);
}

/** midjourney-proxy reads the first header, gateways that resell it the second; none is needed where there is no key. */
function headersOf({ apiKey }: VendorCall): Record<string, string> {
  return apiKey === "" ? {} : { "mj-api-secret": apiKey, authorization: `Bearer ${apiKey}` };
}
