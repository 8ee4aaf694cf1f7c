import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createFileStore } from "../../src/artifacts/file-store.ts";
import { createEngine, type Engine } from "../../src/engine/engine.ts";
import { QueueDispatcher } from "../../src/engine/queue-dispatcher.ts";
import { Relay } from "../../src/engine/relay.ts";
import { newExecution, pressStep } from "../support/engine-rig.ts";
import { startPostgres } from "../support/postgres-server.ts";
import { pressCatalogue, pressSteps } from "../support/press-steps.ts";
import { startPress, type Press } from "../support/press.ts";
import { createDatabase, makeTemplate, openShared, TEMPLATE_URL } from "../support/test-store.ts";

const CHILD = fileURLToPath(new URL("../support/worker-child.ts", import.meta.url));
/** How long the vendor takes for one step. */
const ANSWER_MS = 200;
const AT_ONCE = 20;
const EXECUTIONS = 400;
const COUNTS = [1, 2, 4, 8];

/** Executions of three steps a second on PostgreSQL, by the number of worker processes. */
export type WorkerThroughput = Map<number, number>;

/** Measures how much more several workers finish than one, with a vendor that takes a while. */
export async function measureWorkers(): Promise<WorkerThroughput> {
  const postgres = await startPostgres({ isDurable: true });
  const press = await startPress({ answerAfterMs: ANSWER_MS });
  const sharedTemplate = process.env[TEMPLATE_URL];
  process.env[TEMPLATE_URL] = await makeTemplate(postgres.url);
  const throughput: WorkerThroughput = new Map();
  for (const count of COUNTS) throughput.set(count, await perSecond(press, count));
  process.env[TEMPLATE_URL] = sharedTemplate;
  await press.stop();
  await postgres.stop();
  return throughput;
}

async function perSecond(press: Press, workerCount: number): Promise<number> {
  const folder = await mkdtemp(path.join(tmpdir(), "relais-bench-workers-"));
  const url = await createDatabase();
  const store = await openShared(url);
  const relay = new Relay(store.channel);
  const dispatcher = new QueueDispatcher({
    queue: store.queue,
    maxAtOnce: 0,
    announce: () => relay.announceWork(),
    onError: fail,
  });
  const engine = createEngine({
    db: store.db,
    writer: store.writer,
    artifacts: createFileStore(path.join(folder, "artifacts")),
    steps: pressSteps(press.url),
    catalogue: pressCatalogue,
    dispatcher,
    relay,
    retryUnknownUnderNanoUsd: 0,
    onError: fail,
  });
  await engine.start();
  const orders = { url, folder, pressUrl: press.url, maxAtOnce: AT_ONCE };
  const workers = await Promise.all(Array.from({ length: workerCount }, () => startWorker(orders)));
  const start = performance.now();
  await createAll(engine);
  for (;;) {
    const { count } = await store.db
      .selectFrom("workflow_executions")
      .select((select) => select.fn.countAll<string>().as("count"))
      .where("status", "=", "completed")
      .executeTakeFirstOrThrow();
    if (Number(count) === EXECUTIONS) break;
    await pause(20);
  }
  const seconds = (performance.now() - start) / 1_000;
  for (const worker of workers) worker.kill("SIGTERM");
  await Promise.all(workers.map((worker) => once(worker, "exit")));
  await engine.stop(1_000);
  await store.close();
  await rm(folder, { recursive: true, force: true });
  return EXECUTIONS / seconds;
}

async function createAll(engine: Engine): Promise<void> {
  const steps = [pressStep(1, "s1"), pressStep(2, "s2 {step1_output}"), pressStep(3, "s3 {step2_output}")];
  let left = EXECUTIONS;
  const create = async (): Promise<void> => {
    while (left-- > 0) await engine.create(newExecution(steps));
  };
  await Promise.all(Array.from({ length: 8 }, create));
}

async function startWorker(orders: object): Promise<ChildProcess> {
  const worker = spawn(process.execPath, [CHILD, JSON.stringify(orders)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(worker.stdout, "data");
  // What it prints of each call is not read, and must not hold it up.
  worker.stdout.resume();
  return worker;
}

function fail(error: unknown): void {
  process.stderr.write(`${String(error)}\n`);
}
