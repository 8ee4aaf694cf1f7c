import { ConnectionFailure, OutboundRefusal } from "../net/outbound.ts";
import { ProviderFailure, type FailureCode } from "../workflow/ports.ts";
import { failureSentence } from "./failure-sentence.ts";
import { SecondPurchase, type CallTrack } from "./tracked-fetch.ts";
import { vendorError, type VendorError } from "./vendor-error.ts";

/** A call that failed, and all that is known of it. */
export interface FailedCall {
  error: unknown;
  /** The vendor's name, for the sentence. */
  provider: string;
  /** The environment variable of the key, for the sentence; null where there is none. */
  keySetting: string | null;
  /** Removed from everything that is said. */
  apiKey: string | null;
  track: CallTrack;
  signal: AbortSignal;
  /** Whether part of the output had arrived. */
  hasOutput: boolean;
}

interface Verdict {
  code: FailureCode;
  billed: "no" | "yes" | "unknown";
  isTransient: boolean;
}

/**
 * Turns whatever an SDK or the network threw into what the engine works with: what it was, whether it was billed, whether
 * the same call may succeed later. What decides is the answer that was really received, not what the SDK calls it.
 */
export function failureOf(call: FailedCall): ProviderFailure {
  if (call.error instanceof ProviderFailure) return call.error;
  const vendor = vendorError(call.error, call.apiKey ?? "");
  const verdict = withEarlierWork(call, verdictOf(call, vendor));
  return new ProviderFailure({
    ...verdict,
    retryAfterMs: retryAfterMs(call.track.headers, Date.now()),
    detail: failureSentence({ ...verdict, ...call, vendorMessage: vendor.message }),
    // No `cause`: an SDK's error carries the whole request, key and prompt included.
  });
}

function verdictOf(call: FailedCall, vendor: VendorError): Verdict {
  const { track, signal, error } = call;
  const isAnswered = track.status !== null && (track.status < 200 || track.status > 299);
  if (isAnswered) return verdictOfStatus(track.status ?? 0, vendor);
  if (signal.aborted) {
    const isTimeout = signal.reason instanceof Error && signal.reason.name === "TimeoutError";
    const billed = track.hasStarted ? "unknown" : "no";
    return { code: isTimeout ? "timeout" : "cancelled", billed, isTransient: false };
  }
  if (track.status !== null) return verdictInsideAnswer(call, vendor);
  if (!track.hasStarted) return { code: "bad_request", billed: "no", isTransient: false };
  const refusal = causesOf(error).find((cause) => cause instanceof OutboundRefusal);
  if (refusal) return { code: "unavailable", billed: refusal.hasSent ? "unknown" : "no", isTransient: false };
  if (failedBeforeSending(error)) return { code: "unavailable", billed: "no", isTransient: true };
  return { code: "unavailable", billed: "unknown", isTransient: false };
}

/** Where part of the output had arrived, or another request of the call had been answered, work was done that may be billed. */
function withEarlierWork({ track, hasOutput }: FailedCall, verdict: Verdict): Verdict {
  const hasEarlierWork = hasOutput || track.hasEarlierSuccess;
  if (!hasEarlierWork || verdict.billed !== "no") return verdict;
  return { ...verdict, billed: "unknown", isTransient: false };
}

/** By DESIGN.md, section 5: what was answered with an error was not billed, unless the answer says that time ran out. */
function verdictOfStatus(status: number, vendor: VendorError): Verdict {
  if (status === 408 || status === 504) return { code: "timeout", billed: "unknown", isTransient: false };
  if (vendor.isQuota || status === 402) return { code: "quota", billed: "no", isTransient: false };
  if (status === 429) return { code: "rate_limited", billed: "no", isTransient: true };
  if (vendor.isKeyRefusal) return { code: "auth", billed: "no", isTransient: false };
  if (vendor.isContentRefusal) return { code: "content_refused", billed: "no", isTransient: false };
  if (status === 401 || status === 403) return { code: "auth", billed: "no", isTransient: false };
  if (status === 409 || status === 425) return { code: "unavailable", billed: "no", isTransient: true };
  if ([500, 502, 503, 529].includes(status)) return { code: "unavailable", billed: "no", isTransient: true };
  if (status >= 400 && status < 500) return { code: "bad_request", billed: "no", isTransient: false };
  if (status < 400) return { code: "unavailable", billed: "no", isTransient: false };
  return { code: "unavailable", billed: "unknown", isTransient: false };
}

/**
 * A failure after a 2xx had arrived. The connection was lost, or another call would have had to follow: in doubt. The vendor
 * reports an error in its stream: as that error. All arrived and cannot be read: the vendor did its work and bills
 * it, so the call counts as billed; what for is left to who knows the price.
 */
function verdictInsideAnswer(call: FailedCall, vendor: VendorError): Verdict {
  const isInDoubt = causesOf(call.error).some(
    (cause) => isNetworkError(cause) || cause instanceof TruncatedAnswer || cause instanceof SecondPurchase,
  );
  if (isInDoubt) {
    return { code: "unavailable", billed: "unknown", isTransient: false };
  }
  if (vendor.status !== null && vendor.status >= 400) return verdictOfStatus(vendor.status, vendor);
  return { code: "unknown", billed: "yes", isTransient: false };
}

/** A stream that ended without the event with which the vendor ends it. */
export class TruncatedAnswer extends Error {
  override readonly name = "TruncatedAnswer";

  constructor() {
    super("The answer ended half-way.");
  }
}

/** An error and all that it was caused by; several at once where several addresses were tried. */
function causesOf(error: unknown): Error[] {
  const found: Error[] = [];
  const open: unknown[] = [error];
  while (open.length > 0 && found.length < 20) {
    const next = open.shift();
    if (!(next instanceof Error)) continue;
    found.push(next);
    open.push(next.cause);
    if (next instanceof AggregateError) open.push(...next.errors);
  }
  return found;
}

/**
 * Codes that come before a request leaves: no connection in time, or a certificate that is not trusted. Those of TLS itself
 * are none of them, since the same ones come while an answer is awaited.
 */
const BEFORE_SENDING =
  /^(?:UND_ERR_CONNECT_TIMEOUT|ERR_TLS_CERT_ALTNAME_INVALID|CERT_\w+|DEPTH_ZERO_\w+|SELF_SIGNED_\w+|UNABLE_TO_\w+)$/;
/** What the system was doing: a host may become unreachable while an answer is awaited, too. */
const OPENING = ["connect", "getaddrinfo"];
const NETWORK = /^(?:E[A-Z]{3,}|UND_ERR_\w+|ERR_(?:SSL|TLS)_\w+)$/;

function failedBeforeSending(error: unknown): boolean {
  return causesOf(error).some(
    (cause) =>
      cause instanceof ConnectionFailure ||
      BEFORE_SENDING.test(codeOf(cause)) ||
      ("syscall" in cause && OPENING.some((call) => cause.syscall === call)),
  );
}

function isNetworkError(error: Error): boolean {
  return NETWORK.test(codeOf(error)) || /^(?:terminated|other side closed|fetch failed)$/.test(error.message);
}

function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : "";
}

/** What `Retry-After` asks for, given as seconds or as a date; null where it says nothing that can be read. */
export function retryAfterMs(headers: Headers | null, nowMs: number): number | null {
  const milliseconds = headers?.get("retry-after-ms");
  if (milliseconds && /^\d+(\.\d+)?$/.test(milliseconds)) return Math.ceil(Number(milliseconds));
  const value = headers?.get("retry-after")?.trim();
  if (!value) return null;
  if (/^\d+(\.\d+)?$/.test(value)) return Math.ceil(Number(value) * 1_000);
  const time = Date.parse(value);
  return Number.isNaN(time) ? null : Math.max(0, time - nowMs);
}
