import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { z } from "zod";
import { messageOf } from "../errors.ts";
import { workerMessageSchema } from "./child-worker.ts";

/** At most this many children work at once; the smallest machine that Relais is made for has two cores. */
const MAX_CHILDREN = 2;
const MAX_ERROR_CHARACTERS = 4_000;

/** What a child may see of the environment: enough to start, and no key of any vendor. */
const PASSED_VARIABLES = [
  ...["PATH", "TMPDIR", "TEMP", "TMP", "SystemRoot", "LANG", "TZ", "LD_LIBRARY_PATH"],
  "NODE_COMPILE_CACHE",
];

/** A worker that broke off: it threw, crashed or was killed from outside. The message is for logs, in English. */
export class ChildFailure extends Error {
  override readonly name = "ChildFailure";
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
}

let running = 0;
const waiting: (() => void)[] = [];

/**
 * Runs one job in a Node process of its own and answers with what the worker answers. Heavy work stays off the event
 * loop of the server, and code under the GPL stays out of its process.
 * @throws ChildFailure where the worker fails; the signal's reason where it was aborted.
 */
export async function runInChild<Result>(job: ChildJob<Result>): Promise<Result> {
  await takePlace(job.signal);
  try {
    return await superviseChild(job);
  } finally {
    givePlaceBack();
  }
}

async function takePlace(signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (running < MAX_CHILDREN) {
    running += 1;
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
function givePlaceBack(): void {
  const next = waiting.shift();
  if (next === undefined) running -= 1;
  else next();
}

function superviseChild<Result>(job: ChildJob<Result>): Promise<Result> {
  const name = fileURLToPath(job.worker).split(/[\\/]/).at(-1) ?? "worker";
  return new Promise<Result>((resolve, reject) => {
    const child = startChild(job.worker);
    let errorText = "";
    let answer: { result: Result } | null = null;
    let failure: Error | null = null;
    const abort = (): void => {
      failure ??= reasonOf(job.signal);
      child.kill("SIGKILL");
    };
    job.signal.addEventListener("abort", abort, { once: true });
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
      if (failure === null && answer !== null) resolve(answer.result);
      else reject(failure ?? new ChildFailure(`${name} stopped (${how}) ${errorLineOf(errorText)}`.trim()));
    };
    child.send(job.request, (error) => {
      if (error !== null) failure ??= new ChildFailure(`${name} could not be reached: ${error.message}`);
    });
    if (job.signal.aborted) abort();
  });
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

function startChild(worker: URL): ChildProcess {
  const environment = PASSED_VARIABLES.flatMap((variable) => {
    const value = process.env[variable];
    return value === undefined ? [] : [[variable, value] as const];
  });
  return fork(worker, {
    execPath: process.execPath,
    execArgv: ["--no-warnings"],
    env: Object.fromEntries(environment),
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
}
