import { z } from "zod";

/** What a vendor said of an error, in one shape. */
export interface VendorError {
  /** Its own words, the key removed and cut to a length for a sentence; empty where it said nothing. */
  message: string;
  /** The status that the SDK gives; for an error inside a stream it is made up from the error's kind. */
  status: number | null;
  isQuota: boolean;
  isContentRefusal: boolean;
}

const MAX_MESSAGE_CHARACTERS = 300;

const thrown = z.object({
  message: z.string().catch(""),
  statusCode: z.number().optional().catch(undefined),
  responseBody: z.string().optional().catch(undefined),
});

const text = z.string().nullish().catch(null);
const openaiOrAnthropic = z.object({ error: z.object({ message: z.string(), type: text, code: text }) });
const elevenlabs = z.object({ detail: z.object({ message: z.string(), status: text }) });
const fastApi = z.object({ detail: z.array(z.object({ msg: z.string() })).min(1) });
const plain = z.object({ detail: z.string() });

/** Reads the words and the kind of an error that an SDK threw. */
export function vendorError(error: unknown, apiKey: string | null): VendorError {
  const { message = "", statusCode, responseBody } = thrown.safeParse(error).data ?? {};
  const body = readBody(responseBody ?? "");
  const kinds = body?.kinds ?? "";
  const words = redact(body?.message || (responseBody === undefined ? message : ""), apiKey);
  return {
    message: shortened(words),
    status: statusCode ?? null,
    isQuota: /quota|billing/.test(kinds) || /credit balance|exceeded your current quota/i.test(words),
    isContentRefusal: /moderation|content_policy|content_against|content_filter|safety/.test(kinds),
  };
}

function readBody(body: string): { message: string; kinds: string } | undefined {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return undefined;
  }
  const usual = openaiOrAnthropic.safeParse(json).data?.error;
  if (usual) return { message: usual.message, kinds: `${usual.type ?? ""} ${usual.code ?? ""}` };
  const detail = elevenlabs.safeParse(json).data?.detail;
  if (detail) return { message: detail.message, kinds: detail.status ?? "" };
  const problems = fastApi.safeParse(json).data?.detail;
  if (problems) return { message: problems.map(({ msg }) => msg).join("; "), kinds: "" };
  const message = plain.safeParse(json).data?.detail;
  return message === undefined ? undefined : { message, kinds: "" };
}

/** Takes keys out of a text: the one that was sent, and whatever looks like one. */
function redact(words: string, apiKey: string | null): string {
  const known = apiKey === null || apiKey === "" ? words : words.replaceAll(apiKey, "•••");
  return known.replace(/\b(?:sk|key|xi)[-_][\w*-]{6,}/gi, "•••").replace(/Bearer\s+\S+/gi, "Bearer •••");
}

function shortened(words: string): string {
  const line = words.replace(/\s+/g, " ").trim();
  return line.length > MAX_MESSAGE_CHARACTERS
    ? `${line.slice(0, MAX_MESSAGE_CHARACTERS).toWellFormed()}…`
    : line;
}
