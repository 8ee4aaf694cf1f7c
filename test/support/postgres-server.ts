import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const CHILD = fileURLToPath(new URL("postgres-child.ts", import.meta.url));

/** A running PostgreSQL that a test run shares. */
export interface PostgresServer {
  /** Of its maintenance database, as a user who may make others. */
  url: string;
  stop(): Promise<void>;
}

/** Takes the server that `TEST_DATABASE_URL` names, or starts one from npm's binaries. */
export async function startPostgres(): Promise<PostgresServer> {
  const given = process.env["TEST_DATABASE_URL"];
  if (given) return { url: given, stop: async () => {} };
  const child = spawn(process.execPath, [CHILD], { stdio: ["pipe", "pipe", "pipe"] });
  const ended = once(child, "close");
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (complaints += text));
  const ready = Promise.withResolvers<string>();
  child.stdout.setEncoding("utf8").once("data", (line: string) => ready.resolve(line.trim()));
  const url = await Promise.race([ready.promise, ended]);
  if (typeof url !== "string") throw new Error(`PostgreSQL did not start: ${complaints}`);
  return {
    url,
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
