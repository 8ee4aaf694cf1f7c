import path from "node:path";
import { createFileStore } from "../../src/artifacts/file-store.ts";
import type { Db } from "../../src/db/database.ts";
import { getExecution, type ExecutionRow } from "../../src/db/execution-store.ts";
import { prepared, type Given } from "../../src/db/prepared.ts";
import type { Checkpoint } from "../../src/engine/attempt.ts";
import type { DefaultCaps } from "../../src/engine/caps.ts";
import { createEngine, type Engine, type EngineOptions, type NewExecution } from "../../src/engine/engine.ts";
import { stepSchema, type StepDraft } from "../../src/workflow/definition.ts";
import type { ModelCatalogue } from "../../src/workflow/models.ts";
import type { StepPort } from "../../src/workflow/ports.ts";
import { pressCatalogue } from "./press-steps.ts";
import { openEngineStore } from "./test-store.ts";

/** A real engine on a real database and real files, in a folder of its own. */
export interface EngineRig {
  db: Db;
  engine: Engine;
  folder: string;
  /** Resolves when the execution is in one of these statuses, on disk. */
  waitFor(executionId: number, statuses: ExecutionRow["status"][]): Promise<ExecutionRow>;
  /** Ends the engine at once and leaves the folder as a crash would. */
  crash(): Promise<void>;
  /** @throws where something happened in the engine that no rule foresees. */
  stop(): Promise<void>;
}

export async function startEngine(options: {
  steps: StepPort;
  /** That of the press where not given. */
  catalogue?: ModelCatalogue;
  /** An earlier rig's folder, to start again on what it left; otherwise a new one. */
  folder?: string;
  checkpoint?: (name: Checkpoint) => void | Promise<void>;
  retryUnknownUnderNanoUsd?: number;
  jobLimitMs?: number;
  maxAtOnce?: number;
  limitsOf?: EngineOptions["limitsOf"];
  defaultCaps?: DefaultCaps;
  now?: () => Date;
  /** Told of errors that no rule foresees; without it `stop` throws them. */
  onError?: (error: unknown) => void;
}): Promise<EngineRig> {
  const store = await openEngineStore({ folder: options.folder, maxAtOnce: options.maxAtOnce ?? 50 });
  const { db, folder } = store;
  const errors: unknown[] = [];
  const engine = createEngine({
    db,
    writer: store.writer,
    artifacts: createFileStore(path.join(folder, "artifacts")),
    steps: options.steps,
    catalogue: options.catalogue ?? pressCatalogue,
    dispatcher: store.dispatcher,
    relay: store.relay,
    retryUnknownUnderNanoUsd: options.retryUnknownUnderNanoUsd ?? 0,
    onError: options.onError ?? ((error) => errors.push(error)),
    ...(options.jobLimitMs !== undefined && { jobLimitMs: options.jobLimitMs }),
    ...(options.limitsOf && { limitsOf: options.limitsOf }),
    ...(options.defaultCaps && { defaultCaps: options.defaultCaps }),
    ...(options.now && { now: options.now }),
    ...(options.checkpoint && { checkpoint: options.checkpoint }),
  });
  await engine.start();
  return {
    db,
    engine,
    folder,
    waitFor: (executionId, statuses) => waitForStatus({ db, engine }, executionId, statuses),
    async crash() {
      await engine.stop(0);
      await store.close();
    },
    async stop() {
      await engine.stop(2_000);
      await (options.folder ? store.close() : store.remove());
      if (errors.length > 0) throw new AggregateError(errors, "the engine met errors that no rule foresees");
    },
  };
}

/** Read at each event, and so as cheaply as the engine reads: a benchmark measures that, not this. */
const statusOf = prepared((db, given: Given<{ id: number }>) =>
  db.selectFrom("workflow_executions").select("status").where("id", "=", given("id")).compile(),
);

async function waitForStatus(
  rig: { db: Db; engine: Engine },
  executionId: number,
  statuses: ExecutionRow["status"][],
): Promise<ExecutionRow> {
  let changed = Promise.withResolvers<void>();
  const unsubscribe = rig.engine.events.subscribe(executionId, () => changed.resolve());
  try {
    for (;;) {
      const [row] = (await statusOf(rig.db, { id: executionId })).rows;
      const execution =
        row && statuses.includes(row.status) ? await getExecution(rig.db, executionId) : undefined;
      if (execution) return execution;
      await changed.promise;
      changed = Promise.withResolvers<void>();
    }
  } finally {
    unsubscribe();
  }
}

/** A step of the press, number `stepNumber`. */
export function pressStep(
  stepNumber: number,
  prompt: string,
  rest: Partial<StepDraft> = {},
): NewExecution["steps"][number] {
  return stepSchema.parse({ step_number: stepNumber, ai_provider: "press", prompt, ...rest });
}

export function newExecution(steps: NewExecution["steps"], rest: Partial<NewExecution> = {}): NewExecution {
  return {
    workflowId: null,
    templateId: null,
    title: null,
    steps,
    initialInput: "Blockchain",
    inputs: {},
    estimate: null,
    mode: "live",
    capNanoUsd: null,
    unpriced: "refuse",
    ...rest,
  };
}
