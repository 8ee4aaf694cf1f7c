import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { executeAnswerSchema, executionSchema, type Execution } from "../src/http/schemas.ts";
import { FAKE_OPENAI_KEY, startFakeOpenai } from "./support/fake-openai.ts";
import type { FakeServer } from "./support/fake-server.ts";
import { startRelais, type RelaisServer } from "./support/relais-process.ts";

const SECRET = "neuf vagues sur la digue grise";
const WRONG_KEY = "sk-wrong-0123456789-abcdefghij";

let openai: FakeServer;
let folder: string;
let server: RelaisServer;

beforeEach(async () => {
  openai = await startFakeOpenai();
  folder = await mkdtemp(path.join(tmpdir(), "relais-keys-"));
});

afterEach(async () => {
  await server.kill();
  await openai.stop();
  await rm(folder, { recursive: true, force: true });
});

async function start(env: Record<string, string> = { RELAIS_SECRET_KEY: SECRET }): Promise<void> {
  const base = { OPENAI_BASE_URL: `${openai.url}/v1`, RELAIS_LOG_LEVEL: "trace" };
  server = await startRelais({ dataFolder: folder, env: { ...base, ...env } });
}

const api = (place: string): string => `${server.url}/api/combinations${place}`;

async function send(method: string, place: string, body: unknown): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return await fetch(api(place), { method, headers, body: JSON.stringify(body) });
}

const giveKey = (value: string) => send("PUT", "/keys/OPENAI_API_KEY", { value });

async function execute(): Promise<number> {
  const prompts = ["On {topic}", "More than {step1_output}"];
  const steps = prompts.map((prompt, index) => ({ step_number: index + 1, ai_provider: "gpt-4", prompt }));
  const answer = await send("POST", "/execute", { steps, initial_input: "the sea" });
  return executeAnswerSchema.parse(await answer.json()).execution_id;
}

/** Everything that was said of an execution, and what it is at its end. */
async function ended(id: number): Promise<{ execution: Execution; said: string }> {
  const events = await (await fetch(api(`/executions/${id}/events`))).text();
  const said = await (await fetch(api(`/executions/${id}`))).text();
  return { execution: executionSchema.parse(JSON.parse(said)), said: said + events };
}

/** The names of files of the data folder that hold a text. */
async function filesWith(text: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  const found = await Promise.all(files.map(async (file) => (await readFile(file)).includes(text)));
  return files.filter((_, index) => found[index]);
}

describe("a key given on the page", () => {
  test("is changed while a run is under way, which keeps it for the call that is out", async () => {
    await start();
    expect((await giveKey(FAKE_OPENAI_KEY)).status).toBe(204);
    openai.hold();
    const id = await execute();
    await openai.arrived(1);
    await giveKey(WRONG_KEY);
    openai.release();
    const { execution, said } = await ended(id);
    expect(execution.steps_data.map(({ status }) => status)).toEqual(["completed", "failed"]);
    expect(openai.calls.map(({ headers }) => headers["authorization"])).toEqual([
      `Bearer ${FAKE_OPENAI_KEY}`,
      `Bearer ${WRONG_KEY}`,
    ]);
    expect(openai.paidCalls).toBe(1);

    await giveKey(FAKE_OPENAI_KEY);
    const again = await ended(await execute());
    expect(again.execution.status).toBe("completed");
    await server.stop();
    const { stdout, stderr } = server.output();
    for (const secret of [FAKE_OPENAI_KEY, WRONG_KEY, SECRET]) {
      expect(said + again.said + stdout + stderr).not.toContain(secret);
      expect(await filesWith(secret)).toEqual([]);
    }
  });

  test("is there after a restart, said to be unreadable with another secret, and kept", async () => {
    await start();
    await giveKey(FAKE_OPENAI_KEY);
    await server.stop();
    await start({ RELAIS_SECRET_KEY: "une toute autre phrase de passe" });
    const providers = await (await fetch(api("/providers"))).text();
    expect(providers).toContain('"problem":"other_secret"');
    expect(server.output().stderr).toContain("stored keys cannot be read");
    await server.stop();
    await start();
    expect((await ended(await execute())).execution.status).toBe("completed");
  });
});
