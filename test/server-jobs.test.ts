import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Execution, ExecutionEvent, ProblemBody } from "../src/http/app.ts";
import { executionEventSchema, progressEventSchema } from "../src/http/event-schemas.ts";
import { FAKE_BFL_KEY, startFakeBlackForestLabs } from "./support/fake-black-forest-labs.ts";
import { FAKE_MIDJOURNEY_KEY, startFakeMidjourney } from "./support/fake-midjourney.ts";
import { startFakeOpenai } from "./support/fake-openai.ts";
import { FAKE_RUNWAY_KEY, startFakeRunway } from "./support/fake-runway.ts";
import type { FakeServer } from "./support/fake-server.ts";
import { listenOnLoopback } from "./support/listen.ts";
import { startRelais, type RelaisServer } from "./support/relais-process.ts";

const DYING_SERVER = fileURLToPath(new URL("support/dying-server.ts", import.meta.url));
const NANO_USD = 1_000_000_000;

let runway: FakeServer;
let bfl: FakeServer;
let openai: FakeServer;
let dataFolder: string;
let server: RelaisServer | null = null;

beforeEach(async () => {
  runway = await startFakeRunway();
  bfl = await startFakeBlackForestLabs();
  openai = await startFakeOpenai();
  dataFolder = await mkdtemp(path.join(tmpdir(), "relais-server-jobs-"));
});

afterEach(async () => {
  await server?.kill();
  server = null;
  await Promise.all([runway.stop(), bfl.stop(), openai.stop()]);
  await rm(dataFolder, { recursive: true, force: true });
});

const KEYS = { BFL_API_KEY: FAKE_BFL_KEY, RUNWAYML_API_SECRET: FAKE_RUNWAY_KEY };

async function start({
  dieAt = "",
  keys = KEYS,
}: { dieAt?: string; keys?: Record<string, string> } = {}): Promise<RelaisServer> {
  server = await startRelais({
    dataFolder,
    script: DYING_SERVER,
    env: {
      DIE_AT: dieAt,
      BFL_BASE_URL: `${bfl.url}/v1`,
      RUNWAYML_BASE_URL: runway.url,
      OPENAI_BASE_URL: `${openai.url}/v1`,
      ...keys,
    },
  });
  return server;
}

const PICTURE = { step_number: 1, ai_provider: "black-forest-labs:flux-pro-1.1", prompt: "The sea at rest." };
/** Five seconds, which cost 60 cents at most. */
const FILM = { step_number: 1, ai_provider: "runway:gen4.5", prompt: "The sea at rest." };

const STILL = { ...FILM, ai_provider: "runway:gen4_image" };
/** A step behind another, made of what that gives. */
const ofFirst = (step: object) => ({ ...step, step_number: 2, prompt: "{step1_output}, by night." });

const api = (place: string): string => `${server?.url}/api/combinations${place}`;

function post(place: string, body: unknown = {}): Promise<Response> {
  const init = {
    method: "POST",
    headers: { "content-type": "application/json", "accept-language": "en" },
    body: JSON.stringify(body),
  };
  return fetch(api(place), init);
}

async function execute(steps: object[], mode: "live" | "rehearsal" = "live"): Promise<void> {
  const response = await post("/execute", { steps, mode });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
}

/** Listens to an execution until it is as asked for; gives what it is then, and the progress of its steps until there. */
async function listen(
  isSo: (execution: ExecutionEvent) => boolean,
): Promise<{ execution: ExecutionEvent; fractions: number[] }> {
  const response = await fetch(api("/executions/1/events"));
  if (!response.body) throw new Error("the server sends no events");
  const fractions: number[] = [];
  let text = "";
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const events = `${text}${chunk}`.split("\n\n");
    text = events.pop() ?? "";
    for (const event of events) {
      const type = /^event: (.+)$/m.exec(event)?.[1];
      const data: unknown = JSON.parse(/^data: (.+)$/m.exec(event)?.[1] ?? "null");
      if (type === "progress") fractions.push(progressEventSchema.parse(data).fraction);
      if (type !== "execution") continue;
      const execution = executionEventSchema.parse(data);
      if (isSo(execution)) return { execution, fractions };
    }
  }
  throw new Error("the events ended before it was so");
}

async function read(): Promise<Execution> {
  const response = await fetch(api("/executions/1"), { headers: { "accept-language": "en" } });
  const execution: Execution = await response.json();
  return execution;
}

/** Follows an execution until it has ended or waits for a person, then reads it whole. */
async function waitForRest(): Promise<Execution> {
  await listen(({ status }) => ["completed", "failed", "waiting"].includes(status));
  return read();
}

interface Ledger {
  attempts: unknown[];
  budgets: unknown[];
}

/** The journal of calls and what the budget counts, as they stand on disk. */
function ledger(): Ledger {
  const database = new DatabaseSync(path.join(dataFolder, "relais.db"), { readOnly: true });
  try {
    return {
      attempts: database
        .prepare("SELECT status, job_id, cost_nano_usd, cost_basis FROM attempts ORDER BY created_at")
        .all(),
      budgets: database
        .prepare("SELECT reserved_nano_usd, spent_nano_usd FROM budgets WHERE scope LIKE 'execution:%'")
        .all(),
    };
  } finally {
    database.close();
  }
}

async function cancel(): Promise<void> {
  const response = await post("/executions/1/cancel");
  expect(await response.json()).toEqual({ execution_id: 1, status: "cancelled" });
  // The call is out: nobody knows yet what it costs.
  expect(await read()).toMatchObject({ status: "cancelled", cost_basis: "unknown" });
}

/** Until it is known what the call that was out has cost. */
async function settled(): Promise<void> {
  await expect.poll(async () => (await read()).cost_basis, { timeout: 20_000 }).not.toBe("unknown");
}

async function refusal(steps: object[]): Promise<ProblemBody> {
  const response = await post("/execute", { steps });
  expect(response.status).toBe(422);
  const problem: ProblemBody = await response.json();
  expect(problem.code).toBe("provider_not_configured");
  return problem;
}

const callsMade = (): number => openai.calls.length + bfl.calls.length + runway.calls.length;

/** Nothing is set aside any more. */
const spent = (nanoUsd: number) => [{ reserved_nano_usd: 0, spent_nano_usd: nanoUsd }];

describe("a job of a server that is killed by SIGKILL", () => {
  test("right after its id was stored is asked about again, and not bought again", async () => {
    const first = await start({ dieAt: "after_submitted/1" });
    await execute([PICTURE]);
    expect((await first.exited).signal).toBe("SIGKILL");
    const jobId = `job-1#4#${bfl.url}/eu/v1/get_result?id=job-1`;
    expect(ledger().attempts).toMatchObject([{ status: "submitted", job_id: jobId, cost_nano_usd: null }]);
    expect(bfl.calls.map(({ kind }) => kind)).toEqual(["submit"]);

    await start();
    const execution = await waitForRest();
    expect(execution).toMatchObject({ status: "completed", total_cost: 0.04, cost_basis: "reported" });
    expect(execution.results).toMatchObject([
      { type: "image", media_type: "image/png", width: 64, height: 64, cost: 0.04, cost_basis: "reported" },
    ]);
    expect(bfl.paidCalls).toBe(1);
    expect(bfl.calls.map(({ kind }) => kind)).toEqual(["submit", "poll", "poll", "file"]);
    expect(ledger()).toMatchObject({
      attempts: [{ status: "succeeded", cost_nano_usd: 0.04 * NANO_USD, cost_basis: "reported" }],
      budgets: spent(0.04 * NANO_USD),
    });
  });

  test("while it is under way goes on, and is paid once", async () => {
    const first = await start();
    await execute([FILM]);
    await runway.arrived(2);
    await first.kill();
    expect(runway.calls.map(({ kind }) => kind)).toEqual(["submit", "poll"]);
    expect(ledger().attempts).toMatchObject([{ status: "submitted", job_id: "job-1" }]);

    await start();
    const execution = await waitForRest();
    expect(execution).toMatchObject({ status: "completed", total_cost: 0.6, cost_basis: "reported" });
    expect(execution.results).toMatchObject([{ type: "video", media_type: "video/mp4", cost: 0.6 }]);
    expect(runway.paidCalls).toBe(1);
    expect(runway.submissions).toHaveLength(1);
    expect(ledger()).toMatchObject({
      attempts: [{ status: "succeeded", cost_nano_usd: 0.6 * NANO_USD }],
      budgets: spent(0.6 * NANO_USD),
    });
  });
});

describe("a job of a server that comes back with other settings", () => {
  test("is asked about where it was bought, though its family stands for another by now", async () => {
    const gateway = await startFakeMidjourney();
    const first = await start({ dieAt: "after_submitted/1" });
    await execute([{ ...PICTURE, ai_provider: "midjourney" }]);
    await first.exited;
    await start({
      keys: {
        ...KEYS,
        MIDJOURNEY_API_KEY: FAKE_MIDJOURNEY_KEY,
        MIDJOURNEY_BASE_URL: `${gateway.url}/mj`,
      },
    });
    expect(await waitForRest()).toMatchObject({ status: "completed", total_cost: 0.04 });
    expect(gateway.calls).toEqual([]);
    expect(bfl.submissions).toHaveLength(1);
    await gateway.stop();
  });

  test("without its key waits for a person, is not lost, and is asked about once the key is back", async () => {
    const first = await start({ dieAt: "after_submitted/1" });
    await execute([PICTURE]);
    await first.exited;
    const second = await start({ keys: {} });
    const waiting = await waitForRest();
    expect(waiting).toMatchObject({ status: "waiting", cost_basis: "unknown" });
    expect(JSON.stringify(waiting.steps_data)).toMatch(/BFL_API_KEY.{1,200}may have been billed/);
    expect(ledger().attempts).toMatchObject([{ status: "in_doubt" }]);
    await second.kill();
    await start();
    expect((await post("/executions/1/decision", { step_number: 1, decision: "retry" })).ok).toBe(true);
    await listen(({ status }) => status === "completed");
    expect(bfl.paidCalls).toBe(1);
    expect(ledger().attempts).toMatchObject([{ status: "succeeded", cost_nano_usd: 0.04 * NANO_USD }]);
  });
});

describe("a result that cannot be had for a while", () => {
  test("is asked about again, and the call is neither lost nor bought again", async () => {
    bfl.play("result_late");
    await start();
    await execute([PICTURE]);
    expect(await waitForRest()).toMatchObject({ status: "completed", total_cost: 0.04 });
    expect(bfl.calls.map(({ kind }) => kind)).toEqual(["submit", "poll", "poll", "file", "poll", "file"]);
    expect(bfl.paidCalls).toBe(1);
  });

  test("leaves nothing half-way behind after a restart", async () => {
    const incoming = path.join(dataFolder, "artifacts", "incoming");
    await mkdir(incoming, { recursive: true });
    await writeFile(path.join(incoming, "relais-left"), "half a film");
    await start();
    expect(existsSync(path.join(incoming, "relais-left"))).toBe(false);
  });
});

describe("cancel while a job runs", () => {
  test("ends it at a vendor that can, starts nothing new, and says what it cost all the same", async () => {
    runway.setFigures({ credits: 25 });
    await start();
    await execute([STILL, ofFirst(PICTURE)]);
    await runway.arrived(1);
    await cancel();
    await settled();
    const execution = await read();
    expect(execution).toMatchObject({ status: "cancelled", total_cost: 0.25, cost_basis: "reported" });
    expect(execution.results).toEqual([]);
    expect(execution.steps_data.map(({ status }) => status)).toEqual(["cancelled", "cancelled"]);
    expect(runway.calls.filter(({ kind }) => kind === "cancel")).toMatchObject([
      { method: "DELETE", path: "/v1/tasks/job-1" },
    ]);
    expect(runway.submissions).toHaveLength(1);
    expect(bfl.calls).toEqual([]);
    expect(ledger().budgets).toEqual(spent(0.25 * NANO_USD));
  });

  test("before the vendor has accepted it ends it as soon as its id is known", async () => {
    await start();
    runway.hold();
    await execute([FILM]);
    await runway.arrived(1);
    await cancel();
    runway.release();
    await settled();
    expect(await read()).toMatchObject({ status: "cancelled", total_cost: 0 });
    expect(runway.calls.filter(({ kind }) => kind === "cancel")).toHaveLength(1);
    expect(ledger().attempts).toMatchObject([{ job_id: "job-1", cost_nano_usd: 0 }]);
  });

  test("lets it end at a vendor that cannot, and counts what it cost", async () => {
    await start();
    await execute([PICTURE, ofFirst(FILM)]);
    await bfl.arrived(1);
    await cancel();
    await settled();
    expect(await read()).toMatchObject({
      status: "cancelled",
      total_cost: 0.04,
      cost_basis: "reported",
      results: [{ type: "image", cost: 0.04 }],
    });
    expect(bfl.paidCalls).toBe(1);
    expect(runway.calls).toEqual([]);
    expect(ledger().budgets).toEqual(spent(0.04 * NANO_USD));
  });
});

describe("a job that runs", () => {
  test("shows how far it is, as a fraction, to who follows it", async () => {
    await start();
    await execute([PICTURE]);
    const { execution, fractions } = await listen(({ status }) => status === "completed");
    expect(fractions).toEqual([0.5]);
    expect(execution.total_cost).toBe(0.04);
  });

  test("is not bought again because a question about it fails", async () => {
    bfl.play("poll_fails");
    await start();
    await execute([PICTURE]);
    const execution = await waitForRest();
    expect(execution).toMatchObject({ status: "completed", total_cost: 0.04 });
    expect(bfl.calls.map(({ kind }) => kind)).toEqual(["submit", "poll", "poll", "poll", "file"]);
    expect(bfl.paidCalls).toBe(1);
    expect(ledger().attempts).toHaveLength(1);
  });
});

describe("a result that leads to a private address", () => {
  test.each([
    { what: "what the vendor says", cost: 2.5, paid: 0.025, basis: "reported" },
    {
      what: "the most that the call can cost where it says nothing",
      cost: null,
      paid: 0.04,
      basis: "estimated",
    },
  ])("fails the step as billed, for $what, and is not fetched", async ({ cost, paid, basis }) => {
    const asked: string[] = [];
    const inside = createServer((request, response) => {
      asked.push(request.url ?? "");
      response.end("secret");
    });
    bfl.redirectResultsTo(`${await listenOnLoopback(inside)}/latest/meta-data/`);
    bfl.setFigures({ cost });
    bfl.play("result_private");
    await start();
    await execute([PICTURE]);
    const execution = await waitForRest();
    inside.close();
    expect(execution).toMatchObject({ status: "failed", total_cost: paid, cost_basis: basis, results: [] });
    expect(execution.steps_data).toMatchObject([{ status: "failed", attempts: 1, cost: paid }]);
    expect(execution.error_message).toMatch(/could not be downloaded.*This call was billed/);
    expect(asked).toEqual([]);
    expect(bfl.paidCalls).toBe(1);
    expect(ledger().budgets).toEqual(spent(paid * NANO_USD));
  });
});

describe("without keys", () => {
  const CHAIN = [
    { step_number: 1, ai_provider: "gpt-4", prompt: "Write on the sea." },
    { ...PICTURE, step_number: 2, prompt: "Draw: {step1_output}" },
    { ...FILM, step_number: 3, prompt: "Film it." },
  ];

  test("a live run is refused with every name that is missing, and its rehearsal runs", async () => {
    await start({ keys: {} });
    const { detail } = await refusal(CHAIN);
    for (const name of ["OPENAI_API_KEY", "BFL_API_KEY", "RUNWAYML_API_SECRET"])
      expect(detail).toContain(name);
    await execute(CHAIN, "rehearsal");
    const execution = await waitForRest();
    expect(execution).toMatchObject({ status: "completed", total_cost: 0, cost_basis: "free" });
    expect(execution.results.map(({ type }) => type)).toEqual(["text", "image", "video"]);
    expect(callsMade()).toBe(0);
  });

  test("but one, the step of that provider runs, and the rest say what is missing", async () => {
    await start({ keys: { BFL_API_KEY: FAKE_BFL_KEY } });
    const { detail } = await refusal(CHAIN);
    expect(detail).toContain("OPENAI_API_KEY, RUNWAYML_API_SECRET");
    expect(detail).not.toContain("BFL_API_KEY");
    expect(callsMade()).toBe(0);
    await execute([PICTURE]);
    expect(await waitForRest()).toMatchObject({
      status: "completed",
      total_cost: 0.04,
    });
    expect([openai.calls.length, runway.calls.length, bfl.paidCalls]).toEqual([0, 0, 1]);
  });
});
