import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { DecisionBody, Execution } from "../src/http/app.ts";
import { FAKE_ELEVENLABS_KEY, startFakeElevenlabs } from "./support/fake-elevenlabs.ts";
import { FAKE_OPENAI_KEY, startFakeOpenai } from "./support/fake-openai.ts";
import type { FakeServer } from "./support/fake-server.ts";
import { startRelais, type RelaisServer } from "./support/relais-process.ts";

const DYING_SERVER = fileURLToPath(new URL("support/dying-server.ts", import.meta.url));

let openai: FakeServer;
let elevenlabs: FakeServer;
let dataFolder: string;
let server: RelaisServer | null = null;

beforeEach(async () => {
  openai = await startFakeOpenai();
  elevenlabs = await startFakeElevenlabs();
  dataFolder = await mkdtemp(path.join(tmpdir(), "relais-server-recovery-"));
});

afterEach(async () => {
  await server?.kill();
  server = null;
  await Promise.all([openai.stop(), elevenlabs.stop()]);
  await rm(dataFolder, { recursive: true, force: true });
});

async function start(dieAt = ""): Promise<RelaisServer> {
  server = await startRelais({
    dataFolder,
    script: DYING_SERVER,
    env: {
      DIE_AT: dieAt,
      OPENAI_API_KEY: FAKE_OPENAI_KEY,
      OPENAI_BASE_URL: `${openai.url}/v1`,
      ELEVENLABS_API_KEY: FAKE_ELEVENLABS_KEY,
      ELEVENLABS_BASE_URL: elevenlabs.url,
    },
  });
  return server;
}

const api = (place: string): string => `${server?.url}/api/combinations${place}`;

async function post(place: string, body: unknown): Promise<Response> {
  const init = {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
  const response = await fetch(api(place), init);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response;
}

async function execute(mode: "live" | "rehearsal"): Promise<void> {
  await post("/execute", { template_id: "creation-contenu", initial_input: "Blockchain", mode });
}

const decide = async (decision: DecisionBody): Promise<void> => {
  await post("/executions/1/decision", decision);
};

/** Follows the execution by its events until it is in one of these statuses, then reads it whole. */
async function waitFor(statuses: Execution["status"][]): Promise<Execution> {
  const response = await fetch(api("/executions/1/events"));
  let text = "";
  if (!response.body) throw new Error("the server sends no events");
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const lines = text.split("\n\n").filter((event) => event.includes("event: execution\n"));
    const last = lines.at(-1) ?? "";
    if (statuses.some((status) => last.includes(`"status":"${status}"`))) break;
  }
  const execution: Execution = await (await fetch(api("/executions/1"))).json();
  return execution;
}

const textCalls = (): number => openai.calls.filter((call) => call.path === "/v1/responses").length;
const imageCalls = (): number => openai.calls.filter((call) => call.path === "/v1/images/generations").length;
const paidCalls = (): number[] => [textCalls(), imageCalls(), elevenlabs.calls.length];

describe("a server killed by SIGKILL in a live run", () => {
  test("goes on by itself after a step that had finished, and calls no vendor twice", async () => {
    const first = await start("after_settled/1");
    await execute("live");
    expect((await first.exited).signal).toBe("SIGKILL");
    expect(paidCalls()).toEqual([1, 0, 0]);
    await start();
    const execution = await waitFor(["completed", "failed", "waiting"]);
    expect(execution.status).toBe("completed");
    expect(execution.results.map((result) => result.type)).toEqual(["text", "image", "audio"]);
    expect(paidCalls()).toEqual([1, 1, 1]);
    const sum = execution.results.reduce((total, result) => total + (result.cost ?? 0), 0);
    expect(execution.total_cost).toBeCloseTo(sum, 9);
    expect(execution.total_cost).toBeGreaterThan(0);
  });

  test("waits where an answer was lost, and buys again only when told", async () => {
    const first = await start("after_answer/1");
    await execute("live");
    expect((await first.exited).signal).toBe("SIGKILL");
    await start();
    const waiting = await waitFor(["waiting"]);
    expect(waiting.waiting_for).toMatchObject({ reason: "in_doubt", step_number: 1 });
    expect(waiting.waiting_for?.amount_usd).toBeGreaterThan(0);
    expect(paidCalls()).toEqual([1, 0, 0]);
    await decide({ decision: "retry", step_number: 1 });
    const execution = await waitFor(["completed", "failed"]);
    expect(execution).toMatchObject({ status: "completed", cost_basis: "unknown" });
    expect(paidCalls()).toEqual([2, 1, 1]);
  });

  test("while two calls are out waits for both, and keeps what is there when both are given up", async () => {
    const first = await start();
    openai.play("success", "hang");
    elevenlabs.play("hang");
    await execute("live");
    await Promise.all([openai.arrived(2), elevenlabs.arrived(1)]);
    await first.kill();
    await start();
    await waitFor(["waiting"]);
    expect(paidCalls()).toEqual([1, 1, 1]);
    await decide({ decision: "give_up", step_number: 2 });
    const execution = await waitFor(["failed"]);
    expect(execution.results.map((result) => result.step_number)).toEqual([1]);
    expect(execution.error_message).not.toBeNull();
    expect(paidCalls()).toEqual([1, 1, 1]);
  });
});

describe("a server killed by SIGKILL in a rehearsal", () => {
  test("goes on by itself and costs nothing", async () => {
    const first = await start("after_sent/2");
    await execute("rehearsal");
    expect((await first.exited).signal).toBe("SIGKILL");
    await start();
    const execution = await waitFor(["completed", "failed", "waiting"]);
    expect(execution).toMatchObject({ status: "completed", total_cost: 0, cost_basis: "free" });
    expect(execution.results.map((result) => result.performed_by)).toEqual(["local", "local", "local"]);
    expect(paidCalls()).toEqual([0, 0, 0]);
  });
});
