import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { sql } from "kysely";
import { createFileStore } from "../../src/artifacts/file-store.ts";
import type { Db } from "../../src/db/database.ts";
import { createEngine, type Engine } from "../../src/engine/engine.ts";
import { QueueDispatcher } from "../../src/engine/queue-dispatcher.ts";
import { Relay } from "../../src/engine/relay.ts";
import { newExecution, pressStep } from "../support/engine-rig.ts";
import { startPostgres } from "../support/postgres-server.ts";
import { pressCatalogue, pressSteps } from "../support/press-steps.ts";
import { createDatabase, makeTemplate, openShared, TEMPLATE_URL } from "../support/test-store.ts";
import { parentOf, processorTimeMs } from "./processor-time.ts";

const CHILD = fileURLToPath(new URL("../support/worker-child.ts", import.meta.url));
const VENDOR = fileURLToPath(new URL("vendor-child.ts", import.meta.url));
/** How long the vendor takes for one step. */
const ANSWER_MS = 200;
const AT_ONCE = 20;
const COUNTS = [1, 2, 4, 8];
/** Long enough for many rounds of three answers. */
const WINDOW_MS = 8_000;
/** So many executions each worker finishes before that, so that they are out of step with each other and their code is compiled. */
const WARM_UP = 60;
/** Some are to be left when all is over, so that there always is something to take. */
const MOST_A_SECOND = 130;

/** How many executions of three steps some workers finished, and what that took of the processors. */
export interface WorkerThroughput {
  perSecond: number;
  /** Processor time for each execution, of all workers and of PostgreSQL; NaN where the system does not tell. */
  workersMs: number;
  postgresMs: number;
  /** How many cores all of it kept busy, the vendor included. */
  cores: number;
}

/**
 * Measures how much more several workers finish than one, by their number, with a vendor that takes a while. What they work on is in
 * the queue before they start, so that nothing runs meanwhile but workers, PostgreSQL and the vendor.
 */
export async function measureWorkers(): Promise<Map<number, WorkerThroughput>> {
  const postgres = await startPostgres({ isDurable: true });
  const vendor = await startChild(VENDOR, String(ANSWER_MS));
  const sharedTemplate = process.env[TEMPLATE_URL];
  process.env[TEMPLATE_URL] = await makeTemplate(postgres.url);
  const throughput = new Map<number, WorkerThroughput>();
  for (const count of COUNTS) throughput.set(count, await measure(vendor, count));
  process.env[TEMPLATE_URL] = sharedTemplate;
  vendor.child.kill();
  await postgres.stop();
  return throughput;
}

async function measure(vendor: Child, workerCount: number): Promise<WorkerThroughput> {
  const folder = await mkdtemp(path.join(tmpdir(), "relais-bench-workers-"));
  const url = await createDatabase();
  const orders = { url, folder, pressUrl: vendor.line, maxAtOnce: AT_ONCE };
  await fillQueue(orders, WARM_UP * workerCount + (MOST_A_SECOND * WINDOW_MS) / 1_000);
  const store = await openShared(url);
  const { db } = store;
  const workers = await Promise.all(
    Array.from({ length: workerCount }, () => startChild(CHILD, JSON.stringify(orders))),
  );
  const pids = {
    workers: workers.map(({ child }) => child.pid ?? 0),
    vendor: vendor.child.pid ?? 0,
    postgres: parentOf(await backendOf(db)),
  };
  while ((await finishedIn(db)) < WARM_UP * workerCount) await pause(50);
  const before = await stateOf(db, pids);
  await pause(WINDOW_MS);
  const after = await stateOf(db, pids);
  for (const { child } of workers) child.kill("SIGTERM");
  await Promise.all(workers.map(({ child }) => once(child, "exit")));
  await store.close();
  await rm(folder, { recursive: true, force: true });
  const finished = after.finished - before.finished;
  const [workersMs, postgresMs, vendorMs] = [
    after.workersMs - before.workersMs,
    after.postgresMs - before.postgresMs,
    after.vendorMs - before.vendorMs,
  ];
  const windowMs = after.timeMs - before.timeMs;
  return {
    perSecond: (1_000 * finished) / windowMs,
    workersMs: workersMs / finished,
    postgresMs: postgresMs / finished,
    cores: (workersMs + postgresMs + vendorMs) / windowMs,
  };
}

interface State {
  timeMs: number;
  finished: number;
  workersMs: number;
  postgresMs: number;
  vendorMs: number;
}

async function stateOf(
  db: Db,
  pids: { workers: number[]; vendor: number; postgres: number },
): Promise<State> {
  return {
    finished: await finishedIn(db),
    timeMs: performance.now(),
    workersMs: pids.workers.reduce((sum, pid) => sum + processorTimeMs(pid, { withChildren: false }), 0),
    postgresMs: processorTimeMs(pids.postgres, { withChildren: true }),
    vendorMs: processorTimeMs(pids.vendor, { withChildren: false }),
  };
}

async function finishedIn(db: Db): Promise<number> {
  const { count } = await db
    .selectFrom("workflow_executions")
    .select((select) => select.fn.countAll<number>().as("count"))
    .where("status", "=", "completed")
    .executeTakeFirstOrThrow();
  return count;
}

/** The process of PostgreSQL that serves this connection: its parent is the server. */
async function backendOf(db: Db): Promise<number> {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db);
  return rows[0]?.pid ?? 0;
}

async function fillQueue(
  { url, folder, pressUrl }: { url: string; folder: string; pressUrl: string },
  executions: number,
): Promise<void> {
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
    steps: pressSteps(pressUrl),
    catalogue: pressCatalogue,
    dispatcher,
    relay,
    retryUnknownUnderNanoUsd: 0,
    onError: fail,
  });
  await engine.start();
  await createAll(engine, executions);
  await engine.stop(1_000);
  // As a server does by itself in time.
  await sql`vacuum analyze`.execute(store.db);
  await store.close();
}

async function createAll(engine: Engine, executions: number): Promise<void> {
  const steps = [pressStep(1, "s1"), pressStep(2, "s2 {step1_output}"), pressStep(3, "s3 {step2_output}")];
  let left = executions;
  const create = async (): Promise<void> => {
    while (left-- > 0) await engine.create(newExecution(steps));
  };
  await Promise.all(Array.from({ length: 8 }, create));
}

interface Child {
  child: ChildProcess;
  /** The first that it printed, which says that it is ready. */
  line: string;
}

async function startChild(file: string, argument: string): Promise<Child> {
  const child = spawn(process.execPath, [file, argument], { stdio: ["ignore", "pipe", "inherit"] });
  const [line]: unknown[] = await once(child.stdout, "data");
  // What a worker prints of each call is not read, and must not hold it up.
  child.stdout.resume();
  return { child, line: String(line).trim() };
}

function fail(error: unknown): void {
  process.stderr.write(`${String(error)}\n`);
}
