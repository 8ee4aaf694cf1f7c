import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

const LAUNCHER = fileURLToPath(new URL("../../bin/relais.mjs", import.meta.url));
const READY_MS = 120_000;
/** What a process keeps of the environment: nothing that configures Relais, and no key that the machine may hold. */
const PASSED = ["PATH", "HOME", "TMPDIR", "SystemRoot", "NODE_COMPILE_CACHE"];

export interface ProcessOptions {
  dataFolder: string;
  /** Settings beside `RELAIS_DATA_DIR`; `LANG` is French unless given. */
  env?: Record<string, string>;
  cwd?: string;
  /** The Node to start it with; that of the tests unless given. */
  node?: string;
}

export interface Exit {
  /** Null where a signal ended the process. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A Relais in a process of its own. */
export interface RelaisProcess {
  pid: number;
  /** What it has written so far. */
  output(): { stdout: string; stderr: string };
  signal(name: NodeJS.Signals): void;
  /** Resolves when the process has ended. */
  exited: Promise<Exit>;
}

export interface RelaisServer extends RelaisProcess {
  /** Where it answers, as it said itself: `http://127.0.0.1:43521`. */
  url: string;
  /** Asks it to stop, as a person or a service manager does, and waits until it has. */
  stop(): Promise<Exit>;
  /** Ends it at once, as a crash does. */
  kill(): Promise<Exit>;
}

/** Starts `relais …` as a person would, on the Node that runs the tests. */
export function startCommand(args: string[], options: ProcessOptions): RelaisProcess {
  return supervise([LAUNCHER, ...args], options);
}

/** Runs `relais …` to its end. */
export function runCommand(args: string[], options: ProcessOptions): Promise<Exit> {
  return startCommand(args, options).exited;
}

/**
 * Starts a server on a free port and resolves once it has printed its address.
 * @param options.withPage builds the page where it has to be; otherwise what is there is served.
 * @param options.flags of `relais serve`.
 * @param options.script a TypeScript file to run in place of the launcher, which prints the address in the same way.
 * @throws Error with what it wrote, where it ends before it is ready.
 */
export async function startRelais(
  options: ProcessOptions & { withPage?: boolean; script?: string; flags?: string[] },
): Promise<RelaisServer> {
  const { script, withPage = false, env, flags = [] } = options;
  const serve = [LAUNCHER, "serve", ...(withPage ? [] : ["--no-build"]), ...flags];
  const args = script === undefined ? serve : [script];
  const server = supervise(args, { ...options, env: { PORT: "0", ...env } });
  const end = (signal: NodeJS.Signals): Promise<Exit> => {
    server.signal(signal);
    return server.exited;
  };
  return {
    ...server,
    url: await addressOf(server),
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
  };
}

async function addressOf(server: Supervised): Promise<string> {
  const ready = Promise.withResolvers<string>();
  server.onOutput((stdout) => {
    const url = /https?:\/\/\S+(?=\s)/.exec(stdout)?.[0];
    if (url !== undefined) ready.resolve(url);
  });
  const tooLate = setTimeout(() => server.signal("SIGKILL"), READY_MS);
  const url = await Promise.race([ready.promise, server.exited]);
  clearTimeout(tooLate);
  if (typeof url === "string") return url;
  const how = url.signal ?? `exit code ${url.code}`;
  throw new Error(`Relais ended before it was ready (${how})\n${url.stdout}\n${url.stderr}`);
}

interface Supervised extends RelaisProcess {
  onOutput(listener: (stdout: string) => void): void;
}

function supervise(
  args: string[],
  { dataFolder, env, cwd, node = process.execPath }: ProcessOptions,
): Supervised {
  const passed = PASSED.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const child = spawn(node, ["--disable-warning=ExperimentalWarning", ...args], {
    env: { ...Object.fromEntries(passed), LANG: "fr_FR.UTF-8", RELAIS_DATA_DIR: dataFolder, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    ...(cwd !== undefined && { cwd }),
  });
  const written = collect(child);
  const endWithTests = (): void => {
    child.kill("SIGKILL");
  };
  process.once("exit", endWithTests);
  const exited = once(child, "close").then(([code, signal]): Exit => {
    process.off("exit", endWithTests);
    return { code, signal, ...written };
  });
  return {
    pid: child.pid ?? 0,
    output: () => ({ ...written }),
    signal: (name) => void child.kill(name),
    exited,
    onOutput: (listener) => void child.stdout.on("data", () => listener(written.stdout)),
  };
}

function collect(child: ChildProcessByStdio<null, Readable, Readable>): { stdout: string; stderr: string } {
  const written = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (written.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (written.stderr += text));
  return written;
}
