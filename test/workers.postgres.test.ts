import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listAttempts } from "../src/db/attempt-store.ts";
import { listEvents } from "../src/db/event-store.ts";
import { getExecution } from "../src/db/execution-store.ts";
import { listStepRuns } from "../src/db/step-run-store.ts";
import type { HubEvent } from "../src/engine/events.ts";
import { newExecution, pressStep, startEngine, type EngineRig } from "./support/engine-rig.ts";
import { ledgerMismatches } from "./support/ledger.ts";
import { pressSteps } from "./support/press-steps.ts";
import { PRINT_COST_NANO_USD, startPress, type Press } from "./support/press.ts";
import { TAKE_OVER_SECONDS, urlOf } from "./support/test-store.ts";

const CHILD = fileURLToPath(new URL("support/worker-child.ts", import.meta.url));

interface Worker {
  process: ChildProcess;
  /** How many calls it has sent. */
  sent(): number;
  exited: Promise<unknown>;
}

let press: Press;
/** A server that works on nothing itself. */
let server: EngineRig;
let workers: Worker[];

beforeEach(async () => {
  press = await startPress();
  server = await startEngine({ steps: pressSteps(press.url), maxAtOnce: 0 });
  workers = [];
});

afterEach(async () => {
  for (const worker of workers) {
    worker.process.kill("SIGKILL");
    await worker.exited;
  }
  await server.stop();
  await press.stop();
});

async function startWorker(maxAtOnce = 20): Promise<Worker> {
  const url = await urlOf(server.folder);
  const orders = JSON.stringify({ url, folder: server.folder, pressUrl: press.url, maxAtOnce });
  const child = spawn(process.execPath, [CHILD, orders], { stdio: ["ignore", "pipe", "inherit"] });
  const ready = Promise.withResolvers<void>();
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    if (output.includes("ready\n")) ready.resolve();
  });
  const sent = (): number => output.split("\n").filter((line) => line === "sent").length;
  const worker: Worker = { process: child, sent, exited: once(child, "close") };
  workers.push(worker);
  await Promise.race([ready.promise, worker.exited]);
  return worker;
}

const kill = async (worker: Worker): Promise<void> => {
  worker.process.kill("SIGKILL");
  await worker.exited;
};

/** Asks until it is so; what other processes write is seen in the rows. */
async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isSo())) await pause(20);
}

const statusOf = async (id: number): Promise<string | undefined> =>
  (await getExecution(server.db, id))?.status;

const behaving = (behaviour: string) => ({ parameters: { behaviour } });

describe("many workers", () => {
  test("share executions, each call is paid once, and the ledger adds up", async () => {
    const [one, two, three] = [await startWorker(4), await startWorker(4), await startWorker(4)];
    const ids = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        server.engine.create(
          newExecution([pressStep(1, `a${index}`), pressStep(2, `b${index} {step1_output}`)], {
            capNanoUsd: 3_000,
          }),
        ),
      ),
    );
    for (const id of ids) await server.waitFor(id, ["completed"]);
    expect(press.paid()).toBe(120);
    expect(new Set(press.orders.map(({ prompt }) => prompt)).size).toBe(120);
    const { total } = await server.db
      .selectFrom("budgets")
      .select((eb) => eb.fn.sum<string>("spent_nano_usd").as("total"))
      .where("scope", "=", "all")
      .where("period", "=", "")
      .executeTakeFirstOrThrow();
    expect(Number(total)).toBe(120 * PRINT_COST_NANO_USD);
    expect(await ledgerMismatches(server.db)).toEqual([]);
    for (const worker of [one, two, three]) expect(worker.sent()).toBeGreaterThan(0);
    for (const id of ids) {
      const numbers = (await listEvents(server.db, id, 0)).map(({ number }) => number);
      expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    }
  });

  test("take over what a killed one worked on, in time, and buy nothing twice", async () => {
    const dying = await startWorker();
    const job = await server.engine.create(
      newExecution([pressStep(1, "video", behaving("held_job")), pressStep(2, "after {step1_output}")]),
    );
    const held = await server.engine.create(newExecution([pressStep(1, "held", behaving("hold"))]));
    await until(async () => {
      const statuses = [...(await listAttempts(server.db, job)), ...(await listAttempts(server.db, held))];
      return (
        statuses.some(({ status }) => status === "submitted") &&
        statuses.some(({ status }) => status === "sent")
      );
    });
    await kill(dying);
    const killedAt = performance.now();
    press.release();
    const heir = await startWorker();
    await server.waitFor(job, ["completed"]);
    // Sent, and nobody will ever hear its answer: a person decides.
    await server.waitFor(held, ["waiting"]);
    expect(performance.now() - killedAt).toBeLessThan(TAKE_OVER_SECONDS * 1_000);
    expect(press.paid("video")).toBe(1);
    expect(press.paid("held")).toBe(1);
    expect(heir.sent()).toBe(1);
  });

  test("leave a paused one that comes back nothing to start, and its paid answer counts", async () => {
    const paused = await startWorker();
    const id = await server.engine.create(
      newExecution([pressStep(1, "held", behaving("hold")), pressStep(2, "after {step1_output}")]),
    );
    await press.waitForOrders(1);
    await until(() => paused.sent() === 1);
    paused.process.kill("SIGSTOP");
    const heir = await startWorker();
    expect((await server.waitFor(id, ["waiting"])).waitingFor?.reason).toBe("in_doubt");
    press.release();
    paused.process.kill("SIGCONT");
    await server.waitFor(id, ["completed"]);
    const attempts = await listAttempts(server.db, id);
    expect(attempts.map(({ status }) => status)).toEqual(["succeeded", "succeeded"]);
    expect(press.orders.map(({ prompt }) => prompt)).toEqual(["held", "after printed: held"]);
    expect(paused.sent() + heir.sent()).toBe(2);
  });

  test("hand back at once what they cannot finish when they are stopped", async () => {
    const leaving = await startWorker();
    const steps = [pressStep(1, "video", behaving("job"))];
    await press.waitForOrders(0);
    const id = await server.engine.create(newExecution(steps));
    await until(async () => (await listAttempts(server.db, id))[0]?.status === "submitted");
    leaving.process.kill("SIGTERM");
    await leaving.exited;
    const leftAt = performance.now();
    await startWorker();
    await server.waitFor(id, ["completed"]);
    expect(performance.now() - leftAt).toBeLessThan(8_000);
    expect(press.paid()).toBe(1);
  });
});

const asked = (prompt: string, approval: true | { timeout_hours: number }) =>
  newExecution([pressStep(1, prompt, { approval }), pressStep(2, "after {step1_output}")]);

describe("an approval, with many workers", () => {
  test("is waited for by nobody, and ends once, by a person or by its time limit", async () => {
    await Promise.all([startWorker(2), startWorker(2)]);
    const decided = await Promise.all(
      Array.from({ length: 10 }, (_, index) => server.engine.create(asked(`decided ${index}`, true))),
    );
    const expired = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        server.engine.create(asked(`expired ${index}`, { timeout_hours: 0.0001 })),
      ),
    );
    for (const id of decided) await server.waitFor(id, ["waiting"]);
    for (const id of decided) await server.engine.decide(id, { decision: "approve", stepNumber: 1 });
    for (const id of decided) await server.waitFor(id, ["completed"]);
    for (const id of expired) await server.waitFor(id, ["failed"]);
    for (const id of expired) {
      const events = await listEvents(server.db, id, 0);
      const ends = events.filter(({ event }) => event.type === "step" && event.data.status === "failed");
      expect(ends).toHaveLength(1);
      expect(events.map(({ number }) => number)).toEqual(events.map((_, index) => index + 1));
    }
    expect(press.paid()).toBe(30);
  });

  test("is not undone by the answer of a call that was taken for lost", async () => {
    const paused = await startWorker();
    const id = await server.engine.create(
      newExecution([pressStep(1, "held", { approval: true, ...behaving("hold") })]),
    );
    await press.waitForOrders(1);
    await until(() => paused.sent() === 1);
    paused.process.kill("SIGSTOP");
    await startWorker();
    expect((await server.waitFor(id, ["waiting"])).waitingFor?.reason).toBe("in_doubt");
    await server.engine.decide(id, { decision: "retry", stepNumber: 1 });
    await press.waitForOrders(2);
    press.release();
    await until(async () => (await listStepRuns(server.db, id))[0]?.waitingReason === "approval");
    paused.process.kill("SIGCONT");
    await until(async () =>
      (await listAttempts(server.db, id)).every(({ status }) => status === "succeeded"),
    );
    const attempts = await listAttempts(server.db, id);
    expect(attempts.map(({ isUnused }) => isUnused)).toEqual([true, false]);
    expect((await listStepRuns(server.db, id))[0]).toMatchObject({
      status: "waiting",
      waitingReason: "approval",
      costNanoUsd: 2 * PRINT_COST_NANO_USD,
    });
    await server.engine.decide(id, { decision: "approve", stepNumber: 1 });
    await server.waitFor(id, ["completed"]);
  });
});

describe("a server without a worker", () => {
  test("hears live text and stored events of a worker within 300 ms", async () => {
    await startWorker();
    const delays: number[] = [];
    for (let round = 1; round <= 3; round++) {
      const id = await server.engine.create(newExecution([pressStep(1, "x", behaving("stream"))]));
      const heard = Promise.withResolvers<HubEvent>();
      server.engine.events.subscribe(id, (event) => event.type === "text" && heard.resolve(event));
      await press.waitForOrders(round);
      const writtenAt = performance.now();
      expect(await heard.promise).toMatchObject({ offset: 0, text: expect.stringContaining("printed:") });
      delays.push(performance.now() - writtenAt);
      if (round === 1) press.release();
      // Woken by what the worker has stored, not by looking again and again.
      await server.waitFor(id, ["completed"]);
      await until(() => server.engine.events.current(id).length === 0);
    }
    // The machine may be busy with something else for a moment, not each time.
    expect(Math.min(...delays)).toBeLessThan(300);
  });

  test("cancels calls that a worker has out", async () => {
    await startWorker();
    const text = await server.engine.create(newExecution([pressStep(1, "x", behaving("stream"))]));
    await until(() => server.engine.events.current(text).length > 0);
    await server.engine.cancel(text);
    await until(async () => (await listAttempts(server.db, text))[0]?.status === "failed");
    expect(await getExecution(server.db, text)).toMatchObject({
      status: "cancelled",
      totalCostNanoUsd: "printed:".length,
      costBasis: "estimated",
    });
  });

  test("lets an execution wait while there is no worker, and one that comes takes it", async () => {
    const id = await server.engine.create(newExecution([pressStep(1, "a")]));
    expect(await statusOf(id)).toBe("pending");
    await startWorker();
    await server.waitFor(id, ["completed"]);
    const runs = await listStepRuns(server.db, id);
    expect(runs[0]?.output?.text).toBe("printed: a");
    expect(press.paid()).toBe(1);
  });
});
