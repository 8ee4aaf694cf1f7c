import { z } from "zod";
import type { Outbound } from "../net/outbound.ts";
import { providerFacts } from "./catalogue-data.ts";
import { createJobs, type JobState } from "./jobs.ts";
import type { Provider, ProviderRequest } from "./provider.ts";
import { booleanOf, textOf } from "./request-parameters.ts";
import type { VendorCall } from "./vendor-call.ts";
import { VendorAnswerError } from "./vendor-error.ts";
import { readJson, type VendorRequest } from "./vendor-http.ts";

/**
 * The description calls an address for callbacks required; what became of a song is asked for instead. This one is the
 * placeholder of that description: the name belongs to nobody, so no song goes there.
 */
const NO_CALLBACK = "https://api.example.com/callback";
/** The longest that every model takes. */
const MAX_CHARACTERS = { prompt: 500, style: 1_000, title: 80 };

/** Every answer comes in an envelope, errors mostly with HTTP 200. */
const envelope = z.object({ code: z.number(), msg: z.string().nullish().catch(null), data: z.unknown() });
/** The statuses that would have fitted: too long, too often, down for maintenance. */
const STATUS_OF_CODE: Record<number, number> = { 413: 400, 430: 429, 455: 503 };
/** What 429 says of some gateways: that the credit is used up; of others it means too often. */
const CREDIT_WORDS = /credit|insufficient|balance/i;

const accepted = z.object({ taskId: z.string().regex(/^[\w-]+$/) });
const song = z.object({
  audioUrl: z.string().nullish().catch(null),
  duration: z.number().positive().nullish().catch(null),
});
const record = z.object({
  status: z.string(),
  response: z
    .object({ sunoData: z.array(song).nullish().catch(null) })
    .nullish()
    .catch(null),
  errorMessage: z.string().nullish().catch(null),
});

/**
 * Suno, through a gateway that the person brings. Suno has no official API: every such gateway is unofficial and may breach
 * Suno's terms. It speaks as https://docs.sunoapi.org describes: POST `/api/v1/generate`, then GET
 * `/api/v1/generate/record-info`. Each call makes two songs.
 */
export function createSunoProvider(outbound: Outbound): Provider {
  const facts = providerFacts("suno");
  return {
    id: facts.id,
    name: facts.name,
    ...createJobs({ facts, pollAfterMs: 10_000, submit: startTask, read: readTask }, outbound),
  };
}

async function startTask(call: VendorCall, request: ProviderRequest): Promise<string> {
  const body = {
    model: request.modelId,
    callBackUrl: NO_CALLBACK,
    negativeTags: textOf(request, "negative_prompt"),
    ...songOf(request),
  };
  return accepted.parse(await ask(call, { path: "/api/v1/generate", headers: headersOf(call), body })).taskId;
}

/**
 * What to play. Words are sung and a style without voice is kept in custom mode; there the prompt would be sung, so that it
 * goes with the style. Everything else is described in the prompt.
 */
function songOf(request: ProviderRequest) {
  const style = textOf(request, "style");
  const lyrics = textOf(request, "lyrics");
  const instrumental = lyrics === undefined && (booleanOf(request, "instrumental") ?? false);
  const described = style === undefined ? request.prompt : `${style}. ${request.prompt}`;
  if (lyrics === undefined && (style === undefined || !instrumental)) {
    return { customMode: false, instrumental, prompt: cut(described, MAX_CHARACTERS.prompt) };
  }
  return {
    customMode: true,
    instrumental,
    ...(lyrics !== undefined && { prompt: lyrics }),
    style: cut(described, MAX_CHARACTERS.style),
    title: cut(request.topic || request.prompt, MAX_CHARACTERS.title),
  };
}

function cut(text: string, characters: number): string {
  return text.slice(0, characters).toWellFormed();
}

async function readTask(call: VendorCall, jobId: string): Promise<JobState> {
  const path = `/api/v1/generate/record-info?taskId=${jobId}`;
  const answer = await ask(call, { path, headers: headersOf(call) });
  if (answer === null) throw new VendorAnswerError({ status: 404, body: "" });
  const { status, response, errorMessage } = record.parse(answer);
  const songs = response?.sunoData ?? [];
  const message = errorMessage ?? "";
  switch (status) {
    case "SUCCESS":
      return finished(songs);
    case "CALLBACK_EXCEPTION":
      // Nobody listens there, which says nothing about the songs.
      return songs.length > 0 && songs.every(({ audioUrl }) => audioUrl)
        ? finished(songs)
        : { state: "running" };
    case "SENSITIVE_WORD_ERROR":
      return { state: "failed", code: "content_refused", message, billed: "no" };
    case "CREATE_TASK_FAILED":
      return { state: "failed", code: "unavailable", message, billed: "no" };
    case "GENERATE_AUDIO_FAILED":
      // Each gateway has its own rule.
      return { state: "failed", code: "unavailable", message, billed: "unknown" };
    case "FIRST_SUCCESS":
      return { state: "running", progress: 0.7 };
    case "TEXT_SUCCESS":
      return { state: "running", progress: 0.3 };
    default:
      return { state: "running" };
  }
}

function finished(songs: z.output<typeof song>[]): JobState {
  const results = songs.flatMap(({ audioUrl }) => (audioUrl ? [{ url: audioUrl }] : []));
  if (results.length === 0) return { state: "failed", code: "unknown", message: "", billed: "yes" };
  const audioSeconds = songs.reduce((sum, { duration }) => sum + (duration ?? 0), 0);
  const usage = { generations: 1, ...(audioSeconds > 0 && { audioSeconds }) };
  return { state: "done", results, output: { files: [], usage } };
}

/** What the envelope holds. @throws VendorAnswerError where it says no. */
async function ask(call: VendorCall, request: VendorRequest): Promise<unknown> {
  const { code, msg, data } = await readJson(call, request, envelope);
  if (code === 200) return data;
  const message = msg ?? "";
  const status = code === 429 && CREDIT_WORDS.test(message) ? 402 : (STATUS_OF_CODE[code] ?? code);
  throw new VendorAnswerError({ status, body: JSON.stringify({ message }) });
}

function headersOf({ apiKey }: VendorCall): Record<string, string> {
  return apiKey === "" ? {} : { authorization: `Bearer ${apiKey}` };
}
