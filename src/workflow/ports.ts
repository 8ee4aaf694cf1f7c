import type { LocalText } from "../errors.ts";
import type { Step } from "./definition.ts";
import type { Medium } from "./media.ts";
import type { Cost } from "./money.ts";
import type { RepairRequest } from "./repair.ts";
import type { Mode } from "./statuses.ts";
import type { FileValue, Json, WordTiming } from "./values.ts";

export type { WordTiming } from "./values.ts";

/**
 * The types through which the engine calls steps. The engine knows nothing of models, vendors or media: it is handed a
 * `StepPort` by the composition root and keeps the journal of what that port calls.
 */
export interface StepPort {
  /**
   * Resolves the model of a step and makes the call ready, without sending anything. The same request always prepares
   * the same call, so a call submitted before a crash can be polled after it.
   * @throws StepFailure when the step cannot be called as it stands (never billed).
   */
  prepare(request: StepRequest): Promise<PreparedCall>;
}

/** A step whose references have been filled in. */
export interface StepRequest {
  step: Step;
  mode: Mode;
  /** The prompt with its references filled in. */
  prompt: string;
  /** `parameters` with their references filled in. */
  parameters: Record<string, Json>;
  /** The text that `use_previous_output` hands over; null where it hands over none. */
  previousText: string | null;
  /** The files that go into the model, in the order in which they were referred to. */
  files: FileValue[];
  /** The topic of the execution, for what local generators write and draw. */
  topic: string;
  /**
   * Where a job was submitted before: the model (`provider:model`) that it went to, whatever the step stands for by now.
   * Nothing is sent again, so the parameters are not refused any more.
   */
  submittedTo?: string;
  /** The answer that is to be corrected, where an earlier call gave one that does not fit the schema. */
  repair?: RepairRequest;
  /** Reads what the steps that this one depends on have made. */
  results: () => Promise<EarlierResult[]>;
  /** Reads who has made each step of the execution so far; left out: nobody knows. */
  makers?: () => Promise<StepMaker[]>;
}

/** Who has made a step, and from what. */
export interface StepMaker {
  stepNumber: number;
  dependsOn: number[];
  /** As in `EarlierResult`. */
  model: string | null;
  performedBy: string | null;
}

/** What a step has made, for those that say of their own output where it comes from. */
export interface EarlierResult {
  stepNumber: number;
  name: string | null;
  /** The prompt as it stands in the workflow. */
  prompt: string;
  medium: Medium;
  text?: string;
  json?: Json;
  files: FileValue[];
  /** Of a transcript: what was heard, and when; one entry for each item of a list. */
  heard?: HeardText[];
  /** `provider:model` of the last call, or null where there was none. */
  model: string | null;
  /** `local`, `cache`, `person` or the model that ran. */
  performedBy: string | null;
  cost: Cost;
}

/** A text that was heard in a recording, with the times of its words. */
export interface HeardText {
  text: string;
  words: WordTiming[];
}

/** A call that could be sent now. */
export interface PreparedCall {
  /** Provider and model as the journal records them, for instance `openai` and `openai:gpt-6.2-sol`. */
  provider: string;
  model: string;
  /** `local` in a rehearsal, otherwise the model that runs. */
  performedBy: string;
  /** The most that this call can cost; reserved before it is sent. */
  worstCase: Cost;
  /** A hash of all that the answer depends on. */
  requestHash: string;
  /** Sends the call, once. Anything it throws is a `ProviderFailure` or counts as one of unknown billing. */
  submit(context: CallContext): Promise<Submission>;
  /** Asks for the state of a job that `submit` started; the caller waits between polls. Present on job providers only. */
  poll?(jobId: string, context: CallContext): Promise<Submission>;
  /** Cancels a job at the vendor; false where the vendor cannot. Present on job providers only. */
  cancel?(jobId: string, context: CallContext): Promise<boolean>;
  /**
   * Whether aborting ends the vendor's work (streamed text, local generators), so that cancel aborts it. A call that is
   * not abortable is left to finish in the background, and its answer is stored.
   */
  isAbortable: boolean;
  /** How long it may take where `timeout_seconds` allows less: of work on this machine, which is lost by breaking it off. */
  minimumLimitMs?: number;
  /** What a call that was aborted half-way is taken to have cost, given the text that had arrived. */
  costOfAborted(partialText: string): Cost;
}

/** What a call may use while it is under way. */
export interface CallContext {
  /** Aborts the call. Only given up on by time-out, or by cancel where the answer is a stream. */
  signal: AbortSignal;
  /** The attempt's id: sent as the idempotency key where a vendor takes one. */
  idempotencyKey: string;
  /** Receives text as it is written. */
  onText(delta: string): void;
  /** Receives progress between 0 and 1. */
  onProgress(fraction: number): void;
  /** Reads a stored file. */
  readFile(file: FileValue): Promise<Uint8Array>;
  /** Writes a stored file, of any size, to a place on this machine. */
  copyFile(file: FileValue, path: string): Promise<void>;
}

/**
 * What a vendor answered: the output, the job that will make it, or that the job ended without an output. What `poll`
 * throws is about the question and not about the job, which is then asked about again.
 */
export type Submission =
  | { state: "done"; output: StepOutput }
  | { state: "failed"; failure: ProviderFailure }
  | { state: "job"; jobId: string; pollAfterMs: number; progress?: number };

/** What a step made, before it is stored. */
export interface StepOutput {
  medium: Medium;
  text?: string;
  json?: Json;
  files: OutputFile[];
  cost: Cost;
  /** What the same call would have cost live; null where it was live, or where no price is known. */
  liveCost: Cost | null;
  /** The vendor's own measure of what was used (tokens, characters, credits), kept with the attempt. */
  usage: Record<string, Json>;
  /** Word timings in seconds of a text that was heard. Those of a recording are with its file. */
  words?: WordTiming[];
}

/** One file that a step made, in memory or in a temporary file that the store takes over. */
export interface OutputFile {
  content: { bytes: Uint8Array } | { path: string };
  /** What it is to be called when it is downloaded; left out: nothing in particular. */
  name?: string;
  mediaType: string;
  medium: Medium;
  /** Pixels. */
  width?: number;
  height?: number;
  durationSeconds?: number;
  /** Of speech: when its words are heard, where the voice says that, and what was spoken. */
  words?: WordTiming[];
  spokenText?: string;
}

/** Codes of what vendors refuse, the same for every provider, then those of Relais itself. */
export type FailureCode =
  | "auth"
  | "quota"
  | "rate_limited"
  | "content_refused"
  | "bad_request"
  | "unavailable"
  | "timeout"
  | "unknown"
  | "missing_path"
  | "gave_up"
  | "rejected"
  | "approval_expired"
  | "cancelled"
  | "invalid_step"
  | "missing_file";

/** A call that did not give an output. `billed` decides whether Relais may call again by itself. */
export class ProviderFailure extends Error {
  override readonly name = "ProviderFailure";
  readonly code: FailureCode;
  /** `no`: certainly not billed; `yes`: billed for `cost`; `unknown`: it may have been. */
  readonly billed: "no" | "yes" | "unknown";
  /** Whether the same call may succeed a little later. */
  readonly isTransient: boolean;
  /** What the vendor asked to wait, in milliseconds; null where it said nothing. */
  readonly retryAfterMs: number | null;
  /** Vendor's message, key removed, inside a sentence for a person. */
  readonly detail: LocalText;
  readonly cost: Cost | null;
  /** What one further call can be made with that may set it right; null where none can. */
  readonly repair: RepairRequest | null;

  constructor(options: {
    code: FailureCode;
    billed: "no" | "yes" | "unknown";
    detail: LocalText;
    isTransient?: boolean;
    retryAfterMs?: number | null;
    cost?: Cost | null;
    repair?: RepairRequest | null;
    cause?: unknown;
  }) {
    super(options.detail.en, { cause: options.cause });
    this.code = options.code;
    this.billed = options.billed;
    this.detail = options.detail;
    this.isTransient = options.isTransient ?? false;
    this.retryAfterMs = options.retryAfterMs ?? null;
    this.cost = options.cost ?? null;
    this.repair = options.repair ?? null;
  }
}

/** A step that cannot be called as it stands: nothing was sent, nothing was billed. */
export class StepFailure extends Error {
  override readonly name = "StepFailure";
  readonly code: FailureCode;
  readonly detail: LocalText;
  /** What is wrong, without what that means for the money; all of `detail` where that was not said apart. */
  readonly what: LocalText;

  constructor(code: FailureCode, detail: LocalText, what = detail) {
    super(detail.en);
    this.code = code;
    this.detail = detail;
    this.what = what;
  }
}
