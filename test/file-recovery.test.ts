import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { executionSchema, type Execution } from "../src/http/schemas.ts";
import { FAKE_BFL_KEY, startFakeBlackForestLabs } from "./support/fake-black-forest-labs.ts";
import type { FakeServer } from "./support/fake-server.ts";
import { FAKE_IDEOGRAM_KEY, startFakeIdeogram } from "./support/fake-ideogram.ts";
import { startRelais, type RelaisServer } from "./support/relais-process.ts";

const DYING_SERVER = fileURLToPath(new URL("support/dying-server.ts", import.meta.url));

/** A vendor of jobs, and one that answers with the address of a file at once. */
let bfl: FakeServer;
let ideogram: FakeServer;
let dataFolder: string;
let server: RelaisServer | null = null;

beforeEach(async () => {
  bfl = await startFakeBlackForestLabs();
  ideogram = await startFakeIdeogram();
  dataFolder = await mkdtemp(path.join(tmpdir(), "relais-file-recovery-"));
});

afterEach(async () => {
  await server?.kill();
  server = null;
  await Promise.all([bfl.stop(), ideogram.stop()]);
  await rm(dataFolder, { recursive: true, force: true });
});

async function start(dieAt = ""): Promise<RelaisServer> {
  server = await startRelais({
    dataFolder,
    script: DYING_SERVER,
    env: {
      DIE_AT: dieAt,
      BFL_API_KEY: FAKE_BFL_KEY,
      BFL_BASE_URL: `${bfl.url}/v1`,
      IDEOGRAM_API_KEY: FAKE_IDEOGRAM_KEY,
      IDEOGRAM_BASE_URL: ideogram.url,
    },
  });
  return server;
}

/** A picture that a job makes, and one that is answered at once. */
const OF_JOB = { step_number: 1, ai_provider: "black-forest-labs:flux-pro-1.1", prompt: "The sea at rest." };
const AT_ONCE = { ...OF_JOB, ai_provider: "ideogram:ideogram-v3" };

async function post(place: string, body: unknown): Promise<void> {
  const response = await fetch(`${server?.url}/api/combinations${place}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
}

async function read(): Promise<Execution> {
  const response = await fetch(`${server?.url}/api/combinations/executions/1`);
  return executionSchema.parse(await response.json());
}

async function waitFor(status: Execution["status"]): Promise<Execution> {
  await expect.poll(async () => (await read()).status, { timeout: 20_000 }).toBe(status);
  return await read();
}

/** Everything under the folder of files, by its path there; empty folders do not count. */
async function filesKept(): Promise<string[]> {
  const folder = path.join(dataFolder, "artifacts");
  const names = await readdir(folder, { recursive: true });
  const isFile = await Promise.all(names.map(async (name) => (await stat(path.join(folder, name))).isFile()));
  return names.filter((_, index) => isFile[index]).toSorted();
}

function query(text: string): Record<string, unknown>[] {
  const database = new DatabaseSync(path.join(dataFolder, "relais.db"), { readOnly: true });
  try {
    return database.prepare(text).all();
  } finally {
    database.close();
  }
}

/** The files that rows name. */
const filesNamed = (): string[] =>
  query("SELECT DISTINCT hash FROM artifacts")
    .map(({ hash }) => `${String(hash).slice(0, 2)}/${String(hash).slice(2)}`)
    .toSorted();

/** Waits until part of a file is there, and kills the server in the middle of it. */
async function killWhileDownloading(): Promise<void> {
  const incoming = path.join(dataFolder, "artifacts", "incoming");
  const bytesThere = async (): Promise<number> => {
    const names = await readdir(incoming).catch(() => []);
    const sizes = await Promise.all(names.map(async (name) => (await stat(path.join(incoming, name))).size));
    return sizes.reduce((sum, size) => sum + size, 0);
  };
  await expect.poll(bytesThere, { timeout: 20_000 }).toBeGreaterThan(1_000_000);
  expect((await server?.kill())?.signal).toBe("SIGKILL");
  expect(await bytesThere()).toBeGreaterThan(0);
}

/** What the budget of the execution, and those of everything, count. */
function budgets(): unknown[] {
  return query(
    `SELECT DISTINCT sum(reserved_nano_usd) AS reserved, sum(spent_nano_usd) AS spent FROM budgets
     WHERE scope IN ('execution:1', 'all') GROUP BY scope, period`,
  );
}

describe("a server killed by SIGKILL while it downloads", () => {
  test("what a job made fetches it again, and buys nothing", async () => {
    bfl.play("result_stalls");
    await start();
    await post("/execute", { steps: [OF_JOB] });
    await killWhileDownloading();
    await start();
    const execution = await waitFor("completed");
    const [result] = execution.results;
    expect(result?.type).toBe("image");
    // All of it, and what Relais writes into it of how it was made.
    expect(result?.bytes).toBeGreaterThan(40_000_000);
    expect(result?.bytes).toBeLessThan(40_002_000);
    expect(bfl.paidCalls).toBe(1);
    expect(bfl.calls.filter(({ kind }) => kind === "file")).toHaveLength(2);
    expect(query("SELECT status FROM attempts")).toEqual([{ status: "succeeded" }]);
    expect(budgets()).toEqual([{ reserved: 0, spent: 40_000_000 }]);
    expect(await filesKept()).toEqual(filesNamed());
  });

  test("a picture that was answered at once asks, and buys it again only when told", async () => {
    ideogram.play("result_stalls", "success");
    await start();
    await post("/execute", { steps: [AT_ONCE] });
    await killWhileDownloading();
    await start();
    expect((await waitFor("waiting")).waiting_for).toMatchObject({ reason: "in_doubt", step_number: 1 });
    expect(ideogram.paidCalls).toBe(1);
    expect(await filesKept()).toEqual([]);
    await post("/executions/1/decision", { step_number: 1, decision: "retry" });
    const execution = await waitFor("completed");
    expect(execution.results).toMatchObject([{ type: "image" }]);
    expect(ideogram.paidCalls).toBe(2);
    expect(query("SELECT status FROM attempts ORDER BY number")).toEqual([
      { status: "in_doubt" },
      { status: "succeeded" },
    ]);
    const [paid] = query("SELECT cost_nano_usd AS cost FROM attempts WHERE status = 'succeeded'");
    const [doubtful] = query("SELECT reserved_nano_usd AS amount FROM attempts WHERE status = 'in_doubt'");
    expect(budgets()).toEqual([{ reserved: doubtful?.["amount"], spent: paid?.["cost"] }]);
    expect(await filesKept()).toEqual(filesNamed());
  });
});

describe("a server killed by SIGKILL after a file was stored, before a row named it", () => {
  test.each([
    { what: "of a job keeps that file", step: OF_JOB, status: "completed" as const, files: 1 },
    { what: "of a call in doubt removes it", step: AT_ONCE, status: "waiting" as const, files: 0 },
  ])("$what, and leaves none that no row names", async ({ step, status, files }) => {
    const first = await start("after_stored/1");
    await post("/execute", { steps: [step] });
    expect((await first.exited).signal).toBe("SIGKILL");
    expect(await filesKept()).toHaveLength(1);
    expect(filesNamed()).toEqual([]);
    await start();
    await waitFor(status);
    await expect.poll(filesKept, { timeout: 20_000 }).toHaveLength(files);
    expect(await filesKept()).toEqual(filesNamed());
    expect(bfl.paidCalls + ideogram.paidCalls).toBe(1);
  });
});
