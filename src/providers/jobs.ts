import type { Outbound } from "../net/outbound.ts";
import type { Cost, NanoUsd } from "../workflow/money.ts";
import { ProviderFailure, type FailureCode } from "../workflow/ports.ts";
import type { ProviderFacts } from "./catalogue-data.ts";
import { retryAfterMs } from "./failure.ts";
import { failureSentence } from "./failure-sentence.ts";
import type {
  Provider,
  ProviderContext,
  ProviderOutput,
  ProviderRequest,
  ProviderSubmission,
} from "./provider.ts";
import { plausibleNanoUsd } from "./reported-cost.ts";
import { downloadResults, type ResultFile } from "./result-file.ts";
import { baseUrlOf, callVendor, type VendorCall } from "./vendor-call.ts";
import { VendorAnswerError, vendorError } from "./vendor-error.ts";

/** How long one question about a job may take; the job itself has longer. */
const QUESTION_TIMEOUT_MS = 60_000;

/** What a vendor says of a job. */
export type JobState =
  | {
      state: "running";
      /** Between 0 and 1, where the vendor says. */
      progress?: number | undefined;
    }
  | {
      state: "done";
      /** Files to download at once, in order; they come behind those of `output`. */
      results: ResultFile[];
      output: ProviderOutput;
    }
  | {
      state: "failed";
      code: FailureCode;
      /** The vendor's own words; empty where it says nothing. */
      message: string;
      /** Whether a job that ends so is billed, as the vendor documents it. */
      billed: "no" | "yes" | "unknown";
      /** The vendor's own figure of a failed job that it bills, where it gives one. */
      reportedNanoUsd?: NanoUsd | undefined;
    };

/** What differs between vendors of jobs. */
export interface JobVendor {
  facts: ProviderFacts;
  /** How long to wait before the first question, in milliseconds; the waits grow from there. */
  pollAfterMs: number;
  /** Starts the job, once; gives its id, which holds all that is needed to ask about it later. */
  submit: (call: VendorCall, request: ProviderRequest) => Promise<string>;
  /** Asks what became of the job. @throws what went wrong with the question. */
  read: (call: VendorCall, jobId: string, request: ProviderRequest) => Promise<JobState>;
  /** Asks the vendor to end the job; left out where it cannot. */
  cancel?: (call: VendorCall, jobId: string) => Promise<void>;
}

/** A provider, or the part of one, whose calls are jobs. */
export function createJobs(
  vendor: JobVendor,
  outbound: Outbound,
): Required<Pick<Provider, "submit" | "poll">> & Pick<Provider, "cancel"> {
  const { facts, pollAfterMs, cancel } = vendor;
  return {
    submit: (request, context) =>
      callVendor({ facts, outbound, context }, async (call) => {
        const jobId = await vendor.submit(call, request);
        return { state: "job", jobId, pollAfterMs: waitMs(call, pollAfterMs) };
      }),
    poll: (jobId, request, context) => readState(vendor, { jobId, request, context, outbound }),
    ...(cancel && {
      async cancel(jobId: string, context: ProviderContext) {
        const asked = withTimeout(context);
        try {
          await callVendor({ facts, outbound, context: asked }, (call) => cancel(call, jobId));
          return true;
        } catch {
          return false;
        }
      },
    }),
  };
}

async function readState(
  vendor: JobVendor,
  question: { jobId: string; request: ProviderRequest; context: ProviderContext; outbound: Outbound },
): Promise<ProviderSubmission> {
  const { jobId, request, context, outbound } = question;
  const { facts, pollAfterMs } = vendor;
  let wait = pollAfterMs;
  const asked = { facts, outbound, context: withTimeout(context) };
  const state = await callVendor(asked, async (call): Promise<JobState> => {
    const answer = await vendor
      .read(call, jobId, request)
      .catch((error: unknown) => endOfUnknownJob(error, call.apiKey));
    wait = waitMs(call, pollAfterMs);
    return answer;
  });
  switch (state.state) {
    case "running": {
      const { progress } = state;
      return { state: "job", jobId, pollAfterMs: wait, ...(progress !== undefined && { progress }) };
    }
    case "failed":
      return { state: "failed", failure: failureOfJob(facts, state, context.config.apiKey) };
    case "done":
    default:
      return fetchResults(state, {
        outbound,
        signal: context.signal,
        baseUrl: baseUrlOf(facts, context.config),
      });
  }
}

/** The vendor no longer knows the job: to ask again would not help. */
function endOfUnknownJob(error: unknown, apiKey: string): JobState {
  const isGone = error instanceof VendorAnswerError && [404, 410].includes(error.statusCode);
  if (!isGone) throw error;
  return {
    state: "failed",
    code: "unavailable",
    message: vendorError(error, apiKey).message,
    billed: "unknown",
  };
}

/** @throws what keeps a file away for now: the job is asked about again. */
async function fetchResults(
  { results, output }: Extract<JobState, { state: "done" }>,
  call: Pick<VendorCall, "outbound" | "signal" | "baseUrl">,
): Promise<ProviderSubmission> {
  try {
    const files = await downloadResults(call, results);
    return { state: "done", output: { ...output, files: [...output.files, ...files] } };
  } catch (error) {
    if (!(error instanceof ProviderFailure)) throw error;
    const { code, billed, detail } = error;
    const cost = costReported(output.reportedNanoUsd);
    return { state: "failed", failure: new ProviderFailure({ code, billed, detail, cost }) };
  }
}

function waitMs({ headers }: VendorCall, pollAfterMs: number): number {
  return Math.max(pollAfterMs, retryAfterMs(headers, Date.now()) ?? 0);
}

function withTimeout(context: ProviderContext): ProviderContext {
  return { ...context, signal: AbortSignal.any([context.signal, AbortSignal.timeout(QUESTION_TIMEOUT_MS)]) };
}

function failureOfJob(
  { name, settings }: ProviderFacts,
  { code, message, billed, reportedNanoUsd }: Extract<JobState, { state: "failed" }>,
  apiKey: string | null,
): ProviderFailure {
  const facts = { code, billed, isTransient: false };
  const { message: vendorMessage } = vendorError({ message }, apiKey ?? "");
  const sentence = { ...facts, provider: name, keySetting: settings.apiKey, vendorMessage };
  const cost = costReported(reportedNanoUsd);
  return new ProviderFailure({ ...facts, cost, detail: failureSentence(sentence) });
}

function costReported(reported: NanoUsd | undefined): Cost | null {
  const nanoUsd = plausibleNanoUsd(reported);
  return nanoUsd === undefined ? null : { nanoUsd, basis: "reported" };
}
