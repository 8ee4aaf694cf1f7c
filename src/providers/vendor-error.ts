import { z } from "zod";
import { secretForms } from "./secret-forms.ts";

/** What a vendor said of an error, in one shape. */
export interface VendorError {
  /** Its own words, the key removed and cut to a length for a sentence; empty where it said nothing. */
  message: string;
  /** The status that the SDK gives; for an error inside a stream it is made up from the error's kind. */
  status: number | null;
  isQuota: boolean;
  isContentRefusal: boolean;
  /** Whether the key is what is wrong, which Google says with 400. */
  isKeyRefusal: boolean;
}

/**
 * An answer of a vendor that says no: a status that is not 2xx or, of vendors that answer their errors with 200, the status
 * that would have fitted. `body` is what it said, best as it came.
 */
export class VendorAnswerError extends Error {
  override readonly name = "VendorAnswerError";
  readonly statusCode: number;
  readonly responseBody: string;

  constructor({ status, body }: { status: number; body: string }) {
    super(`answered with ${status}`);
    this.statusCode = status;
    this.responseBody = body;
  }
}

const MAX_MESSAGE_CHARACTERS = 300;
/** How deep the words of an error may lie in its JSON. */
const MAX_DEPTH = 4;

/** Errors of the AI SDK and of ours carry `statusCode` and `responseBody`; those of Runway's SDK `status` and `error`. */
const thrown = z.object({
  message: z.string().catch(""),
  statusCode: z.number().optional().catch(undefined),
  status: z.number().optional().catch(undefined),
  responseBody: z.string().optional().catch(undefined),
  error: z.record(z.string(), z.json()).optional().catch(undefined),
});

/** Fields in which vendors put their words, the most telling first. */
const WORDS = [
  "message",
  "msg",
  "detail",
  "details",
  "error",
  "errors",
  "status_msg",
  "err_msg",
  "base_resp",
  "failure",
  "failReason",
  "fail_reason",
  "errorMessage",
  "description",
  "title",
];
/** Fields in which vendors say of what kind an error is. */
const KINDS = [
  "type",
  "code",
  "status",
  "name",
  "reason",
  "error",
  "failureCode",
  "failure_code",
  "err_code",
];

const QUOTA_KINDS = /quota|billing|insufficient|payment_required|balance/i;
const QUOTA_WORDS =
  /credit balance|exceeded your current quota|insufficient (?:account )?(?:balance|credits?|funds|quota)|not (?:have )?enough (?:api )?(?:credits?|tokens)|(?:out of|used all available) credits|exhausted balance|quota_not_enough/i;
const KEY_KINDS = /API_KEY_(?:INVALID|EXPIRED|SERVICE_BLOCKED)/;
const REFUSAL_KINDS =
  /moderat|content_?policy|content_against|bad_prompt|content_?filter|safety|nsfw|sensitive|prohibited|blocked/i;
const REFUSAL_WORDS =
  /content moderation|content policy|blocked by guardrail|flagged|nsfw|prohibited content|sensitive (?:content|words?)|usage guidelines|safety (?:system|filter|reason)/i;

/** Reads the words and the kind of an error that an SDK threw. `apiKey` is empty where there is none. */
export function vendorError(error: unknown, apiKey: string): VendorError {
  const {
    message = "",
    statusCode,
    status,
    responseBody,
    error: parsedBody,
  } = thrown.safeParse(error).data ?? {};
  const body = parsedBody ?? parsed(responseBody ?? "");
  const kinds = kindsIn(body, 0).join(" ");
  const words = redact(wordsIn(body, 0) || (responseBody === undefined ? message : ""), apiKey);
  return {
    message: shortened(words),
    status: statusCode ?? status ?? null,
    isQuota: QUOTA_KINDS.test(kinds) || QUOTA_WORDS.test(words),
    isContentRefusal: REFUSAL_KINDS.test(kinds) || REFUSAL_WORDS.test(words),
    isKeyRefusal: KEY_KINDS.test(kinds),
  };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function fieldOf(value: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}

/** The first words that are found: a text, or the texts of a list. */
function wordsIn(value: unknown, depth: number): string {
  if (typeof value === "string") return depth === 0 ? "" : value;
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return "";
  if (Array.isArray(value)) {
    const all = value.slice(0, 5).map((entry) => wordsIn(entry, depth + 1));
    return all.filter((words) => words !== "").join("; ");
  }
  for (const name of WORDS) {
    const words = wordsIn(fieldOf(value, name), depth + 1);
    if (words !== "") return words;
  }
  return "";
}

function kindsIn(value: unknown, depth: number): string[] {
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return [];
  if (Array.isArray(value)) return value.slice(0, 5).flatMap((entry) => kindsIn(entry, depth + 1));
  const own = KINDS.map((name) => fieldOf(value, name)).filter((kind) => typeof kind === "string");
  return [...own, ...WORDS.flatMap((name) => kindsIn(fieldOf(value, name), depth + 1))];
}

/** Takes keys out of a text: the one that was sent, in whatever form, and whatever looks like one. */
function redact(words: string, apiKey: string): string {
  const known = secretForms(apiKey).reduce((text, form) => text.replaceAll(form, "•••"), words);
  return known
    .replace(/\beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?/g, "•••")
    .replace(/\b(?:sk|key|xi|r8|fal|xai|gsk|pplx|fw|tgp)[-_][\w*-]{6,}/gi, "•••")
    .replace(/\bAIza[\w-]{20,}/g, "•••")
    .replace(/\b(?:Bearer|Key|Token)\s+[\w.-]{16,}/gi, (found) => `${found.split(/\s/)[0]} •••`);
}

function shortened(words: string): string {
  const line = words.replace(/\s+/g, " ").trim();
  return line.length > MAX_MESSAGE_CHARACTERS
    ? `${line.slice(0, MAX_MESSAGE_CHARACTERS).toWellFormed()}…`
    : line;
}
