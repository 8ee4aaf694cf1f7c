import type { ArtifactStore } from "../artifacts/store.ts";
import { listExecutionIdsWithOpenAttempts } from "../db/attempt-store.ts";
import type { Db } from "../db/database.ts";
import { listUnfinishedIds } from "../db/execution-store.ts";
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
import { cancelExecution, createExecution, decideExecution } from "./decisions.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { EventHub } from "./events.ts";
import { Executor } from "./executor.ts";
import { Journal } from "./journal.ts";
import { Relay } from "./relay.ts";

/** An execution as it is asked for: checked, its defaults filled in. */
export interface NewExecution {
  workflowId: number | null;
  templateId: string | null;
  title: string | null;
  steps: Step[];
  initialInput: string;
  inputs: Record<string, string | number>;
  mode: Mode;
  /** Null: no cap. */
  capNanoUsd: NanoUsd | null;
  unpriced: "refuse" | "allow";
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
}

/** Longer than any vendor takes for one film. */
const JOB_LIMIT_MS = 30 * 60 * 1000;

export interface EngineOptions {
  db: Db;
  writer: Writer;
  artifacts: ArtifactStore;
  steps: StepPort;
  catalogue: ModelCatalogue;
  dispatcher: Dispatcher;
  /** Speaks to the other processes that work on the same executions; without it there are none. */
  relay?: Relay;
  /** Calls in doubt whose worst case is under this are repeated without asking; 0: never. */
  retryUnknownUnderNanoUsd: NanoUsd;
  /** How long a job that a vendor has accepted is asked about, where its step does not allow it longer; half an hour unless given. */
  jobLimitMs?: number;
  /** Told of errors that no rule foresees; `executionId` says where. */
  onError: (error: unknown, executionId: number) => void;
  /** Whether it ends waits whose time is over; not where a process may end before what follows from that. */
  keepsDeadlines?: boolean;
  now?: () => Date;
  /** Called at each place of the attempt protocol; recovery tests end the process there. */
  checkpoint?: (name: Checkpoint) => void | Promise<void>;
}

export function createEngine(options: EngineOptions): Engine {
  const { db, writer, dispatcher, relay = new Relay(null) } = options;
  const { now = () => new Date() } = options;
  const events = new EventHub(relay.forward);
  const journal = new Journal({ writer, events, now });
  const ending = new AbortController();
  const executor = executorOf(options, { journal, events, ending: ending.signal });
  let isStopping = false;

  const tidyAside = (id: number): void => {
    void executor.tidy(id).catch((error: unknown) => options.onError(error, id));
  };

  /** Where several processes work, the one whose turn it is also tidies up. */
  const work = async (id: number): Promise<void> => {
    await executor.run(id);
    if (!dispatcher.isAlone && !isStopping) await executor.tidy(id);
  };

  const goOn = goingOn({ executor, relay, dispatcher });
  const clock = new ApprovalClock({ ...options, journal, onExpired: goOn });

  return {
    events,

    async start() {
      await relay.listen({ events, dispatcher, executor });
      if (options.keepsDeadlines !== false) await clock.start();
      if (dispatcher.isAlone) {
        for (const id of await listExecutionIdsWithOpenAttempts(db)) tidyAside(id);
        for (const id of await listUnfinishedIds(db)) dispatcher.enqueue(id);
      }
      dispatcher.start(work);
    },

    async stop(graceMs) {
      isStopping = true;
      const handedBack = dispatcher.stop(ending.signal);
      await atMost(graceMs, Promise.all([executor.stop(), handedBack, clock.stop()]));
      ending.abort();
    },

    async create(execution) {
      if (isStopping) throw shuttingDown();
      const id = await writer.write(async (trx) => {
        const created = await createExecution(trx, execution, journal.now());
        await dispatcher.remember(trx, created);
        return created;
      });
      events.publishStored(id);
      dispatcher.enqueue(id);
      return id;
    },

    async cancel(executionId) {
      await journal.write(executionId, (trx, time) => cancelExecution(trx, executionId, time));
      executor.cancelCalls(executionId);
      relay.cancel(executionId);
      // It may have been waiting for its turn since a restart, with calls out from before.
      if (!(await dispatcher.isHeld(executionId))) tidyAside(executionId);
    },

    async decide(executionId, request) {
      await journal.write(executionId, async (trx, time) => {
        await decideExecution(trx, executionId, request, time);
        await dispatcher.remember(trx, executionId);
      });
      goOn(executionId);
    },
  };
}

/** Has an execution worked on after somebody has decided, whoever holds it. */
function goingOn(parts: { executor: Executor; relay: Relay; dispatcher: Dispatcher }) {
  return (executionId: number): void => {
    parts.executor.wake(executionId);
    parts.relay.wake(executionId);
    // In case it was just coming to rest: the dispatcher calls again when it has.
    parts.dispatcher.enqueue(executionId);
  };
}

function executorOf(
  options: EngineOptions,
  parts: { journal: Journal; events: EventHub; ending: AbortSignal },
): Executor {
  const { jobLimitMs = JOB_LIMIT_MS, checkpoint = () => undefined } = options;
  return new Executor({ ...options, ...parts, jobLimitMs, checkpoint });
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
