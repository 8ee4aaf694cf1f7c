import type { ArtifactStore } from "../artifacts/store.ts";
import { listExecutionIdsWithOpenAttempts } from "../db/attempt-store.ts";
import type { Db } from "../db/database.ts";
import { getExecution, listUnfinishedIds } from "../db/execution-store.ts";
import type { GroupCommit } from "../db/group-commit.ts";
import { RelaisError } from "../errors.ts";
import type { Step } from "../workflow/definition.ts";
import type { ModelCatalogue } from "../workflow/models.ts";
import type { NanoUsd } from "../workflow/money.ts";
import type { StepPort } from "../workflow/ports.ts";
import { isFinal, type Decision, type Mode } from "../workflow/statuses.ts";
import type { Checkpoint } from "./attempt.ts";
import { cancelExecution, createExecution, decideExecution } from "./decisions.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { EventHub } from "./events.ts";
import { Executor } from "./executor.ts";
import { Journal } from "./journal.ts";

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
   * @throws RelaisError `not_found`; `conflict` when it does not wait for this; `cap_too_low`; `not_supported_yet`.
   */
  decide(executionId: number, request: DecisionRequest): Promise<void>;
  readonly events: EventHub;
}

/** Longer than any vendor takes for one film. */
const JOB_LIMIT_MS = 30 * 60 * 1000;

export interface EngineOptions {
  db: Db;
  commit: GroupCommit;
  artifacts: ArtifactStore;
  steps: StepPort;
  catalogue: ModelCatalogue;
  dispatcher: Dispatcher;
  /** Calls in doubt whose worst case is under this are repeated without asking; 0: never. */
  retryUnknownUnderNanoUsd: NanoUsd;
  /** How long a job that a vendor has accepted is asked about, where its step does not allow it longer; half an hour unless given. */
  jobLimitMs?: number;
  /** Told of errors that no rule foresees; `executionId` says where. */
  onError: (error: unknown, executionId: number) => void;
  now?: () => Date;
  /** Called at each place of the attempt protocol; recovery tests end the process there. */
  checkpoint?: (name: Checkpoint) => void | Promise<void>;
}

export function createEngine(options: EngineOptions): Engine {
  const { db, commit, dispatcher, now = () => new Date(), checkpoint = () => undefined } = options;
  const events = new EventHub();
  const journal = new Journal({ commit, events, now });
  const ending = new AbortController();
  const { jobLimitMs = JOB_LIMIT_MS } = options;
  const executor = new Executor({
    ...options,
    journal,
    events,
    checkpoint,
    jobLimitMs,
    ending: ending.signal,
  });
  let isStopping = false;

  /** An execution that has ended while calls were out: what those cost, and gave, is still to be learnt. */
  const tidy = async (id: number): Promise<void> => {
    const execution = await getExecution(db, id);
    if (!execution || !isFinal(execution.status) || executor.isWorkingOn(id)) return;
    void executor.tidy(execution).catch((error: unknown) => options.onError(error, id));
  };

  return {
    events,

    async start() {
      for (const id of await listExecutionIdsWithOpenAttempts(db)) await tidy(id);
      for (const id of await listUnfinishedIds(db)) dispatcher.enqueue(id);
      dispatcher.start((id) => executor.run(id));
    },

    async stop(graceMs) {
      isStopping = true;
      dispatcher.stop();
      const { promise: grace, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, graceMs);
      await Promise.race([executor.stop(), grace]);
      clearTimeout(timer);
      ending.abort();
    },

    async create(execution) {
      if (isStopping) throw shuttingDown();
      const id = await commit.write((trx) => createExecution(trx, execution, journal.now()));
      events.publishStored(id);
      dispatcher.enqueue(id);
      return id;
    },

    async cancel(executionId) {
      await journal.write(executionId, (trx, time) => cancelExecution(trx, executionId, time));
      executor.cancelCalls(executionId);
      // It may have been waiting for its turn since a restart, with calls out from before.
      await tidy(executionId);
    },

    async decide(executionId, request) {
      await journal.write(executionId, (trx, time) => decideExecution(trx, executionId, request, time));
      executor.wake(executionId);
      // In case it was just coming to rest: the dispatcher calls again when it has.
      dispatcher.enqueue(executionId);
    },
  };
}

function shuttingDown(): RelaisError {
  return new RelaisError("shutting_down", {
    fr: "Relais est en train de s’arrêter. Rien n’a été lancé ni facturé. Réessayez quand il aura redémarré.",
    en: "Relais is shutting down. Nothing was started or billed. Try again once it is back.",
  });
}
