import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { expectCostsToAgree } from "../../test/support/cost-check.ts";
import { newExecution, pressStep, startEngine, type EngineRig } from "../../test/support/engine-rig.ts";
import { pressSteps } from "../../test/support/press-steps.ts";
import { PRINT_COST_NANO_USD, startPress, type Press } from "../../test/support/press.ts";
import { sumCostsBy, type Period } from "./cost-report.ts";
import { removeExecution } from "./execution-removal.ts";
import { listPaidCalls, type PaidCall } from "./paid-calls.ts";

const EVER = { from: "2000-01-01", to: "2999-12-31" };
const NOTHING = {
  day: "",
  month: "",
  workflowId: 0,
  templateId: "",
  provider: "",
  model: "",
  calls: 0,
  chargedNanoUsd: 0,
  unknownCalls: 0,
  failedCalls: 0,
  failedBilledCalls: 0,
  failedBilledNanoUsd: 0,
  unusedCalls: 0,
  unusedNanoUsd: 0,
  inDoubtCalls: 0,
  inDoubtNanoUsd: 0,
  inDoubtUnpricedCalls: 0,
  reusedSteps: 0,
  savedNanoUsd: 0,
};

let press: Press;
let rig: EngineRig;

beforeEach(async () => {
  press = await startPress();
  rig = await startEngine({ steps: pressSteps(press.url) });
});

afterEach(async () => {
  await expectCostsToAgree(rig.db);
  await rig.stop();
  await press.stop();
});

async function run(behaviour: string, rest: Parameters<typeof newExecution>[1] = {}): Promise<number> {
  const id = await rig.engine.create(newExecution([pressStep(1, "x", { parameters: { behaviour } })], rest));
  await rig.waitFor(id, ["completed", "failed", "waiting"]);
  return id;
}

async function day(id: number): Promise<string> {
  const { created_at: time } = await rig.db
    .selectFrom("attempts")
    .select("created_at")
    .where("execution_id", "=", id)
    .executeTakeFirstOrThrow();
  return time.slice(0, 10);
}

describe("what was spent", () => {
  test("adds up by day, and leaves rehearsals out", async () => {
    const id = await run("print");
    await run("print");
    await run("print", { mode: "rehearsal" });
    expect(await sumCostsBy(rig.db, EVER, ["day"])).toEqual([
      { ...NOTHING, day: await day(id), calls: 2, chargedNanoUsd: 2 * PRINT_COST_NANO_USD },
    ]);
  });

  test("says what was billed for a call that failed", async () => {
    await run("refuse_billed");
    await run("refuse");
    expect(await sumCostsBy(rig.db, EVER, ["provider"])).toEqual([
      {
        ...NOTHING,
        provider: "press",
        calls: 2,
        chargedNanoUsd: PRINT_COST_NANO_USD,
        failedCalls: 2,
        failedBilledCalls: 1,
        failedBilledNanoUsd: PRINT_COST_NANO_USD,
      },
    ]);
  });

  test("keeps a call in doubt apart, with the most that it may have cost, until its answer is there", async () => {
    const id = await run("drop");
    const doubt = { ...NOTHING, model: "press:text", calls: 1, inDoubtCalls: 1, inDoubtNanoUsd: 1_000 };
    expect(await sumCostsBy(rig.db, EVER, ["model"])).toEqual([doubt]);

    await rig.db
      .updateTable("attempts")
      .set({ status: "succeeded", cost_nano_usd: 900, cost_basis: "reported", is_unused: 1 })
      .where("execution_id", "=", id)
      .execute();
    expect(await sumCostsBy(rig.db, EVER, ["model"])).toEqual([
      { ...NOTHING, model: "press:text", calls: 1, chargedNanoUsd: 900, unusedCalls: 1, unusedNanoUsd: 900 },
    ]);
  });

  test("forgets a call in doubt while it is asked about again", async () => {
    const id = await run("drop");
    await rig.db
      .updateTable("attempts")
      .set({ status: "submitted" })
      .where("execution_id", "=", id)
      .execute();
    expect(await sumCostsBy(rig.db, EVER, ["model"])).toEqual([]);
  });

  test("counts what is unknown, which is not nothing", async () => {
    const id = await run("print");
    await rig.db
      .updateTable("attempts")
      .set({ cost_nano_usd: null, cost_basis: "unknown" })
      .where("execution_id", "=", id)
      .execute();
    expect(await sumCostsBy(rig.db, EVER, ["provider"])).toEqual([
      { ...NOTHING, provider: "press", calls: 1, unknownCalls: 1 },
    ]);
  });

  test("tells templates apart, and still counts executions that were removed", async () => {
    const id = await run("print", { templateId: "one" });
    await run("print", { templateId: "two" });
    await rig.db.transaction().execute((trx) => removeExecution(trx, id, new Date().toISOString()));
    const rows = await sumCostsBy(rig.db, EVER, ["workflowId", "templateId"]);
    expect(rows.map(({ templateId, calls }) => ({ templateId, calls }))).toEqual([
      { templateId: "one", calls: 1 },
      { templateId: "two", calls: 1 },
    ]);
  });

  test("keeps to its period", async () => {
    const today = await day(await run("print"));
    expect(await sumCostsBy(rig.db, { from: today, to: today }, ["day"])).toHaveLength(1);
    expect(await sumCostsBy(rig.db, { from: "2000-01-01", to: "2000-12-31" }, ["day"])).toEqual([]);
  });

  test("agrees with the attempts when many executions end at once", async () => {
    await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        run(["print", "job", "refuse_billed", "drop"][index % 4] ?? "print"),
      ),
    );
    const [sums] = await sumCostsBy(rig.db, EVER, ["provider"]);
    expect(sums).toMatchObject({ calls: 40, inDoubtCalls: 10, failedBilledCalls: 10 });
  }, 60_000);
});

async function callsOf(period: Period): Promise<PaidCall[]> {
  const calls: PaidCall[] = [];
  for await (const batch of listPaidCalls(rig.db, period)) calls.push(...batch);
  return calls;
}

describe("the list of paid calls", () => {
  test("gives each call once, oldest first, with its title as long as that is there", async () => {
    const first = await run("print", { title: "Un" });
    const second = await run("drop", { title: "Deux" });
    await run("print", { mode: "rehearsal" });
    await rig.db.transaction().execute((trx) => removeExecution(trx, first, new Date().toISOString()));
    const calls = await callsOf(EVER);
    expect(calls).toMatchObject([
      { executionId: first, title: null, status: "succeeded", costNanoUsd: PRINT_COST_NANO_USD },
      { executionId: second, title: "Deux", status: "in_doubt", costNanoUsd: null, reservedNanoUsd: 1_000 },
    ]);
    const today = await day(first);
    expect(await callsOf({ from: today, to: today })).toHaveLength(2);
    expect(await callsOf({ from: "2000-01-01", to: "2000-01-31" })).toEqual([]);
  });
});
