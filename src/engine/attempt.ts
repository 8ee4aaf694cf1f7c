import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { setTimeout as pause } from "node:timers/promises";
import { MissingContent, type ArtifactStore } from "../artifacts/store.ts";
import type { StoredFailure, StoredFile, StoredOutput } from "../db/stored-values.ts";
import type { Step, StepKey } from "../workflow/definition.ts";
import { FREE, UNKNOWN_COST, type NanoUsd } from "../workflow/money.ts";
import {
  ProviderFailure,
  type CallContext,
  type OutputFile,
  type PreparedCall,
  type StepOutput,
  type Submission,
} from "../workflow/ports.ts";
import { pollDelayMs, retryDelayMs, shouldRetry } from "../workflow/retry.ts";
import type { EventHub } from "./events.ts";
import { cancelled, storedFailure, timedOut } from "./failures.ts";
import type { AfterFailure, Journal, OpenAttempt, Tenure, TurnedAway } from "./journal.ts";
import type { Places } from "./places.ts";
import { mayRepeatUnasked } from "./recovery.ts";

/** Places in the protocol at which a recovery test stops the process. */
export type Checkpoint =
  | "before_reserve"
  | "after_reserve"
  | "after_sent"
  | "after_submitted"
  | "after_answer"
  | "after_stored"
  | "after_settled";

export interface AttemptDependencies {
  journal: Journal;
  places: Places;
  artifacts: ArtifactStore;
  events: EventHub;
  /** Calls in doubt whose worst case is under this are repeated without asking. */
  retryUnknownUnderNanoUsd: NanoUsd;
  /** How long a job that a vendor has accepted is asked about, where its step does not allow it longer. */
  jobLimitMs: number;
  /** Aborted when the process is about to end: what is not on disk by then is as after a crash. */
  ending: AbortSignal;
  /** Told of errors that no rule foresees. */
  onError: (error: unknown, executionId: number) => void;
  checkpoint: (name: Checkpoint) => void | Promise<void>;
}

/** The handle on a call that is out, for cancel. */
export interface CallHandle {
  /** Ends the call where that ends the vendor's work; otherwise asks the vendor to end its job, or leaves it be. */
  cancel(): void;
}

/** How long an outcome that could not be written is kept before it is tried again, at first and at most. */
const REWRITE_MS = { first: 50, most: 5_000 };

/** How long an aborted call has to end by itself: its last words may say that it was billed. */
const LAST_WORDS_MS = 1_000;

/** Why a call was aborted. */
class Abort extends Error {
  readonly reason: "timeout" | "cancel";
  constructor(reason: "timeout" | "cancel") {
    super(reason);
    this.reason = reason;
  }
}

/** The execution was cancelled before the call left. */
class NotSent extends Error {}

/** One call to a provider from reservation to settlement, in the order that keeps money safe. */
export class AttemptRunner {
  readonly #deps: AttemptDependencies;

  constructor(dependencies: AttemptDependencies) {
    this.#deps = dependencies;
  }

  /**
   * Makes one call for a step. `fenced`: nothing may start any more under this epoch. `no_place`: nothing was sent; it is
   * asked for again when the provider has room.
   */
  async run(
    tenure: Tenure,
    options: {
      step: Step;
      key: StepKey;
      call: PreparedCall;
      callsBefore: number;
      onOpen(handle: CallHandle): void;
      /** Called once the call has its place at the provider. */
      onPlace(): void;
    },
  ): Promise<"ended" | "fenced" | "no_place"> {
    const { journal, places, checkpoint } = this.#deps;
    const { step, key, call, callsBefore } = options;
    await checkpoint("before_reserve");
    // Before the call is marked as sent: a cancel that comes right after that has to reach it.
    const early = new EarlyHandle();
    options.onOpen(early);
    const onReserved = (): void | Promise<void> => checkpoint("after_reserve");
    const start = await journal.start(tenure, { key, call, onReserved });
    if (start.state === "fenced" || start.state === "no_place") return start.state;
    if (start.state !== "sent") return "ended";
    options.onPlace();
    const pending = new PendingCall(this.#deps, { tenure, attempt: start.attempt, call, step, callsBefore });
    early.become(pending);
    try {
      await checkpoint("after_sent");
      await pending.finish(null);
      return "ended";
    } finally {
      places.freed(call.provider);
    }
  }

  /** Goes on with a job that was submitted before this process took the execution up. */
  async resume(
    tenure: Tenure,
    options: {
      step: Step;
      call: PreparedCall;
      attempt: OpenAttempt;
      jobId: string;
      callsBefore: number;
      onOpen(handle: CallHandle): void;
    },
  ): Promise<void> {
    const { jobId } = options;
    const pending = new PendingCall(this.#deps, { tenure, ...options });
    options.onOpen(pending);
    await pending.finish(jobId).finally(() => this.#deps.places.freed(options.call.provider));
  }
}

/** The handle on a call that is about to be opened: who cancels it before that, cancels it then. */
class EarlyHandle implements CallHandle {
  #call: CallHandle | null = null;
  #isCancelled = false;

  cancel(): void {
    this.#isCancelled = true;
    this.#call?.cancel();
  }

  become(call: CallHandle): void {
    this.#call = call;
    if (this.#isCancelled) call.cancel();
  }
}

/** A call that is out: waits for its answer, stores and settles it. */
class PendingCall implements CallHandle {
  readonly #deps: AttemptDependencies;
  readonly #tenure: Tenure;
  readonly #attempt: OpenAttempt;
  readonly #call: PreparedCall;
  readonly #step: Step;
  /** How often its request was sent before, this time included: `max_attempts` bounds that. */
  readonly #tries: number;
  readonly #controller = new AbortController();
  readonly #stored = new Map<OutputFile, StoredFile>();
  #jobId: string | null = null;
  #timer: NodeJS.Timeout | undefined;
  #limitMs = 0;
  #isCancelled = false;
  /** Whether the vendor has said that the job is over: to ask again would not help. */
  #hasJobEnded = false;
  #text = "";

  constructor(
    dependencies: AttemptDependencies,
    options: {
      tenure: Tenure;
      attempt: OpenAttempt;
      call: PreparedCall;
      step: Step;
      /** Calls of the step that asked for something else: the answer that this one is to have corrected. */
      callsBefore: number;
    },
  ) {
    this.#deps = dependencies;
    this.#tenure = options.tenure;
    this.#attempt = options.attempt;
    this.#call = options.call;
    this.#step = options.step;
    this.#tries = options.attempt.number - options.callsBefore;
  }

  cancel(): void {
    this.#isCancelled = true;
    if (this.#call.isAbortable) this.#controller.abort(new Abort("cancel"));
    else if (this.#jobId !== null) this.#cancelJob(this.#jobId);
  }

  /** The polls that go on say how the job ended and what it cost; a vendor that refuses changes nothing. */
  #cancelJob(jobId: string): void {
    this.#call.cancel?.(jobId, this.#context()).catch(() => undefined);
  }

  /** Submits the call, or polls the job that was submitted before; resolves once the outcome is on disk. */
  async finish(jobId: string | null): Promise<void> {
    const { events, checkpoint } = this.#deps;
    const { stepNumber, item } = this.#attempt.key;
    this.#limit(Math.max(this.#call.minimumLimitMs ?? 0, this.#step.timeout_seconds * 1000));
    try {
      const answer = await this.#settled(jobId);
      clearTimeout(this.#timer);
      await checkpoint("after_answer");
      await this.#persist(() => ("output" in answer ? this.#store(answer.output) : this.#fail(answer.error)));
    } finally {
      clearTimeout(this.#timer);
      for (const file of this.#stored.values()) this.#deps.artifacts.release(file.hash);
      events.clearLive(this.#tenure.id, stepNumber, item);
      await checkpoint("after_settled");
    }
  }

  /** Gives the call so long from now on, whatever it was given before. */
  #limit(timeoutMs: number): void {
    this.#limitMs = timeoutMs;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#controller.abort(new Abort("timeout")), timeoutMs);
  }

  /** What became of the call: only this decides, so that an answer which cannot be stored at once is not lost. */
  async #settled(jobId: string | null): Promise<{ output: StepOutput } | { error: unknown }> {
    try {
      if (jobId === null && this.#isCancelled) return { error: new NotSent() };
      return { output: await this.#answer(jobId) };
    } catch (error) {
      return { error };
    }
  }

  /** Writes an outcome, as often as it takes: a paid answer is not given up because a disk was full for a while. */
  async #persist(write: () => Promise<void>): Promise<void> {
    const { ending, onError } = this.#deps;
    for (let delayMs = REWRITE_MS.first; ; delayMs = Math.min(2 * delayMs, REWRITE_MS.most)) {
      try {
        await write();
        return;
      } catch (error) {
        if (ending.aborted) throw error;
        onError(error, this.#tenure.id);
        await pause(delayMs);
      }
    }
  }

  async #answer(jobId: string | null): Promise<StepOutput> {
    const context = this.#context();
    let submission: Submission =
      jobId === null
        ? await this.#orAborted(this.#call.submit(context))
        : { state: "job", jobId, pollAfterMs: 0 };
    for (let polls = 0; submission.state === "job"; polls += 1) {
      if (submission.jobId !== this.#jobId) {
        this.#jobId = submission.jobId;
        // Accepted and paid for: giving it up early would only put it in doubt.
        this.#limit(Math.max(this.#deps.jobLimitMs, this.#step.timeout_seconds * 1000));
        if (this.#isCancelled) this.#cancelJob(submission.jobId);
        if (jobId === null) await this.#markSubmitted(submission.jobId);
      }
      if (submission.progress !== undefined) context.onProgress(submission.progress);
      const { signal } = this.#controller;
      await pause(pollDelayMs({ pollAfterMs: submission.pollAfterMs, polls }), undefined, { signal });
      submission = await this.#poll(submission, context);
    }
    if (submission.state === "failed") {
      this.#hasJobEnded = this.#jobId !== null;
      throw submission.failure;
    }
    return submission.output;
  }

  /** The id is all that there is of a paid job: without it on disk, the job would be bought again. */
  async #markSubmitted(jobId: string): Promise<void> {
    const { journal, checkpoint } = this.#deps;
    await this.#persist(() => journal.markSubmitted(this.#tenure.id, this.#attempt, jobId));
    await checkpoint("after_submitted");
  }

  /** One poll. A poll that fails says nothing about the job, which may be done and paid: it is asked about again. */
  async #poll(job: Extract<Submission, { state: "job" }>, context: CallContext): Promise<Submission> {
    if (!this.#call.poll) throw new Error("a provider answered with a job but cannot poll it");
    try {
      return await this.#orAborted(this.#call.poll(job.jobId, context));
    } catch (error) {
      this.#controller.signal.throwIfAborted();
      const retryAfterMs = error instanceof ProviderFailure ? error.retryAfterMs : null;
      const delayMs = retryDelayMs({ attempt: 2, retryAfterMs, random: Math.random() });
      return { ...job, pollAfterMs: Math.max(job.pollAfterMs, delayMs) };
    }
  }

  /** Gives up waiting soon after the call is aborted, even where the provider does not listen to its signal. */
  async #orAborted<T>(work: Promise<T>): Promise<T> {
    const { signal } = this.#controller;
    const { promise, reject } = Promise.withResolvers<never>();
    let timer: NodeJS.Timeout | undefined;
    const onAbort = (): void => {
      timer = setTimeout(() => reject(signal.reason), LAST_WORDS_MS);
    };
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort);
    try {
      return await Promise.race([work, promise]);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    }
  }

  #context(): CallContext {
    const { events, artifacts } = this.#deps;
    const place = { executionId: this.#tenure.id, ...this.#attempt.key };
    return {
      signal: this.#controller.signal,
      idempotencyKey: this.#attempt.id,
      onText: (delta) => {
        events.publishLive({ type: "text", ...place, offset: this.#text.length, text: delta });
        this.#text += delta;
      },
      // To the thousandth: sums of floats have digits that mean nothing.
      onProgress: (fraction) =>
        events.publishLive({ type: "progress", ...place, fraction: Math.round(fraction * 1_000) / 1_000 }),
      readFile: async (file) => await artifacts.read(file.hash),
      copyFile: async ({ hash }, path) => {
        const content = await artifacts.open(hash);
        if (!content) throw new MissingContent(hash);
        await pipeline(content, createWriteStream(path));
      },
    };
  }

  async #store(output: StepOutput): Promise<void> {
    const { artifacts, journal, checkpoint } = this.#deps;
    const files: StoredFile[] = [];
    for (const file of output.files) {
      const known = this.#stored.get(file);
      if (known) {
        files.push(known);
        continue;
      }
      const { hash, bytes } = await artifacts.put(file.content);
      const stored: StoredFile = {
        artifactId: randomUUID(),
        hash,
        bytes,
        mediaType: file.mediaType,
        medium: file.medium,
        ...(file.name !== undefined && { name: file.name }),
        ...(file.width !== undefined && { width: file.width }),
        ...(file.height !== undefined && { height: file.height }),
        ...(file.durationSeconds !== undefined && { durationSeconds: file.durationSeconds }),
        ...(file.words !== undefined && { words: file.words }),
        ...(file.spokenText !== undefined && { spokenText: file.spokenText }),
      };
      this.#stored.set(file, stored);
      files.push(stored);
    }
    await checkpoint("after_stored");
    const stored: StoredOutput = {
      medium: output.medium,
      files,
      ...(output.text !== undefined && { text: output.text }),
      ...(output.json !== undefined && { json: output.json }),
      ...(output.words !== undefined && { words: output.words }),
    };
    const { cost, liveCost, usage } = output;
    await journal.succeed(this.#tenure, this.#attempt, { output: stored, cost, liveCost, usage });
  }

  async #fail(error: unknown): Promise<void> {
    const { reason } = this.#controller.signal;
    const aborted = reason instanceof Abort ? reason.reason : null;
    const { journal } = this.#deps;
    if (aborted === "cancel" || error instanceof NotSent) {
      const cost = error instanceof NotSent ? FREE : this.#call.costOfAborted(this.#text);
      const next = { state: "cancelled" as const };
      await journal.fail(this.#tenure, this.#attempt, { failure: cancelled(), cost, next });
      return;
    }
    const isBilled = error instanceof ProviderFailure && error.billed === "yes";
    if (aborted === "timeout" && !isBilled) {
      await this.#doubt(timedOut(this.#limitMs / 1000));
      return;
    }
    const failure = storedFailure(error);
    // What a provider did not say to be unbilled may have been billed.
    if (!(error instanceof ProviderFailure) || error.billed === "unknown") {
      await this.#doubt(failure);
      return;
    }
    const cost = error.billed === "no" ? FREE : (error.cost ?? UNKNOWN_COST);
    await journal.fail(this.#tenure, this.#attempt, { failure, cost, next: this.#next(error) });
  }

  #next(error: ProviderFailure): AfterFailure | TurnedAway {
    if (error.repair !== null) return { state: "repair", repair: error.repair };
    const attempt = this.#tries;
    const { billed, isTransient, retryAfterMs, code } = error;
    const maxAttempts = this.#step.retry.max_attempts;
    const delayMs = retryDelayMs({ attempt, retryAfterMs, random: Math.random() });
    if (code === "rate_limited" && billed === "no" && isTransient) {
      const callsBefore = this.#attempt.number - this.#tries;
      return { state: "turned_away", provider: this.#call.provider, callsBefore, maxAttempts, delayMs };
    }
    if (!shouldRetry({ billed, isTransient, attempt, maxAttempts })) return { state: "failed" };
    return { state: "retry", retryAt: inFuture(delayMs) };
  }

  async #doubt(failure: StoredFailure): Promise<void> {
    const { journal, retryUnknownUnderNanoUsd } = this.#deps;
    const { worstCase } = this.#call;
    if (worstCase.basis === "free") {
      const next = { state: "failed" as const };
      await journal.fail(this.#tenure, this.#attempt, { failure, cost: FREE, next });
      return;
    }
    const reserved = { reservedNanoUsd: this.#attempt.reservedNanoUsd, reservedBasis: worstCase.basis };
    // A job that is known may still end well: it is asked about again, and never bought a second time unasked.
    const isRepeated =
      this.#jobId === null &&
      mayRepeatUnasked(reserved, retryUnknownUnderNanoUsd) &&
      this.#tries < this.#step.retry.max_attempts;
    const delayMs = retryDelayMs({
      attempt: this.#tries,
      retryAfterMs: null,
      random: Math.random(),
    });
    const retryAt = isRepeated ? inFuture(delayMs) : null;
    const job = { jobId: this.#jobId, hasJobEnded: this.#hasJobEnded };
    await journal.doubt(this.#tenure, this.#attempt, { failure, retryAt, ...job });
  }
}

function inFuture(delayMs: number): string {
  return new Date(Date.now() + delayMs).toISOString();
}
