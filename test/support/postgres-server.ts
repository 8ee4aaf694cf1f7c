import { spawn } from "node:child_process";
import { on, once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const CHILD = fileURLToPath(new URL("postgres-child.ts", import.meta.url));

/** A running PostgreSQL. */
export interface PostgresServer {
  /** Of its maintenance database, as a user who may make others. */
  url: string;
  stop(): Promise<void>;
}

/** One that tests may crash. */
export interface OwnPostgres extends PostgresServer {
  /** Ends it by SIGKILL. `down` resolves when it has ended, `restarted` when it answers again on what was on disk. */
  crash(): { down: Promise<void>; restarted: Promise<void> };
}

/** Takes the server that `TEST_DATABASE_URL` names, or starts one from npm's binaries. */
export async function findPostgres(): Promise<PostgresServer> {
  const url = process.env["TEST_DATABASE_URL"];
  return url ? { url, stop: async () => {} } : await startPostgres({ isDurable: false });
}

/** Starts a server from npm's binaries; where it is not durable it is quicker, and not to be crashed. */
export async function startPostgres(options: { isDurable: boolean }): Promise<OwnPostgres> {
  const flags = options.isDurable ? ["--durable"] : [];
  const child = spawn(process.execPath, [CHILD, ...flags], { stdio: ["pipe", "pipe", "pipe"] });
  const ended = once(child, "close");
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (complaints += text));
  const lines = on(createInterface({ input: child.stdout }), "line", { close: ["close"] });
  const nextLine = async (): Promise<string> => {
    const { value } = await lines.next();
    if (Array.isArray(value)) return String(value[0]);
    throw new Error(`PostgreSQL did not start: ${complaints}`);
  };
  return {
    url: await nextLine(),
    crash: () => {
      child.stdin.write("crash\n");
      const down = nextLine().then(() => undefined);
      return { down, restarted: down.then(nextLine).then(() => undefined) };
    },
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
