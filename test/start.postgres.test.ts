import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { executeAnswerSchema, executionSchema, type Execution } from "../src/http/schemas.ts";
import {
  runCommand,
  startCommand,
  startRelais,
  type RelaisProcess,
  type RelaisServer,
} from "./support/relais-process.ts";
import { createDatabase, dropDatabase } from "./support/test-store.ts";

let url: string;
let folder: string;
let running: RelaisProcess[];

beforeEach(async () => {
  url = await createDatabase({ isEmpty: true });
  folder = await mkdtemp(path.join(tmpdir(), "relais-start-"));
  running = [];
});

afterEach(async () => {
  for (const process of running) process.signal("SIGKILL");
  await Promise.all(running.map(({ exited }) => exited));
  await dropDatabase(url);
  await rm(folder, { recursive: true, force: true });
});

const environment = () => ({
  DATABASE_URL: url,
  RELAIS_LOG_LEVEL: "warn",
  RELAIS_ARTIFACTS: path.join(folder, "files"),
});

async function serve(flags: string[] = []): Promise<RelaisServer> {
  const server = await startRelais({ dataFolder: folder, env: environment(), flags });
  running.push(server);
  return server;
}

async function rehearse({ url: address }: RelaisServer): Promise<number> {
  const response = await fetch(`${address}/api/combinations/execute`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      steps: [{ step_number: 1, ai_provider: "gpt-4", prompt: "Un mot sur {topic}" }],
      initial_input: "la mer",
      mode: "rehearsal",
    }),
  });
  return executeAnswerSchema.parse(await response.json()).execution_id;
}

async function completed({ url: address }: RelaisServer, id: number): Promise<Execution> {
  for (;;) {
    const response = await fetch(`${address}/api/combinations/executions/${id}`);
    const execution = executionSchema.parse(await response.json());
    if (execution.status !== "pending" && execution.status !== "running") return execution;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe("relais on PostgreSQL", () => {
  test("makes its tables in an empty database, serves and works in one process", async () => {
    const server = await serve();
    const execution = await completed(server, await rehearse(server));
    expect(execution.status).toBe("completed");
    expect((await server.stop()).code).toBe(0);
    expect(server.output().stderr).toBe("");
  });

  test("leaves the work to workers, and any server shows it", async () => {
    const [one, other] = await Promise.all([serve(["--no-worker"]), serve(["--no-worker"])]);
    const id = await rehearse(one);
    const worker = startCommand(["worker"], { dataFolder: folder, env: environment() });
    running.push(worker);
    const execution = await completed(other, id);
    expect(execution.status).toBe("completed");
    expect(worker.output().stdout).toContain("Ce worker est prêt");
    worker.signal("SIGTERM");
    expect((await worker.exited).code).toBe(0);
    expect(worker.output().stderr).toBe("");
  });

  test("lets commands speak to a server, and says so where there is none", async () => {
    const without = await runCommand(["templates"], { dataFolder: folder, env: environment() });
    expect(without.code).toBe(1);
    expect(without.stderr).toContain("relais serve");
    await serve();
    const file = ["templates"];
    expect((await runCommand(file, { dataFolder: folder, env: environment() })).code).toBe(0);
  });

  test("warns where files are on this machine only, and leaves no folder of files under way", async () => {
    const env = { DATABASE_URL: url, RELAIS_LOG_LEVEL: "warn" };
    const server = await startRelais({ dataFolder: folder, env });
    running.push(server);
    const incoming = async (): Promise<string[]> =>
      (await readdir(path.join(folder, "artifacts"))).filter((name) => name.startsWith("incoming-"));
    expect(await incoming()).toHaveLength(1);
    await server.stop();
    expect(server.output().stderr).toContain("processes on other machines do not see them");
    expect(await incoming()).toEqual([]);
  });

  test("says in a sentence that the database does not answer, without the password", async () => {
    const env = { DATABASE_URL: "postgres://relais:very-secret@127.0.0.1:1/relais" };
    const { code, stderr } = await runCommand(["serve", "--no-build"], { dataFolder: folder, env });
    expect(code).toBe(1);
    expect(stderr).toContain("127.0.0.1:1/relais");
    expect(stderr).toContain("Rien n’a été lancé");
    expect(stderr).not.toContain("secret");
  });
});

describe("relais on SQLite", () => {
  test.each([["worker"], ["serve", "--no-build", "--no-worker"]])(
    "refuses to divide its work: %s",
    async (...command) => {
      const { code, stderr } = await runCommand(command, { dataFolder: folder });
      expect(code).toBe(2);
      expect(stderr).toContain("DATABASE_URL");
    },
  );
});
