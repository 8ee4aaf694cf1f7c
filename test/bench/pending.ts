import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { openSqliteStore } from "../../src/db/store.ts";
import { createExecution } from "../../src/engine/decisions.ts";
import { stepSchema } from "../../src/workflow/definition.ts";
import { newExecution } from "../support/engine-rig.ts";
import { listenOnLoopback } from "../support/listen.ts";
import { startRelais } from "../support/relais-process.ts";
import { MIGRATIONS } from "../support/test-store.ts";
import { residentMegabytes } from "./resident-memory.ts";

/** Long enough for a new process to give back what only its start needed. */
const IDLE_MS = 5_000;

export interface PendingStart {
  /** Milliseconds from the start of the process to its printed address. */
  readyMs: number;
  /** Resident memory a while later, with all of them waiting behind calls that are not answered. */
  megabytes: number;
}

/** Measures the start of a server that finds so many executions to take up, of which it can work on twenty at once. */
export async function measurePending(count: number): Promise<PendingStart> {
  const dataFolder = await mkdtemp(path.join(tmpdir(), "relais-bench-pending-"));
  await storePending(path.join(dataFolder, "relais.db"), count);
  const silent = createServer(() => undefined);
  const env = { OPENAI_COMPATIBLE_BASE_URL: await listenOnLoopback(silent) };
  const before = performance.now();
  const server = await startRelais({ dataFolder, env });
  const readyMs = performance.now() - before;
  await pause(IDLE_MS);
  const megabytes = await residentMegabytes(server.pid);
  await server.kill();
  await closeServer(silent);
  await rm(dataFolder, { recursive: true, force: true });
  return { readyMs, megabytes };
}

async function storePending(file: string, count: number): Promise<void> {
  const store = openSqliteStore(file, MIGRATIONS);
  const step = stepSchema.parse({ step_number: 1, ai_provider: "openai-compatible:any", prompt: "{topic}" });
  const execution = newExecution([step]);
  await store.writer.write(async (trx) => {
    const now = new Date().toISOString();
    for (let stored = 0; stored < count; stored++) await createExecution(trx, execution, now);
  });
  await store.close();
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => {
    server.close(resolve);
  });
}
