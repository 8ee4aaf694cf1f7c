import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { providerListSchema } from "../src/http/provider-schemas.ts";
import { executeAnswerSchema } from "../src/http/schemas.ts";
import { FAKE_OPENAI_KEY, startFakeOpenai } from "./support/fake-openai.ts";
import type { FakeServer } from "./support/fake-server.ts";
import { startCommand, startRelais, type RelaisProcess } from "./support/relais-process.ts";
import { createDatabase, dropDatabase } from "./support/test-store.ts";

let url: string;
let folder: string;
let openai: FakeServer;
let running: RelaisProcess[];

beforeEach(async () => {
  url = await createDatabase({ isEmpty: true });
  folder = await mkdtemp(path.join(tmpdir(), "relais-keys-"));
  openai = await startFakeOpenai();
  running = [];
});

afterEach(async () => {
  for (const process of running) process.signal("SIGKILL");
  await Promise.all(running.map(({ exited }) => exited));
  await openai.stop();
  await dropDatabase(url);
  await rm(folder, { recursive: true, force: true });
});

async function send(server: { url: string }, method: string, place: string, body: unknown) {
  return await fetch(`${server.url}/api/combinations${place}`, {
    method,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

/** Where a server has the key of OpenAI from. */
async function sourceAt(server: { url: string }) {
  const answer = await fetch(`${server.url}/api/combinations/providers`);
  const { providers } = providerListSchema.parse(await answer.json());
  return providers.find(({ id }) => id === "openai")?.key?.source;
}

test("a key given to one server holds for every other and for workers, without a restart", async () => {
  const env = {
    DATABASE_URL: url,
    RELAIS_ARTIFACTS: path.join(folder, "files"),
    RELAIS_SECRET_KEY: "neuf vagues sur la digue grise",
    OPENAI_BASE_URL: `${openai.url}/v1`,
    RELAIS_LOG_LEVEL: "warn",
  };
  const options = (name: string) => ({ dataFolder: path.join(folder, name), env });
  const flags = ["--no-worker"];
  const one = await startRelais({ ...options("one"), flags });
  running.push(one);
  const [other, worker] = [
    await startRelais({ ...options("other"), flags }),
    startCommand(["worker"], options("worker")),
  ];
  running.push(other, worker);
  await expect.poll(() => worker.output().stdout).not.toBe("");

  expect(await sourceAt(other)).toBeNull();
  const given = await send(one, "PUT", "/keys/OPENAI_API_KEY", { value: FAKE_OPENAI_KEY });
  expect(given.status).toBe(204);
  await expect.poll(() => sourceAt(other), { timeout: 3_000 }).toBe("page");

  const steps = [{ step_number: 1, ai_provider: "gpt-4", prompt: "On {topic}" }];
  const started = await send(other, "POST", "/execute", { steps, initial_input: "the sea" });
  const { execution_id: id } = executeAnswerSchema.parse(await started.json());
  const events = await fetch(`${other.url}/api/combinations/executions/${id}/events`);
  expect(await events.text()).toContain('"status":"completed"');
  expect(openai.paidCalls).toBe(1);

  await send(other, "DELETE", "/keys/OPENAI_API_KEY", {});
  await expect.poll(() => sourceAt(one), { timeout: 3_000 }).toBeNull();
});
