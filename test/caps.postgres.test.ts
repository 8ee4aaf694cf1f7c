import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { newExecution, pressStep, startEngine, type EngineRig } from "./support/engine-rig.ts";
import { ledgerMismatches } from "./support/ledger.ts";
import { pressSteps } from "./support/press-steps.ts";
import { PRINT_COST_NANO_USD, startPress, type Press } from "./support/press.ts";
import { urlOf } from "./support/test-store.ts";

const CHILD = fileURLToPath(new URL("support/worker-child.ts", import.meta.url));
const WORKERS = 8;
const COST = PRINT_COST_NANO_USD;
const WORST = 1_000;

let press: Press;
/** A server that works on nothing itself. */
let server: EngineRig;
let workers: ChildProcess[];

beforeEach(async () => {
  press = await startPress();
  server = await startEngine({ steps: pressSteps(press.url), maxAtOnce: 0 });
  workers = [];
});
afterEach(async () => {
  for (const worker of workers) {
    const exited = once(worker, "close");
    worker.kill("SIGKILL");
    await exited;
  }
  await server.stop();
  await press.stop();
});

/** Starts a process that works beside others; gives what says how many calls it has sent. */
async function startWorker(): Promise<() => number> {
  const url = await urlOf(server.folder);
  const orders = { url, folder: server.folder, pressUrl: press.url, maxAtOnce: 20 };
  const child = spawn(process.execPath, [CHILD, JSON.stringify(orders)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  workers.push(child);
  const ready = Promise.withResolvers<void>();
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    if (output.includes("ready\n")) ready.resolve();
  });
  await Promise.race([ready.promise, once(child, "close")]);
  return () => output.split("\n").filter((line) => line === "sent").length;
}

async function openCalls(): Promise<number> {
  const rows = await server.db
    .selectFrom("attempts")
    .select("id")
    .where("status", "in", ["reserved", "sent", "submitted"])
    .execute();
  return rows.length;
}

/** How many transactions the database has undone because they waited for each other in a circle. */
async function deadlocks(): Promise<number> {
  await sql`select pg_stat_force_next_flush()`.execute(server.db);
  const { rows } = await sql<{ deadlocks: number }>`
    select deadlocks from pg_stat_database where datname = current_database()`.execute(server.db);
  return Number(rows[0]?.deadlocks);
}

describe("200 executions that eight workers start at once", () => {
  test("never exceed a cap, in the vendor's own count, which the ledger equals", async () => {
    const dayCap = 50 * COST + WORST;
    const templateCap = 30 * COST;
    await server.engine.caps.set([
      { scope: "all", periodKind: "day", capNanoUsd: dayCap },
      { scope: "template:press", periodKind: "total", capNanoUsd: templateCap },
    ]);
    const ids = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        server.engine.create(
          newExecution([pressStep(1, `a${index}`), pressStep(2, `b${index}`)], {
            templateId: index % 2 === 0 ? "press" : null,
            capNanoUsd: index % 3 === 0 ? WORST : null,
          }),
        ),
      ),
    );
    const sent = await Promise.all(Array.from({ length: WORKERS }, () => startWorker()));
    for (const id of ids) await server.waitFor(id, ["completed", "waiting"]);
    await expect
      .poll(async () => press.paid() * COST > dayCap - WORST && (await openCalls()) === 0, {
        timeout: 60_000,
      })
      .toBe(true);
    const paid = press.paid() * COST;
    expect(paid).toBeLessThanOrEqual(dayCap);
    expect((await server.engine.caps.state("all", "day")).spentNanoUsd).toBe(paid);
    expect((await server.engine.caps.state("all", "total")).spentNanoUsd).toBe(paid);
    expect((await server.engine.caps.state("template:press", "total")).spentNanoUsd).toBeLessThanOrEqual(
      templateCap,
    );
    expect(new Set(press.orders.map(({ prompt }) => prompt)).size).toBe(press.orders.length);
    expect(sent.filter((count) => count() > 0).length).toBeGreaterThan(1);
    expect(await ledgerMismatches(server.db)).toEqual([]);

    // Raised and taken off, what waits for it goes on at whichever worker, with nobody asking for it.
    await server.engine.caps.set([
      { scope: "all", periodKind: "day", capNanoUsd: null },
      { scope: "template:press", periodKind: "total", capNanoUsd: null },
    ]);
    const free = ids.filter((_, index) => index % 3 !== 0);
    for (const id of free) await server.waitFor(id, ["completed"]);
    for (const id of ids) await server.waitFor(id, ["completed", "waiting"]);
    await expect.poll(openCalls, { timeout: 60_000 }).toBe(0);
    expect(await ledgerMismatches(server.db)).toEqual([]);
    expect(await deadlocks()).toBe(0);
  });
});
