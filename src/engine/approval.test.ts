import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { newExecution, pressStep, startEngine, type EngineRig } from "../../test/support/engine-rig.ts";
import { pressSteps } from "../../test/support/press-steps.ts";
import { PRINT_COST_NANO_USD, startPress, type Press } from "../../test/support/press.ts";
import { listAttempts } from "../db/attempt-store.ts";
import { getStepRun, listStepRuns } from "../db/step-run-store.ts";
import { RelaisError } from "../errors.ts";
import { NO_ITEM } from "../workflow/definition.ts";
import { ApprovalClock } from "./approval-clock.ts";

let press: Press;
let rig: EngineRig;

beforeEach(async () => {
  press = await startPress();
  rig = await startEngine({ steps: pressSteps(press.url) });
});

afterEach(async () => {
  await rig.stop();
  await press.stop();
});

const ASKED = { approval: true };
/** 36 ms. */
const BRIEFLY = { approval: { timeout_hours: 0.00001 } };

async function startWaiting(rest: Parameters<typeof pressStep>[2] = ASKED): Promise<number> {
  const id = await rig.engine.create(
    newExecution([pressStep(1, "one", rest), pressStep(2, "two {step1_output}"), pressStep(3, "three")]),
  );
  await rig.waitFor(id, ["waiting", "failed"]);
  return id;
}

const codeOf = async (work: Promise<void>): Promise<string> =>
  await work.then(
    () => "taken",
    (error: unknown) => (error instanceof RelaisError ? error.code : "other"),
  );

const statuses = async (id: number) => (await listStepRuns(rig.db, id)).map(({ status }) => status);

describe("a step that asks a person", () => {
  test("waits with its result paid and stored, while steps that do not need it go on", async () => {
    const id = await startWaiting();
    const execution = await rig.waitFor(id, ["waiting"]);
    expect(execution).toMatchObject({
      totalCostNanoUsd: 2 * PRINT_COST_NANO_USD,
      waitingFor: { reason: "approval", stepNumber: 1, item: NO_ITEM, amountNanoUsd: null },
    });
    const [first] = await listStepRuns(rig.db, id);
    expect(first).toMatchObject({
      status: "waiting",
      waitingReason: "approval",
      decideBy: null,
      costNanoUsd: PRINT_COST_NANO_USD,
      output: { text: "printed: one" },
    });
    expect(await statuses(id)).toEqual(["waiting", "pending", "completed"]);
    const attempts = await listAttempts(rig.db, id);
    expect(attempts.map(({ status }) => status)).toEqual(["succeeded", "succeeded"]);
    expect(press.paid()).toBe(2);
  });

  test("goes on with its result once that is approved, for nothing more", async () => {
    const id = await startWaiting();
    await rig.engine.decide(id, { decision: "approve", stepNumber: 1 });
    await rig.waitFor(id, ["completed"]);
    const runs = await listStepRuns(rig.db, id);
    expect(runs[1]?.output?.text).toBe("printed: two printed: one");
    expect(runs[0]).toMatchObject({ isEdited: false, waitingReason: null, error: null });
    expect(press.paid("one")).toBe(1);
    expect(press.paid()).toBe(3);
  });

  test("goes on with what a person has put in its place, and keeps what was made", async () => {
    const id = await startWaiting();
    await rig.engine.decide(id, { decision: "approve", stepNumber: 1, output: { text: "mine" } });
    await rig.waitFor(id, ["completed"]);
    const runs = await listStepRuns(rig.db, id);
    expect(runs[0]).toMatchObject({
      output: { text: "mine" },
      isEdited: true,
      performedBy: "press:text",
      costNanoUsd: PRINT_COST_NANO_USD,
    });
    expect(runs[1]?.output?.text).toBe("printed: two mine");
    const row = await rig.db
      .selectFrom("step_runs")
      .select("original_output")
      .where("execution_id", "=", id)
      .where("step_number", "=", 1)
      .executeTakeFirst();
    expect(JSON.parse(row?.original_output ?? "")).toMatchObject({ text: "printed: one" });
  });

  test("fails when it is rejected, and what it made stays", async () => {
    const id = await startWaiting();
    await rig.engine.decide(id, { decision: "reject", stepNumber: 1 });
    const execution = await rig.waitFor(id, ["failed"]);
    expect(execution).toMatchObject({ totalCostNanoUsd: 2 * PRINT_COST_NANO_USD, waitingFor: null });
    const [first] = await listStepRuns(rig.db, id);
    expect(first).toMatchObject({ error: { code: "rejected" }, output: { text: "printed: one" } });
    expect(await statuses(id)).toEqual(["failed", "skipped", "completed"]);
    expect(press.paid()).toBe(2);
  });

  test("leaves the rest to `on_error` when it is rejected", async () => {
    const id = await startWaiting({ ...ASKED, on_error: "continue" });
    await rig.engine.decide(id, { decision: "reject", stepNumber: 1 });
    await rig.waitFor(id, ["completed"]);
    expect(await statuses(id)).toEqual(["failed", "skipped", "completed"]);
  });

  test("takes one decision, of two at once too", async () => {
    const id = await startWaiting();
    const decide = (decision: "approve" | "reject") =>
      codeOf(rig.engine.decide(id, { decision, stepNumber: 1 }));
    const both = await Promise.all([decide("approve"), decide("reject")]);
    expect(both.toSorted()).toEqual(["conflict", "taken"]);
    await rig.waitFor(id, ["completed", "failed"]);
    expect(await decide("approve")).toBe("conflict");
  });

  test("refuses the decisions of other waits", async () => {
    const id = await startWaiting();
    for (const decision of ["retry", "give_up", "raise_cap"] as const) {
      expect(await codeOf(rig.engine.decide(id, { decision, stepNumber: 1 }))).toBe("conflict");
    }
    expect(await statuses(id)).toEqual(["waiting", "pending", "completed"]);
  });

  test.each([{ json: {} }, { artifactIds: ["none"] }])(
    "refuses %o in the place of a text",
    async (output) => {
      const id = await startWaiting();
      const decision = rig.engine.decide(id, { decision: "approve", stepNumber: 1, output });
      expect(await codeOf(decision)).toBe("invalid_request");
      expect(await getStepRun(rig.db, id, { stepNumber: 1, item: NO_ITEM })).toMatchObject({
        status: "waiting",
        output: { text: "printed: one" },
      });
    },
  );

  test("waits for nothing once it is cancelled", async () => {
    const id = await startWaiting();
    await rig.engine.cancel(id);
    expect(await statuses(id)).toEqual(["cancelled", "cancelled", "completed"]);
    expect(await codeOf(rig.engine.decide(id, { decision: "approve", stepNumber: 1 }))).toBe("conflict");
    expect((await listStepRuns(rig.db, id))[0]?.output?.text).toBe("printed: one");
  });

  test("is not asked about where the execution was cancelled before its result came", async () => {
    const id = await rig.engine.create(
      newExecution([pressStep(1, "late", { ...ASKED, parameters: { behaviour: "hold" } })]),
    );
    await press.waitForOrders(1);
    await rig.engine.cancel(id);
    press.release();
    const key = { stepNumber: 1, item: NO_ITEM };
    await expect.poll(async () => (await getStepRun(rig.db, id, key))?.output?.text).toBe("printed: late");
    expect(await getStepRun(rig.db, id, key)).toMatchObject({ waitingReason: null });
  });

  test("waits in a rehearsal as well", async () => {
    const id = await rig.engine.create(newExecution([pressStep(1, "one", ASKED)], { mode: "rehearsal" }));
    expect(await rig.waitFor(id, ["waiting"])).toMatchObject({ waitingFor: { reason: "approval" } });
    await rig.engine.decide(id, { decision: "approve", stepNumber: 1 });
    await rig.waitFor(id, ["completed"]);
  });

  test("asks about a result that was bought again after a call in doubt", async () => {
    const id = await rig.engine.create(
      newExecution([pressStep(1, "lost", { ...ASKED, parameters: { behaviour: "drop" } })]),
    );
    await rig.waitFor(id, ["waiting"]);
    await rig.db
      .updateTable("workflow_executions")
      .set({ steps: JSON.stringify([pressStep(1, "lost", ASKED)]) })
      .where("id", "=", id)
      .execute();
    await rig.engine.decide(id, { decision: "retry", stepNumber: 1 });
    await expect
      .poll(async () => (await rig.waitFor(id, ["waiting", "running", "pending"])).waitingFor?.reason)
      .toBe("approval");
    await rig.engine.decide(id, { decision: "approve", stepNumber: 1 });
    await rig.waitFor(id, ["completed"]);
    expect(press.paid("lost")).toBe(2);
  });
});

describe("a list whose items ask a person", () => {
  test("waits for each item by itself, and hands on what was approved and nothing else", async () => {
    const each = { ...ASKED, for_each: { in: "{topic}" }, on_error: "continue" } as const;
    const id = await rig.engine.create(
      newExecution([pressStep(1, "{item}", each), pressStep(2, "all {step1_output}")], {
        initialInput: '["one", "two", "three"]',
      }),
    );
    const { waitingFor } = await rig.waitFor(id, ["waiting"]);
    expect(waitingFor).toMatchObject({ reason: "approval", stepNumber: 1, item: 0 });
    const decide = (item: number, decision: "approve" | "reject", output?: { text: string }) =>
      rig.engine.decide(id, { stepNumber: 1, item, decision, ...(output && { output }) });
    await decide(0, "approve", { text: "mine" });
    await decide(1, "reject");
    expect(press.paid()).toBe(3);
    expect(await codeOf(decide(1, "approve"))).toBe("conflict");
    await decide(2, "approve");
    await rig.waitFor(id, ["completed"]);
    expect(press.orders.at(-1)?.prompt).toBe("all mine\n\nprinted: three");
    expect(press.paid()).toBe(4);
  });
});

describe("the time limit of an approval", () => {
  test("counts as a no once it is over, unbilled, with the result kept", async () => {
    const id = await startWaiting(BRIEFLY);
    const execution = await rig.waitFor(id, ["failed"]);
    const [first] = await listStepRuns(rig.db, id);
    expect(first).toMatchObject({
      status: "failed",
      error: { code: "approval_expired" },
      output: { text: "printed: one" },
      costNanoUsd: PRINT_COST_NANO_USD,
    });
    expect(execution.totalCostNanoUsd).toBe(2 * PRINT_COST_NANO_USD);
    expect(await codeOf(rig.engine.decide(id, { decision: "approve", stepNumber: 1 }))).toBe("conflict");
  });

  test("passes while no process is there", async () => {
    const id = await startWaiting({ approval: { timeout_hours: 1 } });
    await rig.db
      .updateTable("step_runs")
      .set({ decide_by: "2020-01-01T00:00:00.000Z" })
      .where("step_number", "=", 1)
      .execute();
    const { folder } = rig;
    await rig.crash();
    rig = await startEngine({ steps: pressSteps(press.url), folder });
    await rig.waitFor(id, ["failed"]);
    expect(await statuses(id)).toEqual(["failed", "skipped", "completed"]);
    expect(press.paid()).toBe(2);
  });

  test("holds nothing up before it is over", async () => {
    const id = await startWaiting({ approval: { timeout_hours: 48 } });
    const [first] = await listStepRuns(rig.db, id);
    const hours = (Date.parse(first?.decideBy ?? "") - Date.parse(first?.completedAt ?? "")) / 3_600_000;
    expect(hours).toBe(48);
    await rig.engine.decide(id, { decision: "approve", stepNumber: 1 });
    await rig.waitFor(id, ["completed"]);
    expect((await listStepRuns(rig.db, id))[0]?.decideBy).toBeNull();
  });
});

describe("the clock of approvals", () => {
  test("ends what is over also where another one cannot be ended", async () => {
    const [broken, sound] = [
      await startWaiting({ approval: { timeout_hours: 1 } }),
      await startWaiting({ approval: { timeout_hours: 1 } }),
    ];
    const asked: number[] = [];
    const failed: (number | null)[] = [];
    const clock = new ApprovalClock({
      db: rig.db,
      now: () => new Date(Date.now() + 7_200_000),
      goOn: (id) => {
        asked.push(id);
        return id === broken ? Promise.reject(new Error("no")) : Promise.resolve();
      },
      onError: (_error, id) => failed.push(id),
    });
    await clock.start();
    await clock.stop();
    expect(asked.toSorted((a, b) => a - b)).toEqual([broken, sound]);
    expect(failed).toEqual([broken]);
  });
});
