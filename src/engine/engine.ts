import type { ArtifactStore } from "../artifacts/store.ts";
import { listExecutionIdsWithOpenAttempts } from "../db/attempt-store.ts";
import type { Db, Trx } from "../db/database.ts";
import type { BatchPlace } from "../db/execution-store.ts";
import { fairGroupOf, getParty, listUnfinished } from "../db/party.ts";
import type { StoredEstimate, StoredFile } from "../db/stored-values.ts";
import type { Writer } from "../db/writer.ts";
import { RelaisError } from "../errors.ts";
import type { Step } from "../workflow/definition.ts";
import type { ModelCatalogue } from "../workflow/models.ts";
import type { NanoUsd } from "../workflow/money.ts";
import type { StepPort } from "../workflow/ports.ts";
import type { Decision, Mode } from "../workflow/statuses.ts";
import { ApprovalClock } from "./approval-clock.ts";
import type { EditedOutput } from "./approval.ts";
import type { Checkpoint } from "./attempt.ts";
import { groupOfBatch, storeBatch, type CreatedBatch, type NewBatch } from "./batches.ts";
import { CapWatch } from "./cap-watch.ts";
import { Caps, type DefaultCaps } from "./caps.ts";
import { cancelExecution, createExecution, decideExecution, resumeFromCap } from "./decisions.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { EventHub } from "./events.ts";
import { Executor } from "./executor.ts";
import { Journal } from "./journal.ts";
import { Places } from "./places.ts";
import type { ProviderLimits } from "./provider-room.ts";
import { Relay } from "./relay.ts";
import type { RerunOrigin } from "./taken-over.ts";

/** An execution as it is asked for: checked, its defaults filled in. */
export interface NewExecution {
  workflowId: number | null;
  templateId: string | null;
  title: string | null;
  steps: Step[];
  initialInput: string;
  inputs: Record<string, string | number>;
  /** What it is expected to cost; null where that was not worked out. */
  estimate: StoredEstimate | null;
  mode: Mode;
  /** Null: no cap. */
  capNanoUsd: NanoUsd | null;
  unpriced: "refuse" | "allow";
  /** The stored files that inputs stand for, by the name of the input; none unless given. */
  inputFiles?: Record<string, StoredFile>;
  /** Whether stored results of identical calls are taken instead of making the calls; false unless given. */
  reuse?: boolean;
  /** The execution that this one is made from, and what it takes over. */
  rerun?: RerunOrigin;
  /** The row of a batch that it is for; of none unless given. */
  batch?: BatchPlace;
}

export interface DecisionRequest {
  decision: Decision;
  stepNumber: number;
  item?: number;
  /** The new cap of the execution; needed by `raise_cap` only. */
  capNanoUsd?: NanoUsd;
  /** Put in the place of the result that is approved; with `approve` only. */
  output?: EditedOutput;
}

/** What the HTTP interface and the command line ask of the engine. */
export interface Engine {
  /** Takes up every execution that is not at rest. */
  start(): Promise<void>;
  /** Starts nothing new, waits at most `graceMs` for calls in flight and leaves the rest as after a crash. */
  stop(graceMs: number): Promise<void>;
  /** Stores a new execution and sets it going; resolves with its id once it is on disk. */
  create(execution: NewExecution): Promise<number>;
  /** The same of several, all or nothing; their ids in the same order. */
  createAll(executions: readonly NewExecution[]): Promise<number[]>;
  /** Stores a batch with an execution a row, all or nothing, and sets them going; resolves once they are on disk. */
  createBatch(batch: NewBatch, rows: readonly NewExecution[]): Promise<CreatedBatch>;
  /**
   * Cancels an execution; resolves once the state `cancelled` is on disk.
   * @throws RelaisError `not_found`, or `conflict` when it has already ended.
   */
  cancel(executionId: number): Promise<void>;
  /**
   * Answers what an execution waits for.
   * @throws RelaisError `not_found`; `conflict` when it does not wait for this; `cap_too_low`; `invalid_request`.
   */
  decide(executionId: number, request: DecisionRequest): Promise<void>;
  readonly events: EventHub;
  /** What all executions together, or those of one workflow, may spend. */
  readonly caps: Caps;
}

const NO_CAPS: DefaultCaps = { day: null, month: null };

/** Longer than any vendor takes for one film. */
const JOB_LIMIT_MS = 30 * 60 * 1000;

const NO_LIMITS: ProviderLimits = { atOnce: null, aMinute: null };

export interface EngineOptions {
  db: Db;
  writer: Writer;
  artifacts: ArtifactStore;
  steps: StepPort;
  catalogue: ModelCatalogue;
  dispatcher: Dispatcher;
  /** Speaks to the other processes that work on the same executions; without it there are none. */
  relay?: Relay;
  /**
   * How many calls a provider may have, of all processes together; null: it takes all and never turns calls away. Without
   * it, as many as there are, but fewer after a provider turned some away.
   */
  limitsOf?: (provider: string) => ProviderLimits | null;
  /** Calls in doubt whose worst case is under this are repeated without asking; 0: never. */
  retryUnknownUnderNanoUsd: NanoUsd;
  /** Caps on everything together where a person has set none; without them there are none. */
  defaultCaps?: DefaultCaps;
  /** Leaves executions alone that other processes began. */
  onlyNewExecutions?: boolean;
  /** How long a job that a vendor has accepted is asked about, where its step does not allow it longer; half an hour unless given. */
  jobLimitMs?: number;
  /** Told of errors that no rule foresees; `executionId` says where, null where it is about none alone. */
  onError: (error: unknown, executionId: number | null) => void;
  now?: () => Date;
  /** Called at each place of the attempt protocol; recovery tests end the process there. */
  checkpoint?: (name: Checkpoint) => void | Promise<void>;
}

export function createEngine(options: EngineOptions): Engine {
  const { db, writer, dispatcher, relay = new Relay(null), now = () => new Date() } = options;
  const events = new EventHub(relay.forward);
  const places = placesOf(options, { relay, now });
  const { caps, watch } = watchedCaps(options, now);
  const journal = new Journal({ writer, events, places, caps, now, onFreed: () => watch.look() });
  const ending = new AbortController();
  const executor = executorOf(options, { journal, places, events, ending: ending.signal });
  const parts = { db, journal, executor, dispatcher, relay };
  let isStopping = false;
  const isEnding = (): boolean => isStopping;
  const creation = creationOf({ writer, dispatcher, journal, watch, events, isStopping: isEnding });

  const tidyAside = (id: number): void => {
    void executor.tidy(id).catch((error: unknown) => options.onError(error, id));
  };

  /** Where several processes work, the one whose turn it is also tidies up. */
  const work = async (id: number): Promise<void> => {
    await executor.run(id);
    if (!dispatcher.isAlone && !isStopping) await executor.tidy(id);
  };

  const clock = new ApprovalClock({ ...options, now, goOn: (id, change) => goOn(parts, id, change) });

  return {
    events,
    caps,

    async start() {
      await relay.listen({ events, dispatcher, places, executor });
      if (!options.onlyNewExecutions) await clock.start();
      if (dispatcher.isAlone) await takeUpAll(db, { dispatcher, tidyAside });
      dispatcher.start(work);
      watch.start((id, budget) => goOn(parts, id, (trx, time) => resumeFromCap(trx, id, budget, time)));
    },

    async stop(graceMs) {
      isStopping = true;
      const handedBack = dispatcher.stop(ending.signal);
      await atMost(graceMs, Promise.all([executor.stop(), handedBack, watch.stop(), clock.stop()]));
      ending.abort();
      places.stop();
    },

    ...creation,

    async cancel(executionId) {
      await journal.write(executionId, (trx, time) => cancelExecution(trx, executionId, time));
      executor.cancelCalls(executionId);
      relay.cancel(executionId);
      // It may have been waiting for its turn since a restart, with calls out from before.
      if (!(await dispatcher.isHeld(executionId))) tidyAside(executionId);
    },

    async decide(executionId, request) {
      await goOn(parts, executionId, async (trx, time) => {
        await decideExecution(trx, executionId, request, time);
        return true;
      });
    },
  };
}

/**
 * Stores what is new with its entries in the queue, in one transaction, and sets it going. It is told of once it is on disk, where
 * it mostly comes with what its first steps write: no call leaves before that.
 */
function creationOf(parts: {
  writer: Writer;
  dispatcher: Dispatcher;
  journal: Journal;
  watch: CapWatch;
  events: EventHub;
  isStopping: () => boolean;
}): Pick<Engine, "create" | "createAll" | "createBatch"> {
  const { writer, dispatcher, journal, watch, events } = parts;
  const stage = async <T>(task: (trx: Trx) => Promise<T>): Promise<T> => {
    if (parts.isStopping()) throw shuttingDown();
    return await writer.stage(task);
  };
  const setGoing = (id: number, fairGroup: string): void => {
    watch.add(id);
    dispatcher.enqueue(id, fairGroup);
  };
  const store = async (trx: Trx, execution: NewExecution): Promise<number> => {
    const id = await createExecution(trx, execution, journal.now());
    await dispatcher.remember(trx, id);
    return id;
  };
  const start = ({ batch, ...execution }: NewExecution, id: number): void =>
    setGoing(id, fairGroupOf({ ...execution, userId: null, batchId: batch?.id ?? null }));
  const tell = ({ batch, rerun }: NewExecution, id: number): number => {
    events.publishStored(id);
    // Who follows the row of a batch learns so that another execution stands there now.
    if (batch && rerun) events.publishStored(rerun.executionId);
    return id;
  };
  return {
    async create(execution) {
      const id = await stage(async (trx) => await store(trx, execution));
      start(execution, id);
      await writer.flushed();
      return tell(execution, id);
    },

    async createAll(executions) {
      const stored = await stage(async (trx) => {
        const pairs: [NewExecution, number][] = [];
        for (const execution of executions) pairs.push([execution, await store(trx, execution)]);
        return pairs;
      });
      for (const [execution, id] of stored) start(execution, id);
      await writer.flushed();
      return stored.map(([execution, id]) => tell(execution, id));
    },

    async createBatch(batch, rows) {
      const created = await stage(async (trx) => {
        const stored = await storeBatch(trx, { batch, rows, now: journal.now() });
        await dispatcher.rememberAll(trx, stored.executionIds, groupOfBatch(stored.batchId));
        return stored;
      });
      for (const id of created.executionIds) setGoing(id, groupOfBatch(created.batchId));
      await writer.flushed();
      for (const id of created.executionIds) events.publishStored(id);
      return created;
    },
  };
}

/** What this process alone works on, it goes on with. */
async function takeUpAll(
  db: Db,
  { dispatcher, tidyAside }: { dispatcher: Dispatcher; tidyAside: (id: number) => void },
): Promise<void> {
  for (const id of await listExecutionIdsWithOpenAttempts(db)) tidyAside(id);
  for (const party of await listUnfinished(db)) dispatcher.enqueue(party.executionId, fairGroupOf(party));
}

/** The caps, and who watches for room under them. */
function watchedCaps(options: EngineOptions, now: () => Date): { caps: Caps; watch: CapWatch } {
  const { db, writer, defaultCaps: defaults = NO_CAPS, onlyNewExecutions = false } = options;
  const caps: Caps = new Caps({ db, writer, now, defaults, onChange: () => watch.look() });
  const onError = (error: unknown): void => options.onError(error, null);
  const watch: CapWatch = new CapWatch({ db, caps, now, wakesAddedOnly: onlyNewExecutions, onError });
  return { caps, watch };
}

/** Changes rows so that an execution may go on, and sets it going; nothing follows where `change` says that it changed nothing. */
async function goOn(
  parts: { db: Db; journal: Journal; executor: Executor; dispatcher: Dispatcher; relay: Relay },
  executionId: number,
  change: (trx: Trx, time: string) => Promise<boolean>,
): Promise<void> {
  const { db, journal, executor, dispatcher, relay } = parts;
  const hasChanged = await journal.write(executionId, async (trx, time) => {
    if (!(await change(trx, time))) return false;
    await dispatcher.remember(trx, executionId);
    return true;
  });
  if (!hasChanged) return;
  executor.wake(executionId);
  relay.wake(executionId);
  // In case it was just coming to rest: the dispatcher calls again when it has.
  dispatcher.enqueue(executionId, fairGroupOf(await getParty(db, executionId)));
}

function executorOf(
  options: EngineOptions,
  parts: { journal: Journal; places: Places; events: EventHub; ending: AbortSignal },
): Executor {
  const { jobLimitMs = JOB_LIMIT_MS, checkpoint = () => undefined } = options;
  return new Executor({ ...options, ...parts, jobLimitMs, checkpoint });
}

function placesOf(options: EngineOptions, { relay, now }: { relay: Relay; now: () => Date }): Places {
  const { db, writer, limitsOf = () => NO_LIMITS, onError } = options;
  return new Places({
    db,
    writer,
    limitsOf,
    now,
    announce: (turn) => relay.announceTurn(turn),
    onError: (error) => onError(error, null),
  });
}

/** Waits for some work, but no longer than that. */
async function atMost(timeMs: number, work: Promise<unknown>): Promise<void> {
  const { promise: isOver, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, timeMs);
  await Promise.race([work, isOver]);
  clearTimeout(timer);
}

function shuttingDown(): RelaisError {
  return new RelaisError("shutting_down", {
    fr: "Relais est en train de s’arrêter. Rien n’a été lancé ni facturé. Réessayez quand il aura redémarré.",
    en: "Relais is shutting down. Nothing was started or billed. Try again once it is back.",
  });
}
