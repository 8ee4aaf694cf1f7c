import type { Outbound } from "../net/outbound.ts";
import type { ProviderFacts } from "./catalogue-data.ts";
import { failureOf } from "./failure.ts";
import type { ProviderConfig, ProviderContext, ProviderOutput, ProviderSubmission } from "./provider.ts";
import { trackFetch } from "./tracked-fetch.ts";

/** One call under way: what a provider sends with, and what it has to say of what comes back. */
export interface VendorCall {
  /** The outbound client's, which keeps track of whether the call was sent and answered. */
  fetch: typeof globalThis.fetch;
  /** The outbound client itself, for files that an answer names. */
  outbound: Outbound;
  /** Empty where none is configured. */
  apiKey: string;
  /** The vendor's usual address unless another is configured; without a slash at the end. */
  baseUrl: string;
  signal: AbortSignal;
  /** Unique to this attempt: for vendors that take an idempotency key. */
  idempotencyKey: string;
  /** Says that part of the output has arrived, so that a failure after it is not taken for an unbilled one. */
  markOutput(): void;
  /** Lets the next request read an answer again that came whole where a stream was asked for; false where none did. */
  replayWhole(): boolean;
  /** Headers of the last answer; null before one has come. */
  readonly headers: Headers | null;
}

/** What a call is made for, and through what. */
export interface VendorCallOptions {
  facts: ProviderFacts;
  outbound: Outbound;
  context: Pick<ProviderContext, "config" | "signal" | "idempotencyKey">;
}

/** Runs one call of a vendor; whatever it throws becomes a `ProviderFailure` that says whether it was billed. */
export async function callVendor<Answer>(
  options: VendorCallOptions,
  run: (call: VendorCall) => Promise<Answer>,
): Promise<Answer> {
  const { facts, outbound, context } = options;
  const { config, signal, idempotencyKey } = context;
  const { fetch, track, replayWhole } = trackFetch(outbound.fetch);
  let hasOutput = false;
  try {
    signal.throwIfAborted();
    return await run({
      fetch,
      outbound,
      apiKey: config.apiKey ?? "",
      baseUrl: baseUrlOf(facts, config),
      signal,
      idempotencyKey,
      markOutput: () => {
        hasOutput = true;
      },
      replayWhole,
      get headers() {
        return track.headers;
      },
    });
  } catch (error) {
    const { name: provider } = facts;
    const keySetting = facts.settings.apiKey;
    throw failureOf({ error, provider, keySetting, apiKey: config.apiKey, track, signal, hasOutput });
  }
}

/** A call that is answered with its output at once. */
export async function callForOutput(
  options: VendorCallOptions,
  run: (call: VendorCall) => Promise<ProviderOutput>,
): Promise<ProviderSubmission> {
  return { state: "done", output: await callVendor(options, run) };
}

/** The vendor's usual address unless another is configured; without a slash at the end. */
export function baseUrlOf({ settings }: ProviderFacts, { baseUrl }: ProviderConfig): string {
  return (baseUrl ?? settings.defaultBaseUrl ?? "").replace(/\/+$/, "");
}
