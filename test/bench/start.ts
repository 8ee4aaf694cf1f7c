import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startRelais } from "../support/relais-process.ts";
import { residentMegabytes } from "./resident-memory.ts";

const STARTS = 5;
/** Long enough for a new process to give back what only its start needed. */
const IDLE_MS = 5_000;

export interface Start {
  /** Milliseconds from the start of the process to its printed address, the page being built: the median. */
  readyMs: number;
  /** Resident memory of the whole server when it has been idle for a while. */
  idleMegabytes: number;
  /** The same for a Node server that answers and does nothing else. */
  floorMegabytes: number;
}

/** Measures start-up and idle memory of a built server. */
export async function measureStart(): Promise<Start> {
  const dataFolder = await mkdtemp(path.join(tmpdir(), "relais-bench-start-"));
  const times: number[] = [];
  let idleMegabytes = 0;
  for (let start = 0; start < STARTS; start++) {
    const before = performance.now();
    const server = await startRelais({ dataFolder });
    times.push(performance.now() - before);
    if (start === STARTS - 1) {
      await pause(IDLE_MS);
      idleMegabytes = await residentMegabytes(server.pid);
    }
    await server.stop();
  }
  await rm(dataFolder, { recursive: true, force: true });
  const readyMs = times.toSorted((a, b) => a - b)[Math.floor(STARTS / 2)] ?? 0;
  return { readyMs, idleMegabytes, floorMegabytes: await floorMegabytes() };
}

async function floorMegabytes(): Promise<number> {
  const script =
    "require('node:http').createServer((q, s) => s.end('x')).listen(0, '127.0.0.1', () => console.log('up'))";
  const child: ChildProcess = spawn(process.execPath, ["-e", script], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  if (child.stdout) await once(child.stdout, "data");
  await pause(1_000);
  const megabytes = await residentMegabytes(child.pid ?? 0);
  child.kill();
  await once(child, "exit");
  return megabytes;
}
