import { fork, type ChildProcess } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { z } from "zod";
import { messageOf } from "../errors.ts";
import { workerMessageSchema } from "./child-worker.ts";

/** At most this many children work at once; the smallest machine that Relais is made for has two cores. */
const MAX_CHILDREN = 2;
const MAX_ERROR_CHARACTERS = 4_000;
const MEMORY_LOOK_MS = 100;
const MEBIBYTE = 1024 * 1024;

/** What a child may see of the environment: enough to start, and no key of any vendor. */
const PASSED_VARIABLES = "PATH TMPDIR TEMP TMP SystemRoot LANG TZ LD_LIBRARY_PATH NODE_COMPILE_CACHE".split(
  " ",
);

/** A worker that broke off: it threw, crashed or was killed from outside. The message is for logs, in English. */
export class ChildFailure extends Error {
  override readonly name: string = "ChildFailure";
}

/** A worker that was stopped because it took more time or memory than it may. */
export class ChildOverLimit extends ChildFailure {
  override readonly name = "ChildOverLimit";
  readonly limit: "time" | "memory";

  constructor(limit: "time" | "memory", message: string) {
    super(message);
    this.limit = limit;
  }
}

export interface ChildJob<Result> {
  /** The worker's source file, which calls `serveWorker`: `new URL("./x-worker.ts", import.meta.url)`. */
  worker: URL;
  /** Anything structured cloning can carry; files go by path. */
  request: object;
  /** What the worker answers. */
  result: z.ZodType<Result>;
  /** Kills the child. The promise rejects with the signal's reason once the child is gone. */
  signal: AbortSignal;
  /** Between 0 and 1. */
  onProgress?(fraction: number): void;
  /** For content of which nobody knows what it does to the program that reads it. */
  limits?: ChildLimits;
  /** What it waits among; "long" unless given. */
  lane?: Lane;
}

export interface ChildLimits {
  /** Of the whole job, waiting for its place left out. */
  seconds: number;
  /** Of the whole process. Beyond Linux only what JavaScript itself holds is limited. */
  memoryMib: number;
}

/**
 * For what composes films and sounds out of files of others. An hour of film takes about that long on a slow machine; a film
 * of any length takes less than half of that memory, unless something in it is made to take all of it.
 */
export const COMPOSING_LIMITS: ChildLimits = { seconds: 4 * 3_600, memoryMib: 2_048 };

/** Who works, and who waits for a place. */
interface Places {
  running: number;
  waiting: (() => void)[];
}

/**
 * Who has places of his own. "brief": what a paid result waits for before it is stored, about a second. "glance": small pictures
 * that a person waits for. Neither ever waits for films that are being composed.
 */
type Lane = "long" | "brief" | "glance";

const PLACES: Record<Lane, Places> = {
  long: { running: 0, waiting: [] },
  brief: { running: 0, waiting: [] },
  glance: { running: 0, waiting: [] },
};

/**
 * Runs one job in a Node process of its own and answers with what the worker answers. Heavy work stays off the event
 * loop of the server, and code under the GPL stays out of its process.
 * @throws ChildFailure where the worker fails; the signal's reason where it was aborted.
 */
export async function runInChild<Result>(job: ChildJob<Result>): Promise<Result> {
  const places = PLACES[job.lane ?? "long"];
  await takePlace(places, job.signal);
  try {
    return await superviseChild(job);
  } finally {
    givePlaceBack(places);
  }
}

async function takePlace(places: Places, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { waiting } = places;
  if (places.running < MAX_CHILDREN) {
    places.running += 1;
    return;
  }
  await new Promise<void>((resolve, reject) => {
    const leave = (): void => {
      waiting.splice(waiting.indexOf(proceed), 1);
      reject(reasonOf(signal));
    };
    const proceed = (): void => {
      signal.removeEventListener("abort", leave);
      resolve();
    };
    waiting.push(proceed);
    signal.addEventListener("abort", leave, { once: true });
  });
}

/** Hands the place to whoever has waited longest. */
function givePlaceBack(places: Places): void {
  const next = places.waiting.shift();
  if (next === undefined) places.running -= 1;
  else next();
}

function superviseChild<Result>(job: ChildJob<Result>): Promise<Result> {
  const name = fileURLToPath(job.worker).split(/[\\/]/).at(-1) ?? "worker";
  return new Promise<Result>((resolve, reject) => {
    const child = startChild(job.worker, job.limits);
    let errorText = "";
    let answer: { result: Result } | null = null;
    let failure: Error | null = null;
    const abort = (): void => {
      failure ??= reasonOf(job.signal);
      child.kill("SIGKILL");
    };
    job.signal.addEventListener("abort", abort, { once: true });
    const stopWatching = watchLimits(child, job.limits, (limit) => {
      failure ??= new ChildOverLimit(limit, `${name} took more ${limit} than it may`);
      child.kill("SIGKILL");
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      errorText = (errorText + text).slice(-MAX_ERROR_CHARACTERS);
    });
    child.on("message", (received) => {
      const { data: message } = workerMessageSchema.safeParse(received);
      if (message?.kind === "progress") job.onProgress?.(message.fraction);
      else if (message?.kind === "failed") failure ??= new ChildFailure(`${name}: ${message.message}`);
      else if (message?.kind === "done") {
        const parsed = job.result.safeParse(message.result);
        if (parsed.success) answer = { result: parsed.data };
        else failure ??= new ChildFailure(`${name} answered something else: ${parsed.error.message}`);
      }
    });
    child.on("error", (error) => {
      failure ??= new ChildFailure(`${name} could not start: ${error.message}`);
      if (child.pid === undefined) settle("no process");
    });
    // "close" comes once the process has ended and its pipes are empty, so nothing of the child is left behind.
    child.on("close", (code, signalName) => settle(signalName ?? `exit code ${code}`));
    const settle = (how: string): void => {
      job.signal.removeEventListener("abort", abort);
      stopWatching();
      const isOutOfMemory = answer === null && /heap out of memory/.test(errorText);
      if (isOutOfMemory) failure ??= new ChildOverLimit("memory", `${name} ran out of memory`);
      if (failure === null && answer !== null) resolve(answer.result);
      else reject(failure ?? new ChildFailure(`${name} stopped (${how}) ${errorLineOf(errorText)}`.trim()));
    };
    child.send(job.request, (error) => {
      if (error !== null) failure ??= new ChildFailure(`${name} could not be reached: ${error.message}`);
    });
    if (job.signal.aborted) abort();
  });
}

/** Looks after a child until it is told to stop. */
function watchLimits(
  { pid }: ChildProcess,
  limits: ChildLimits | undefined,
  onLimit: (limit: "time" | "memory") => void,
): () => void {
  if (!limits || pid === undefined) return () => undefined;
  const end = setTimeout(() => onLimit("time"), limits.seconds * 1_000);
  const watchMemory = async (): Promise<void> => {
    if ((await memoryOf(pid)) > limits.memoryMib * MEBIBYTE) onLimit("memory");
  };
  const look = setInterval(() => void watchMemory(), MEMORY_LOOK_MS);
  return () => {
    clearTimeout(end);
    clearInterval(look);
  };
}

/** What a process holds in memory, in bytes; 0 where that cannot be told. */
async function memoryOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1_024;
}

/** What a program that ended on an error says of it, without its stack. */
function errorLineOf(errorText: string): string {
  const lines = errorText.split("\n").map((line) => line.trim());
  return lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.findLast((line) => line !== "") ?? "";
}

function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error ? reason : new ChildFailure(`aborted: ${messageOf(reason)}`);
}

function startChild(worker: URL, limits: ChildLimits | undefined): ChildProcess {
  const environment = PASSED_VARIABLES.flatMap((variable) => {
    const value = process.env[variable];
    return value === undefined ? [] : [[variable, value] as const];
  });
  return fork(worker, {
    execPath: process.execPath,
    execArgv: ["--no-warnings", ...(limits ? [`--max-old-space-size=${limits.memoryMib}`] : [])],
    env: Object.fromEntries(environment),
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
}
