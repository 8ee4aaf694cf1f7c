import { readFile } from "node:fs/promises";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { newExecution, pressStep, startEngine, type EngineRig } from "../../test/support/engine-rig.ts";
import { ledgerMismatches } from "../../test/support/ledger.ts";
import { pressSteps } from "../../test/support/press-steps.ts";
import { PRINT_COST_NANO_USD, startPress, type Press } from "../../test/support/press.ts";
import { MIGRATIONS } from "../../test/support/test-store.ts";
import { listAttempts } from "../db/attempt-store.ts";
import { removeExecution } from "../db/execution-removal.ts";
import { listStepRuns } from "../db/step-run-store.ts";

const COST = PRINT_COST_NANO_USD;
const WORST = 1_000;
const TEMPLATE = "template:press";

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

const behaving = (behaviour: string) => ({ parameters: { behaviour } });
const poem = (rest = {}) => newExecution([pressStep(1, "a poem")], { templateId: "press", ...rest });
const statusOf = async (id: number) => {
  const row = await rig.db
    .selectFrom("workflow_executions")
    .select("status")
    .where("id", "=", id)
    .executeTakeFirst();
  return row?.status;
};

describe("a cap that executions share", () => {
  test("makes what does not fit wait, says which one, and goes on when it is raised", async () => {
    rig = await startEngine({ steps: pressSteps(press.url) });
    await rig.engine.caps.set([{ scope: "all", periodKind: "day", capNanoUsd: 2_000 }]);
    for (const _ of [1, 2]) await rig.waitFor(await rig.engine.create(poem()), ["completed"]);
    const id = await rig.engine.create(poem());
    const { waitingFor } = await rig.waitFor(id, ["waiting"]);
    const day = new Date().toISOString().slice(0, 10);
    expect(waitingFor).toMatchObject({ reason: "cap", scope: "all", period: day, amountNanoUsd: WORST });
    expect(press.paid()).toBe(2);
    expect(await listAttempts(rig.db, id)).toEqual([]);
    await rig.engine.caps.set([{ scope: "all", periodKind: "day", capNanoUsd: 3_000 }]);
    await rig.waitFor(id, ["completed"]);
    expect(press.paid()).toBe(3);
    const [state] = await rig.engine.caps.list();
    expect(state).toMatchObject({
      scope: "all",
      periodKind: "day",
      capNanoUsd: 3_000,
      source: "person",
      spentNanoUsd: 3 * COST,
      reservedNanoUsd: 0,
    });
  });

  test.each([
    ["all", "month"],
    ["all", "total"],
    [TEMPLATE, "day"],
    [TEMPLATE, "month"],
    [TEMPLATE, "total"],
  ] as const)("holds for %s a %s", async (scope, periodKind) => {
    rig = await startEngine({ steps: pressSteps(press.url) });
    await rig.waitFor(await rig.engine.create(poem()), ["completed"]);
    await rig.engine.caps.set([{ scope, periodKind, capNanoUsd: COST + WORST - 1 }]);
    const id = await rig.engine.create(poem());
    expect((await rig.waitFor(id, ["waiting"])).waitingFor).toMatchObject({ reason: "cap", scope });
    expect(press.paid()).toBe(1);
    await rig.engine.caps.set([{ scope, periodKind, capNanoUsd: null }]);
    await rig.waitFor(id, ["completed"]);
  });

  test("leaves executions of another workflow alone where it is that of one", async () => {
    rig = await startEngine({ steps: pressSteps(press.url) });
    await rig.engine.caps.set([{ scope: TEMPLATE, periodKind: "total", capNanoUsd: 0 }]);
    const held = await rig.engine.create(poem());
    await rig.waitFor(held, ["waiting"]);
    await rig.waitFor(await rig.engine.create(poem({ templateId: "other" })), ["completed"]);
    await rig.waitFor(await rig.engine.create(poem({ templateId: null })), ["completed"]);
    expect(await statusOf(held)).toBe("waiting");
    expect(press.paid()).toBe(2);
  });

  test("puts back what was set aside in the other budgets where one has no room", async () => {
    rig = await startEngine({ steps: pressSteps(press.url) });
    await rig.engine.caps.set([
      { scope: TEMPLATE, periodKind: "day", capNanoUsd: 5_000 },
      { scope: "all", periodKind: "total", capNanoUsd: 900 },
    ]);
    const refused = await rig.engine.create(poem({ capNanoUsd: 5_000 }));
    await rig.waitFor(refused, ["waiting"]);
    // Otherwise it would take the room that the next one is to have.
    await rig.engine.cancel(refused);
    await rig.engine.caps.set([{ scope: "all", periodKind: "total", capNanoUsd: WORST }]);
    await rig.waitFor(await rig.engine.create(poem({ templateId: null })), ["completed"]);
    const id = await rig.engine.create(poem({ capNanoUsd: 5_000 }));
    await rig.waitFor(id, ["waiting"]);
    const rows = await rig.db
      .selectFrom("budgets")
      .select("scope")
      .groupBy(["scope", "period"])
      .having((eb) => eb(eb.fn.sum("reserved_nano_usd"), "<>", 0))
      .execute();
    expect(rows).toEqual([]);
  });

  test("lets a step go on when a call of another execution turned out cheaper", async () => {
    rig = await startEngine({ steps: pressSteps(press.url) });
    await rig.engine.caps.set([{ scope: "all", periodKind: "day", capNanoUsd: COST + WORST }]);
    const out = await rig.engine.create(newExecution([pressStep(1, "held", behaving("hold"))]));
    await press.waitForOrders(1);
    const id = await rig.engine.create(poem());
    await rig.waitFor(id, ["waiting"]);
    press.release();
    await rig.waitFor(out, ["completed"]);
    await rig.waitFor(id, ["completed"]);
    expect(press.paid()).toBe(2);
  });

  test("keeps results, and ends with the step that a person gives up", async () => {
    rig = await startEngine({ steps: pressSteps(press.url) });
    await rig.engine.caps.set([{ scope: "all", periodKind: "total", capNanoUsd: WORST }]);
    const id = await rig.engine.create(
      newExecution([pressStep(1, "one"), pressStep(2, "two {step1_output}")]),
    );
    await rig.waitFor(id, ["waiting"]);
    await expect(
      rig.engine.decide(id, { decision: "raise_cap", stepNumber: 2, capNanoUsd: 9_000 }),
    ).rejects.toThrow(/for the cap of all runs together \(in all\).*PUT \/caps/s);
    expect(await statusOf(id)).toBe("waiting");
    await rig.engine.decide(id, { decision: "give_up", stepNumber: 2 });
    const ended = await rig.waitFor(id, ["failed"]);
    expect(ended.error?.en).toMatch(/rest|gave up on this step, which waited for a cap/);
    const [first, second] = await listStepRuns(rig.db, id);
    expect(first?.output?.text).toBe("printed: one");
    expect(second).toMatchObject({ status: "failed", attempts: 0, waitingReason: null, waitingScope: null });
    expect(press.paid()).toBe(1);
  });

  test("is no obstacle to what is free, which touches no budget", async () => {
    rig = await startEngine({ steps: pressSteps(press.url), defaultCaps: { day: 0, month: 0 } });
    const id = await rig.engine.create(poem({ mode: "rehearsal", capNanoUsd: 0 }));
    await rig.waitFor(id, ["completed"]);
    const shared = await rig.db
      .selectFrom("budgets")
      .select("scope")
      .where("scope", "not like", "execution:%")
      .execute();
    expect(shared).toEqual([]);
  });

  test("comes from the environment until a person sets one, and again when that is taken off", async () => {
    rig = await startEngine({ steps: pressSteps(press.url), defaultCaps: { day: 10, month: null } });
    const id = await rig.engine.create(poem());
    await rig.waitFor(id, ["waiting"]);
    expect(await rig.engine.caps.state("all", "day")).toMatchObject({
      capNanoUsd: 10,
      source: "environment",
    });
    await rig.engine.caps.set([{ scope: "all", periodKind: "day", capNanoUsd: WORST }]);
    await rig.waitFor(id, ["completed"]);
    await rig.engine.caps.set([{ scope: "all", periodKind: "day", capNanoUsd: null }]);
    await rig.waitFor(await rig.engine.create(poem()), ["waiting"]);
    expect(press.paid()).toBe(1);
  });

  test("counts what was spent before it was set, and stays closed when executions are deleted", async () => {
    rig = await startEngine({ steps: pressSteps(press.url) });
    for (const _ of [1, 2, 3]) {
      const id = await rig.engine.create(poem());
      await rig.waitFor(id, ["completed"]);
      await rig.db.transaction().execute((trx) => removeExecution(trx, id, new Date().toISOString()));
    }
    await rig.engine.caps.set([{ scope: "all", periodKind: "month", capNanoUsd: 3 * COST + WORST - 1 }]);
    await rig.waitFor(await rig.engine.create(poem()), ["waiting"]);
    expect(press.paid()).toBe(3);
  });

  test("is told of a call that turned out dearer in full, and stops what follows", async () => {
    rig = await startEngine({ steps: pressSteps(press.url) });
    await rig.engine.caps.set([{ scope: "all", periodKind: "day", capNanoUsd: 650 }]);
    const cheap = { parameters: { worst_case_nano_usd: 100 } };
    const id = await rig.engine.create(
      newExecution([pressStep(1, "one", cheap), pressStep(2, "{step1_output}", cheap)]),
    );
    const { waitingFor } = await rig.waitFor(id, ["waiting"]);
    expect(waitingFor).toMatchObject({ stepNumber: 2, scope: "all" });
    expect((await rig.engine.caps.state("all", "day")).spentNanoUsd).toBe(COST);
    expect(press.paid()).toBe(1);
  });

  test("refuses what has no known price, unless the person allows it", async () => {
    const unpriced = pressSteps(press.url);
    rig = await startEngine({
      steps: {
        prepare: async (request) => ({
          ...(await unpriced.prepare(request)),
          worstCase: { nanoUsd: null, basis: "unknown" },
        }),
      },
    });
    await rig.engine.caps.set([{ scope: "all", periodKind: "month", capNanoUsd: 5_000 }]);
    const { error } = await rig.waitFor(await rig.engine.create(poem()), ["failed"]);
    expect(error?.en).toMatch(/there is a cap to hold/);
    expect(press.paid()).toBe(0);
    await rig.waitFor(await rig.engine.create(poem({ unpriced: "allow" })), ["completed"]);
    expect((await rig.engine.caps.state("all", "month")).spentNanoUsd).toBe(COST);
  });
});

describe("the migration that brings shared budgets", () => {
  test("counts in them what calls of an older version have reserved and spent", async () => {
    rig = await startEngine({ steps: pressSteps(press.url) });
    await rig.waitFor(await rig.engine.create(poem()), ["completed"]);
    const dropped = newExecution([pressStep(1, "dropped", behaving("drop"))], { templateId: "press" });
    await rig.waitFor(await rig.engine.create(dropped), ["waiting"]);
    await rig.waitFor(await rig.engine.create(poem({ templateId: null, mode: "rehearsal" })), ["completed"]);
    await rig.db.deleteFrom("budgets").where("scope", "not like", "execution:%").execute();
    await rig.db.updateTable("attempts").set({ budget_scope: null }).execute();
    const text = await readFile(new URL("0005-caps.sql", MIGRATIONS), "utf8");
    const statements = text.split(/;\n/).filter((statement) => /^(UPDATE|INSERT)/m.test(statement));
    expect(statements).toHaveLength(3);
    for (const statement of statements) await sql.raw(statement).execute(rig.db);
    // That the budgets equal the attempts is seen after each test.
    expect(await rig.engine.caps.state(TEMPLATE, "month")).toMatchObject({
      spentNanoUsd: COST,
      reservedNanoUsd: WORST,
    });
  });
});

describe("a day that begins", () => {
  test("lets what waited go on, and settles what was set aside the day before in that day", async () => {
    const started = Date.now();
    const midnight = Date.parse("2026-11-30T00:00:00.000Z");
    // Half a second before midnight when the test starts, and then as time goes.
    let offset = midnight - 60_000 - started;
    const now = () => new Date(Date.now() + offset);
    rig = await startEngine({ steps: pressSteps(press.url), now });
    await rig.engine.caps.set([{ scope: "all", periodKind: "day", capNanoUsd: WORST }]);
    const out = await rig.engine.create(newExecution([pressStep(1, "held", behaving("hold"))]));
    await press.waitForOrders(1);
    const id = await rig.engine.create(poem());
    await rig.waitFor(id, ["waiting"]);
    offset += 60_000;
    // Anything that happens lets the watch look at the clock again; so does its timer.
    await rig.engine.caps.set([]);
    await rig.waitFor(id, ["completed"]);
    press.release();
    await rig.waitFor(out, ["completed"]);
    const days = await rig.db
      .selectFrom("budgets")
      .select("period")
      .select(sql<number>`cast(sum(spent_nano_usd) as bigint)`.as("spent"))
      .select(sql<number>`cast(sum(reserved_nano_usd) as bigint)`.as("reserved"))
      .where("scope", "=", "all")
      .groupBy("period")
      .orderBy("period")
      .execute();
    expect(days).toEqual([
      { period: "", spent: 2 * COST, reserved: 0 },
      { period: "2026-11", spent: 2 * COST, reserved: 0 },
      { period: "2026-11-29", spent: COST, reserved: 0 },
      { period: "2026-11-30", spent: COST, reserved: 0 },
    ]);
  });

  test("wakes what waits by itself at midnight", async () => {
    const offset = Date.parse("2026-11-30T23:59:59.000Z") - Date.now();
    rig = await startEngine({ steps: pressSteps(press.url), now: () => new Date(Date.now() + offset) });
    await rig.engine.caps.set([{ scope: "all", periodKind: "month", capNanoUsd: WORST }]);
    await rig.waitFor(await rig.engine.create(poem()), ["completed"]);
    const id = await rig.engine.create(poem());
    await rig.waitFor(id, ["waiting"]);
    await rig.waitFor(id, ["completed"]);
    expect((await rig.engine.caps.state("all", "month")).period).toBe("2026-12");
    expect(press.paid()).toBe(2);
  });
});

describe("many executions at once under caps", () => {
  test("never exceed any of them, however they race", async () => {
    rig = await startEngine({ steps: pressSteps(press.url) });
    const dayCap = 40 * COST + WORST;
    await rig.engine.caps.set([
      { scope: "all", periodKind: "day", capNanoUsd: dayCap },
      { scope: TEMPLATE, periodKind: "total", capNanoUsd: 20 * COST },
    ]);
    const ids = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        rig.engine.create(
          newExecution([pressStep(1, `a${index}`), pressStep(2, `b${index}`)], {
            templateId: index % 2 === 0 ? "press" : null,
            capNanoUsd: index % 3 === 0 ? WORST : null,
          }),
        ),
      ),
    );
    for (const id of ids) await rig.waitFor(id, ["completed", "waiting"]);
    // What is freed lets others go on, until nothing that waits fits any more.
    await expect
      .poll(async () => (await isAtRest()) && press.paid() * COST > dayCap - WORST, { timeout: 60_000 })
      .toBe(true);
    const paid = press.paid() * COST;
    const [day, , total] = await rig.engine.caps.list([TEMPLATE]);
    expect(day?.spentNanoUsd).toBe(paid);
    expect(total?.spentNanoUsd).toBe(paid);
    expect(paid).toBeLessThanOrEqual(dayCap);
    expect((await rig.engine.caps.state(TEMPLATE, "total")).spentNanoUsd).toBeLessThanOrEqual(20 * COST);
    expect(new Set(press.orders.map(({ prompt }) => prompt)).size).toBe(press.orders.length);
  });
});

/** Whether no call is out or about to be. */
async function isAtRest(): Promise<boolean> {
  const unfinished = await rig.db
    .selectFrom("workflow_executions")
    .select("id")
    .where("status", "in", ["pending", "running"])
    .execute();
  const { reserved } = await rig.db
    .selectFrom("budgets")
    .select((eb) => eb.fn.sum<string>("reserved_nano_usd").as("reserved"))
    .executeTakeFirstOrThrow();
  return unfinished.length === 0 && Number(reserved) === 0;
}
