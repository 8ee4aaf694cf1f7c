import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { composeRelais, type Relais } from "../src/cli/compose.ts";
import { readSettings } from "../src/cli/config.ts";
import { providerListSchema } from "../src/http/provider-schemas.ts";
import { executeAnswerSchema, executionSchema, type Execution } from "../src/http/schemas.ts";
import { LOCAL_SERVERS } from "./support/fake-local-servers.ts";
import { startFakeOpenaiCompatible } from "./support/fake-openai-compatible.ts";
import type { FakeServer } from "./support/fake-server.ts";

const API = "/api/combinations";

let folder: string;
let ollama: FakeServer;
let relais: Relais | undefined;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "relais-discovery-"));
  ollama = await startFakeOpenaiCompatible({ apiKey: null, lists: LOCAL_SERVERS.ollama });
});

afterEach(async () => {
  await relais?.close({ graceMs: 0 });
  relais = undefined;
  await ollama.stop();
  rmSync(folder, { recursive: true });
});

/** Puts Relais together as a start does. The other servers are looked for where nothing listens. */
async function start(environment: Record<string, string>): Promise<Relais> {
  const settings = readSettings({ RELAIS_DATA_DIR: folder, ...environment });
  const others = ["lmstudio", "llamacpp", "localai", "vllm", "kokoro", "comfyui", "automatic1111"];
  const localPorts = {
    ...Object.fromEntries(others.map((id) => [id, 1])),
    ollama: Number(new URL(ollama.url).port),
  };
  relais = await composeRelais(settings, pino({ level: "silent" }), { localPorts });
  await relais.engine.start();
  return relais;
}

async function providerOf({ app }: Relais, id: string) {
  const list = providerListSchema.parse(await (await app.request(`${API}/providers`)).json());
  return list.providers.find((provider) => provider.id === id);
}

function execute({ app }: Relais, model: string): Response | Promise<Response> {
  const steps = [{ step_number: 1, ai_provider: model, prompt: "A few words on the sea." }];
  return app.request(`${API}/execute`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ title: "Words", steps, mode: "live", cap_usd: 0 }),
  });
}

async function finished({ app }: Relais, answer: Response): Promise<Execution> {
  const { execution_id: id } = executeAnswerSchema.parse(await answer.json());
  for (;;) {
    const read = await app.request(`${API}/executions/${id}`);
    const execution = executionSchema.parse(await read.json());
    if (execution.status !== "pending" && execution.status !== "running") return execution;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe("servers on this machine", () => {
  test("are asked nothing unless that is set", async () => {
    const started = await start({});
    expect(ollama.calls).toEqual([]);
    expect(await providerOf(started, "ollama")).toMatchObject({ is_configured: false });
  });

  test("are asked nothing where their address is set", async () => {
    await start({ RELAIS_LOCAL_DISCOVERY: "1", OLLAMA_BASE_URL: "http://127.0.0.1:9" });
    expect(ollama.calls).toEqual([]);
  });

  test("are set up where they are found, and their own models listed in place of examples, those that write nothing left out", async () => {
    const started = await start({ RELAIS_LOCAL_DISCOVERY: "1" });
    const provider = await providerOf(started, "ollama");
    expect(provider).toMatchObject({ is_configured: true });
    const models = new Map(provider?.models.map((model) => [model.id, model]));
    expect(models.get("ollama:gemma3:12b")).toMatchObject({ takes: ["image"] });
    expect(Object.keys(models.get("ollama:llama3.2:3b")?.parameters ?? {})).toContain("max_output_tokens");
    expect(models.has("ollama:nomic-embed-text:latest")).toBe(false);
    expect([...models.keys()].toSorted()).toEqual([
      "ollama:gemma3:12b",
      "ollama:gpt-oss:120b-cloud",
      "ollama:llama3.2:3b",
    ]);
    const other = await providerOf(started, "lmstudio");
    expect(other).toMatchObject({ is_configured: false, required_settings: ["LMSTUDIO_BASE_URL"] });
    expect(other?.models.length).toBeGreaterThan(0);
  });

  test("cost nothing, so that a cap of $0 lets them through", async () => {
    const started = await start({ RELAIS_LOCAL_DISCOVERY: "1" });
    const execution = await finished(started, await execute(started, "ollama:llama3.2:3b"));
    expect(execution).toMatchObject({ status: "completed", total_cost: 0, cost_basis: "free" });
    expect(ollama.submissions).toHaveLength(1);
  });

  test("are not called under a cap for what runs in a paid cloud", async () => {
    const started = await start({ RELAIS_LOCAL_DISCOVERY: "1" });
    const answer = await execute(started, "ollama:gpt-oss:120b-cloud");
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ code: "unpriced_model" });
    expect(ollama.submissions).toEqual([]);
  });
});
