import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { newExecution, pressStep, startEngine, type EngineRig } from "../../test/support/engine-rig.ts";
import { ledgerMismatches } from "../../test/support/ledger.ts";
import { pressSteps } from "../../test/support/press-steps.ts";
import { PRINT_COST_NANO_USD, startPress, type Press } from "../../test/support/press.ts";
import { newestOf, sumBatches } from "../db/batch-store.ts";
import { removeExecution } from "../db/execution-removal.ts";
import type { NewBatch } from "./batches.ts";

const COST = PRINT_COST_NANO_USD;
const WORST = 1_000;
const ALL_ROWS = { limit: 1_000 };

let press: Press;
let rig: EngineRig;

beforeEach(async () => {
  press = await startPress();
});
afterEach(async () => {
  const mismatches = await ledgerMismatches(rig.db);
  if (mismatches.length > 0) throw new Error(`the ledger does not add up: ${JSON.stringify(mismatches)}`);
  press.release();
  await rig.stop();
  await press.stop();
});

const batchOf = (rest: Partial<NewBatch> = {}): NewBatch => ({
  title: "Capitals",
  workflowId: null,
  templateId: "press",
  mode: "live",
  estimate: null,
  capNanoUsd: null,
  ...rest,
});
const rowsOf = (count: number, behaviour = "print") =>
  Array.from({ length: count }, (_, index) =>
    newExecution([pressStep(1, "{topic}", { parameters: { behaviour } })], {
      templateId: "press",
      initialInput: `row ${index + 1}`,
    }),
  );
const scopeOf = (batchId: number) => `batch:${batchId}`;
const capOf = (batchId: number) => ({ scope: `batch:${batchId}`, periodKind: "total" as const });

/** Waits until every row of a batch has one of these statuses. */
async function waitForAll(batchId: number, statuses: Parameters<EngineRig["waitFor"]>[1]): Promise<void> {
  for (const { id } of await newestOf(rig.db, batchId, ALL_ROWS)) await rig.waitFor(id, statuses);
}

describe("a batch", () => {
  test("of 200 rows that start at once never exceeds its cap, and goes on when that is raised", async () => {
    rig = await startEngine({ steps: pressSteps(press.url) });
    const cap = 30 * COST + WORST;
    const { batchId, executionIds } = await rig.engine.createBatch(batchOf({ capNanoUsd: cap }), rowsOf(200));
    expect(executionIds).toHaveLength(200);
    await waitForAll(batchId, ["completed", "waiting"]);
    // What a call that turned out cheaper has freed is given to the next, until nothing fits.
    await expect.poll(() => press.paid()).toBe(31);
    await expect
      .poll(async () => (await rig.engine.caps.state(scopeOf(batchId), "total")).reservedNanoUsd)
      .toBe(0);
    const state = await rig.engine.caps.state(scopeOf(batchId), "total");
    expect(state).toMatchObject({ capNanoUsd: cap, spentNanoUsd: 31 * COST });
    const waiting = await newestOf(rig.db, batchId, { ...ALL_ROWS, statuses: ["waiting"] });
    expect(waiting).toHaveLength(200 - 31);
    const { waitingFor } = await rig.waitFor(waiting[0]?.id ?? 0, ["waiting"]);
    expect(waitingFor).toMatchObject({ reason: "cap", scope: scopeOf(batchId), period: "" });
    const sums = await sumBatches(rig.db, [batchId]);
    expect(sums.get(batchId)?.counts).toEqual({ completed: 31, waiting: 169 });
    await rig.engine.caps.set([{ ...capOf(batchId), capNanoUsd: 200 * WORST }]);
    await waitForAll(batchId, ["completed"]);
    expect(press.paid()).toBe(200);
    expect(new Set(press.orders.map(({ prompt }) => prompt)).size).toBe(200);
  });

  test("leaves executions beside it alone, and says whose cap its own wait for", async () => {
    rig = await startEngine({ steps: pressSteps(press.url) });
    const { batchId, executionIds } = await rig.engine.createBatch(batchOf({ capNanoUsd: 0 }), rowsOf(3));
    await waitForAll(batchId, ["waiting"]);
    const [single] = rowsOf(1);
    if (single) await rig.waitFor(await rig.engine.create(single), ["completed"]);
    expect(press.paid()).toBe(1);
    await expect(
      rig.engine.decide(executionIds[0] ?? 0, { decision: "raise_cap", stepNumber: 1, capNanoUsd: 9_000 }),
    ).rejects.toThrow(new RegExp(`of the whole batch ${batchId}`, "u"));
    expect((await rig.engine.caps.list()).map(({ scope }) => scope)).toEqual(["all", "all", "all"]);
  });

  test("does not get its cap back when its executions are deleted", async () => {
    rig = await startEngine({ steps: pressSteps(press.url) });
    const { batchId, executionIds } = await rig.engine.createBatch(batchOf({ capNanoUsd: WORST }), rowsOf(1));
    await waitForAll(batchId, ["completed"]);
    const [id = 0] = executionIds;
    await rig.db.transaction().execute((trx) => removeExecution(trx, id, "2026-11-22T10:00:00.000Z"));
    const [again] = rowsOf(1);
    if (!again) throw new Error("there is a row");
    const next = await rig.engine.create({ ...again, batch: { id: batchId, row: 1 } });
    expect((await rig.waitFor(next, ["waiting"])).waitingFor).toMatchObject({ scope: scopeOf(batchId) });
    expect(press.paid()).toBe(1);
    const sum = (await sumBatches(rig.db, [batchId])).get(batchId);
    expect(sum?.counts).toEqual({ waiting: 1 });
    expect(sum?.costs).toEqual(
      expect.arrayContaining([expect.objectContaining({ nanoUsd: COST, basis: "reported" })]),
    );
  });

  test("shows each row as its newest execution stands", async () => {
    rig = await startEngine({ steps: pressSteps(press.url) });
    const { batchId, executionIds } = await rig.engine.createBatch(batchOf(), rowsOf(2, "refuse"));
    await waitForAll(batchId, ["failed"]);
    const [again] = rowsOf(1);
    if (!again) throw new Error("there is a row");
    const next = await rig.engine.create({ ...again, batch: { id: batchId, row: 1 } });
    await rig.waitFor(next, ["completed"]);
    const rows = await newestOf(rig.db, batchId, ALL_ROWS);
    expect(rows.map(({ id, row, status }) => [id, row, status])).toEqual([
      [next, 1, "completed"],
      [executionIds[1], 2, "failed"],
    ]);
  });

  test("leaves room for a single run of the same template while its own calls take long", async () => {
    rig = await startEngine({ steps: pressSteps(press.url), maxAtOnce: 4 });
    const { batchId } = await rig.engine.createBatch(batchOf(), rowsOf(20, "hold"));
    await press.waitForOrders(4);
    const [single] = rowsOf(1);
    if (!single) throw new Error("there is a row");
    const id = await rig.engine.create({ ...single, initialInput: "single" });
    await rig.waitFor(id, ["completed"]);
    expect(press.orders).toHaveLength(5);
    press.release();
    await waitForAll(batchId, ["completed"]);
    expect(press.paid()).toBe(21);
  });

  test("stores nothing where one row cannot be stored", async () => {
    rig = await startEngine({ steps: pressSteps(press.url) });
    const rows = rowsOf(3);
    const lost = {
      artifactId: "gone",
      hash: "0".repeat(64),
      mediaType: "image/png",
      bytes: 1,
      medium: "image" as const,
    };
    const broken = rows.map((row, index) =>
      Object.assign({}, row, index === 2 && { inputFiles: { photo: lost } }),
    );
    await expect(rig.engine.createBatch(batchOf({ capNanoUsd: WORST }), broken)).rejects.toThrow(/photo/);
    expect(await rig.db.selectFrom("workflow_executions").select("id").execute()).toEqual([]);
    expect(await rig.db.selectFrom("batches").select("id").execute()).toEqual([]);
    expect(await rig.db.selectFrom("caps").select("scope").execute()).toEqual([]);
    expect(press.orders).toEqual([]);
  });

  test("of takes that are asked for together stores none where one cannot be stored", async () => {
    rig = await startEngine({ steps: pressSteps(press.url) });
    const rows = rowsOf(2);
    const lost = { artifactId: "gone", hash: "0".repeat(64), mediaType: "image/png", bytes: 1 };
    const inputFiles = { photo: { ...lost, medium: "image" as const } };
    const broken = rows.map((row, index) => Object.assign({}, row, index === 1 && { inputFiles }));
    await expect(rig.engine.createAll(broken)).rejects.toThrow(/photo/);
    expect(await rig.db.selectFrom("workflow_executions").select("id").execute()).toEqual([]);
    const ids = await rig.engine.createAll(rows);
    for (const id of ids) await rig.waitFor(id, ["completed"]);
    expect(press.orders).toHaveLength(2);
  });

  test("of 1,000 rows is stored within a few seconds", async () => {
    rig = await startEngine({ steps: pressSteps(press.url), maxAtOnce: 1 });
    const before = performance.now();
    const { batchId } = await rig.engine.createBatch(batchOf({ capNanoUsd: 0 }), rowsOf(1_000));
    expect(performance.now() - before).toBeLessThan(5_000);
    expect(await newestOf(rig.db, batchId, ALL_ROWS)).toHaveLength(1_000);
    expect(press.orders).toEqual([]);
  });
});
