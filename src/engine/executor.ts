import { setTimeout as pause } from "node:timers/promises";
import { getRepair, listOpenAttempts, type AttemptRow } from "../db/attempt-store.ts";
import type { Db } from "../db/database.ts";
import { getExecution, takeUp, type ExecutionRow } from "../db/execution-store.ts";
import { getItemValue, listOutputs } from "../db/item-store.ts";
import { listStepStates } from "../db/step-run-store.ts";
import { NO_ITEM, type Step, type StepKey } from "../workflow/definition.ts";
import { linkSteps, outputsReadBy, type StepLinks } from "../workflow/graph.ts";
import { itemsOfStep } from "../workflow/item-list.ts";
import type { ModelCatalogue } from "../workflow/models.ts";
import { FREE } from "../workflow/money.ts";
import { nameScope } from "../workflow/names.ts";
import { StepFailure, type PreparedCall, type StepPort, type StepRequest } from "../workflow/ports.ts";
import type { RepairRequest } from "../workflow/repair.ts";
import { renderStep, type ValueSource } from "../workflow/rendering.ts";
import { isFinal } from "../workflow/statuses.ts";
import type { Value } from "../workflow/values.ts";
import { AttemptRunner, type AttemptDependencies, type CallHandle } from "./attempt.ts";
import { scopeOf } from "./budgets.ts";
import { earlierResults, stepMakers } from "./earlier-results.ts";
import { advance, snapshotOfExecution } from "./execution-state.ts";
import { notAskable, storedFailure } from "./failures.ts";
import { HeldExecution } from "./held-execution.ts";
import { layOutItems } from "./item-layout.ts";
import { LatestPlan } from "./latest-plan.ts";
import type { OpenAttempt, Tenure } from "./journal.ts";
import { valueOf } from "./output-value.ts";
import { planExecution, type Plan } from "./plan.ts";
import { recover } from "./recovery.ts";
import { reuseResult } from "./reuse.ts";

export interface ExecutorDependencies extends AttemptDependencies {
  db: Db;
  steps: StepPort;
  catalogue: ModelCatalogue;
}

/** How long an execution rests after something unforeseen, at first and at most. */
const TAKE_UP_AGAIN_MS = { first: 100, most: 30_000 };

/** An execution that this process works on. */
interface Run {
  tenure: Tenure;
  execution: ExecutionRow;
  /** Whether a person has changed rows since the state of the execution was last worked out. */
  isStale: boolean;
  /** Whether nothing may start any more: cancelled, or taken up by another process. */
  isFenced: boolean;
  /** Whether a person has cancelled it while it was being worked on. */
  isCancelled: boolean;
  /** Whether something failed that no rule foresees, so that rows may speak of work that nobody does. */
  hasBroken: boolean;
  /** Step runs that are being worked on, by key. */
  underWay: Map<string, Promise<void>>;
  calls: Set<CallHandle>;
  /** Step runs that wait for a place at their provider, by key. */
  places: Map<string, { key: StepKey; isTurn: boolean }>;
  wake: () => void;
}

/** Runs executions until they rest. All that it knows is in the rows: starting again after a crash is the same call. */
export class Executor {
  readonly #deps: ExecutorDependencies;
  readonly #attempts: AttemptRunner;
  readonly #runs = new Map<number, Run>();
  readonly #working = new Set<Promise<void>>();
  readonly #stopped = Promise.withResolvers<void>();
  #isStopping = false;

  constructor(dependencies: ExecutorDependencies) {
    this.#deps = dependencies;
    this.#attempts = new AttemptRunner(dependencies);
  }

  /** Takes an execution up and works on it until it rests: finished, waiting for a person, or stopped. */
  async run(executionId: number): Promise<void> {
    const work = this.#workUntilRest(executionId);
    this.#working.add(work);
    await work;
    this.#working.delete(work);
  }

  /** What breaks is put right as after a crash: taken up again, a little later each time. */
  async #workUntilRest(executionId: number): Promise<void> {
    for (let delayMs = TAKE_UP_AGAIN_MS.first; !this.#isStopping; delayMs *= 2) {
      if (await this.#work(executionId)) return;
      await Promise.race([pause(Math.min(delayMs, TAKE_UP_AGAIN_MS.most)), this.#stopped.promise]);
    }
  }

  /** False where something unforeseen left the execution neither finished nor at rest. */
  async #work(executionId: number): Promise<boolean> {
    let run: Run | null = null;
    try {
      const taken = await this.#takeUp(executionId);
      if (!taken) return true;
      const held = taken.run;
      if (held.tenure.epoch > 1) this.#deps.events.forgetLive(executionId);
      run = held;
      this.#runs.set(executionId, held);
      for (const job of taken.jobs) this.#begin(held, job, () => this.#resume(held, job));
      await this.#loop(held);
      return !held.hasBroken;
    } catch (error) {
      this.#deps.onError(error, executionId);
      return false;
    } finally {
      // Calls that are out are heard before anybody takes the execution up again.
      if (run) await Promise.all(run.underWay.values());
      this.#runs.delete(executionId);
      if (run && run.places.size > 0) await this.#leavePlaces(executionId);
    }
  }

  /** Plans an execution again, if it is being worked on. */
  wake(executionId: number): void {
    const run = this.#runs.get(executionId);
    if (!run) return;
    run.isStale = true;
    run.wake();
  }

  /** Ends the calls of a cancelled execution as far as they can be ended. */
  cancelCalls(executionId: number): void {
    const run = this.#runs.get(executionId);
    if (!run) return;
    run.isCancelled = true;
    for (const call of run.calls) call.cancel();
    this.wake(executionId);
  }

  /** Starts nothing new; resolves when no call is out any more. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#stopped.resolve();
    for (const run of this.#runs.values()) run.wake();
    await Promise.all(this.#working);
  }

  /**
   * Tidies an execution that ended while calls were out, where nobody works on it: what those cost, and gave, is still to
   * be learnt, so their jobs are polled to the end.
   */
  async tidy(executionId: number): Promise<void> {
    const { db, retryUnknownUnderNanoUsd, journal } = this.#deps;
    const execution = await getExecution(db, executionId);
    if (!execution || !isFinal(execution.status) || this.#runs.has(executionId)) return;
    if ((await listOpenAttempts(db, executionId)).length === 0) return;
    const tenure = this.#tenureOf(execution);
    const jobs = await journal.change(tenure, async (held) => {
      const submitted = await recover(held, { steps: execution.steps, retryUnknownUnderNanoUsd });
      await advance(held, tenure);
      return submitted;
    });
    journal.tellFreed();
    const run = this.#newRun(tenure, execution);
    await Promise.all(jobs.map((job) => this.#resume(run, job)));
  }

  async #takeUp(executionId: number): Promise<{ run: Run; jobs: AttemptRow[] } | null> {
    const { retryUnknownUnderNanoUsd, journal } = this.#deps;
    const taken = await journal.stage(executionId, async (trx, now) => {
      const execution = await takeUp(trx, executionId, now);
      if (!execution) return null;
      return await HeldExecution.during(trx, { executionId, now }, async (held) => {
        const tenure = this.#tenureOf(execution);
        const isNew = execution.epoch === 1;
        const { steps } = execution;
        const jobs = isNew ? [] : await recover(held, { steps, retryUnknownUnderNanoUsd });
        held.tell(snapshotOfExecution(execution));
        tenure.planned.keep(await advance(held, tenure), tenure.planned.nextTurn());
        return { run: this.#newRun(tenure, execution), jobs };
      });
    });
    if (taken && taken.run.tenure.epoch > 1) journal.tellFreed();
    return taken;
  }

  #tenureOf(execution: ExecutionRow): Tenure {
    const { id, epoch, steps, unpriced } = execution;
    const links = linkSteps(steps, this.#deps.catalogue);
    const origin = { batchId: execution.batchId, budgetScope: scopeOf(execution) };
    return { id, epoch, steps, unpriced, links, origin, planned: new LatestPlan() };
  }

  #newRun(tenure: Tenure, execution: ExecutionRow): Run {
    return {
      tenure,
      execution,
      isStale: false,
      isFenced: false,
      isCancelled: false,
      hasBroken: false,
      underWay: new Map(),
      calls: new Set(),
      places: new Map(),
      wake: () => undefined,
    };
  }

  async #loop(run: Run): Promise<void> {
    for (;;) {
      // Set before the rows are read, so that nothing that happens meanwhile is slept through.
      const { promise, resolve } = Promise.withResolvers<void>();
      run.wake = resolve;
      const wasChanged = run.isStale;
      const plan = await this.#plan(run);
      if (wasChanged) await this.#resumeJobs(run);
      const mayStart = !this.#isStopping && !run.isFenced && !run.hasBroken;
      this.#dropPlaces(run, plan);
      const ready = plan.ready.filter((key) => run.places.get(slotOf(key))?.isTurn !== false);
      if (mayStart) for (const key of ready) this.#begin(run, key, () => this.#runStep(run, key));
      const retryAt = mayStart ? plan.nextRetryAt : null;
      const isWaitingForPlace = mayStart && plan.ready.length > ready.length;
      if (run.underWay.size === 0 && retryAt === null && !isWaitingForPlace) return;
      const timer = retryAt === null ? null : wakeAt(retryAt, resolve);
      await promise;
      if (timer) clearTimeout(timer);
    }
  }

  /** What the last transaction of this process has planned, where nobody has acted on it; otherwise planned anew. */
  async #plan(run: Run): Promise<Plan> {
    const { tenure } = run;
    const { db, journal } = this.#deps;
    const planned = tenure.planned.take();
    if (run.isStale) {
      run.isStale = false;
      const plan = await journal.change(tenure, (held) => advance(held, tenure));
      return tenure.planned.take() ?? plan;
    }
    // What was put off may be due by now.
    if (planned?.nextRetryAt === null) return planned;
    const runs = await listStepStates(db, tenure.id);
    return planExecution({ ...tenure, runs, now: journal.now() });
  }

  /** A person may have had a job asked about again while other steps run. */
  async #resumeJobs(run: Run): Promise<void> {
    for (const attempt of await listOpenAttempts(this.#deps.db, run.tenure.id)) {
      if (this.#isStopping || run.hasBroken) return;
      if (attempt.status === "submitted") this.#begin(run, attempt, () => this.#resume(run, attempt));
    }
  }

  /** Starts work on a step run, unless it is being worked on. */
  #begin(run: Run, key: StepKey, work: () => Promise<void>): void {
    const slot = slotOf(key);
    if (run.underWay.has(slot)) return;
    const done = work()
      .catch((error: unknown) => {
        run.hasBroken = true;
        this.#deps.onError(error, run.tenure.id);
      })
      .finally(() => {
        run.underWay.delete(slot);
        run.wake();
      });
    run.underWay.set(slot, done);
  }

  async #runStep(run: Run, key: StepKey): Promise<void> {
    const step = stepOf(run, key);
    if (step.for_each && key.item === NO_ITEM) {
      await this.#layOut(run, step, key);
      return;
    }
    const repair = await this.#repairOf(run, step, key);
    let call: PreparedCall;
    try {
      call = await this.#prepare(run, step, { item: key.item, ...repair });
    } catch (error) {
      await this.#deps.journal.refuse(run.tenure, key, storedFailure(error));
      return;
    }
    if (this.#isStopping) return;
    if (run.execution.reuse) {
      const reuse = await reuseResult(this.#deps, run.tenure, { key, call, mode: run.execution.mode });
      run.isFenced ||= reuse === "fenced";
      if (reuse !== "none") return;
    }
    await this.#withinReach(run, async (onOpen) => {
      // What ends without a place gives its turn up when it is planned again.
      const onPlace = (): void => void run.places.delete(slotOf(key));
      const end = await this.#attempts.run(run.tenure, { step, key, call, ...repair, onOpen, onPlace });
      if (end === "fenced") run.isFenced = true;
      if (end === "no_place") this.#awaitPlace(run, key, call.provider);
    });
  }

  /** Leaves a step be until it is its turn at the provider. */
  #awaitPlace(run: Run, key: StepKey, provider: string): void {
    const place = { key, isTurn: false };
    run.places.set(slotOf(key), place);
    const onTurn = (): void => {
      place.isTurn = true;
      run.wake();
    };
    this.#deps.places.wait({ executionId: run.tenure.id, key, provider, onTurn });
  }

  /** What does not start any more gives its turn up. */
  #dropPlaces(run: Run, plan: Plan): void {
    const ready = new Set(plan.ready.map(slotOf));
    for (const [slot, { key }] of run.places) {
      if (ready.has(slot) || run.underWay.has(slot)) continue;
      run.places.delete(slot);
      const { id } = run.tenure;
      this.#deps.places.drop(id, key).catch((error: unknown) => this.#deps.onError(error, id));
    }
  }

  async #leavePlaces(executionId: number): Promise<void> {
    await this.#deps.places
      .leave(executionId)
      .catch((error: unknown) => this.#deps.onError(error, executionId));
  }

  /** Finds the items of a step and stores them, to be run one by one. */
  async #layOut(run: Run, step: Step, key: StepKey): Promise<void> {
    const { db, journal } = this.#deps;
    const { tenure, execution } = run;
    let values: ReturnType<typeof itemsOfStep>;
    try {
      const outputs = await outputsOf(db, tenure.id, linksOf(tenure, step).dependsOn);
      values = itemsOfStep(step, tenure.steps, valuesOf(execution, outputs));
    } catch (error) {
      await journal.refuse(tenure, key, storedFailure(error));
      return;
    }
    const wasAllowed = await journal.change(tenure, (held) => layOutItems(held, tenure, { key, values }));
    if (!wasAllowed) run.isFenced = true;
  }

  async #resume(run: Run, job: AttemptRow): Promise<void> {
    const step = stepOf(run, job);
    const key = { stepNumber: job.stepNumber, item: job.item };
    const { id, number, reservedNanoUsd, batchId, budgetScope, createdAt, jobId } = job;
    if (jobId === null) throw new Error("a submitted attempt has no job id");
    const attempt: OpenAttempt = { id, key, number, reservedNanoUsd, batchId, budgetScope, createdAt };
    const repair = await this.#repairOf(run, step, key);
    let call: PreparedCall;
    try {
      call = await this.#prepare(run, step, { item: job.item, submittedTo: job.model, ...repair });
    } catch (error) {
      if (!(error instanceof StepFailure)) throw error;
      await this.#leave(run, { job, attempt, failure: error });
      return;
    }
    await this.#withinReach(run, async (onOpen) => {
      await this.#attempts.resume(run.tenure, { step, call, jobId, attempt, ...repair, onOpen });
    });
  }

  /** A job that nobody can be asked about as things are set: a person sets them right, or gives it up. */
  async #leave(
    run: Run,
    { job, attempt, failure }: { job: AttemptRow; attempt: OpenAttempt; failure: StepFailure },
  ): Promise<void> {
    const { journal } = this.#deps;
    if (job.reservedBasis === "free") {
      const next = { state: "failed" as const };
      await journal.fail(run.tenure, attempt, { failure: storedFailure(failure), cost: FREE, next });
      return;
    }
    const doubt = { retryAt: null, jobId: job.jobId, hasJobEnded: false };
    await journal.doubt(run.tenure, attempt, { failure: notAskable(failure), ...doubt });
  }

  /** Lets cancel reach a call for as long as it is out. */
  async #withinReach(run: Run, work: (onOpen: (call: CallHandle) => void) => Promise<void>): Promise<void> {
    const opened: CallHandle[] = [];
    try {
      await work((call) => {
        opened.push(call);
        run.calls.add(call);
        if (run.isCancelled) call.cancel();
      });
    } finally {
      for (const call of opened) run.calls.delete(call);
    }
  }

  /** What the step is to have corrected, if an answer did not fit its schema, and how many calls it took to come there. */
  async #repairOf(
    run: Run,
    step: Step,
    key: StepKey,
  ): Promise<{ repair?: RepairRequest; callsBefore: number }> {
    const found = step.output_schema === null ? null : await getRepair(this.#deps.db, run.tenure.id, key);
    return found === null ? { callsBefore: 0 } : { repair: found.request, callsBefore: found.after };
  }

  async #prepare(
    run: Run,
    step: Step,
    { item, submittedTo, repair }: { item: number } & Pick<StepRequest, "submittedTo" | "repair">,
  ): Promise<PreparedCall> {
    const { execution, tenure } = run;
    const { db } = this.#deps;
    const links = linksOf(tenure, step);
    const scope = nameScope(tenure.steps, Object.keys(execution.inputs));
    const outputs = await outputsOf(db, execution.id, outputsReadBy(step, links, scope));
    const key = { stepNumber: step.step_number, item };
    const value = item === NO_ITEM ? null : await getItemValue(db, execution.id, key);
    const values = { ...valuesOf(execution, outputs), ...(value && { item: { value, index: item } }) };
    const rendered = renderStep({ step, steps: tenure.steps, links, values });
    return await this.#deps.steps.prepare({
      step,
      mode: execution.mode,
      topic: execution.initialInput,
      ...rendered,
      results: () => earlierResults(db, tenure, links.dependsOn),
      makers: () => stepMakers(db, tenure),
      ...(submittedTo !== undefined && { submittedTo }),
      ...(repair && { repair }),
    });
  }
}

async function outputsOf(
  db: Db,
  executionId: number,
  stepNumbers: readonly number[],
): Promise<Map<number, Value>> {
  const outputs = await listOutputs(db, executionId, stepNumbers);
  return new Map([...outputs].map(([stepNumber, output]) => [stepNumber, valueOf(output)]));
}

function valuesOf(execution: ExecutionRow, outputs: ReadonlyMap<number, Value>): ValueSource {
  const { initialInput: topic, inputs, inputFiles } = execution;
  return { topic, inputs, inputFiles, outputs };
}

function slotOf(key: StepKey): string {
  return `${key.stepNumber}/${key.item}`;
}

function stepOf(run: Run, key: StepKey): Step {
  const step = run.tenure.steps.find((candidate) => candidate.step_number === key.stepNumber);
  if (!step) throw new Error(`execution ${run.tenure.id} has no step ${key.stepNumber}`);
  return step;
}

function linksOf(tenure: Tenure, step: Step): StepLinks {
  const none = { stepNumber: step.step_number, dependsOn: [], previousFrom: null };
  return tenure.links.find((links) => links.stepNumber === step.step_number) ?? none;
}

function wakeAt(time: string, wake: () => void): NodeJS.Timeout {
  return setTimeout(wake, Math.max(0, Date.parse(time) - Date.now()) + 1);
}
