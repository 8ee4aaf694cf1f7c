import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { newExecution, pressStep, startEngine, type EngineRig } from "../../test/support/engine-rig.ts";
import { pressSteps } from "../../test/support/press-steps.ts";
import { startPress, type Press } from "../../test/support/press.ts";
import { listAttempts } from "../db/attempt-store.ts";
import { removeExecution } from "../db/execution-removal.ts";
import { listStepRuns } from "../db/step-run-store.ts";
import { NO_ITEM } from "../workflow/definition.ts";

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

const STEPS = [pressStep(1, "one"), pressStep(2, "two {step1_output}")];

async function completed(rest: Parameters<typeof newExecution>[1] = {}, steps = STEPS): Promise<number> {
  const id = await rig.engine.create(newExecution(steps, rest));
  await rig.waitFor(id, ["completed"]);
  return id;
}

describe("reuse", () => {
  test("takes identical results without a call, a reservation or a row in the journal", async () => {
    await completed();
    // No cap at all would fit a call.
    const id = await completed({ reuse: true, capNanoUsd: 0 });
    expect(press.paid()).toBe(2);
    expect(await listAttempts(rig.db, id)).toEqual([]);
  });

  test("buys for twenty executions at once no more than for one", async () => {
    await completed();
    await Promise.all(Array.from({ length: 20 }, () => completed({ reuse: true })));
    expect(press.paid()).toBe(2);
  });

  test("asks before others go on from a result that was taken over, as from one that was bought", async () => {
    await completed();
    const steps = [pressStep(1, "one", { approval: true }), pressStep(2, "two {step1_output}")];
    const id = await rig.engine.create(newExecution(steps, { reuse: true }));
    const { waitingFor } = await rig.waitFor(id, ["waiting"]);
    expect(waitingFor).toMatchObject({ reason: "approval", stepNumber: 1 });
    expect((await listStepRuns(rig.db, id))[1]?.status).toBe("pending");
    expect(press.paid()).toBe(2);
  });
});

describe("an execution made from another", () => {
  const kept = [{ stepNumber: 1, item: NO_ITEM }];

  test("is not made where the other was deleted meanwhile", async () => {
    const first = await completed();
    await rig.db.transaction().execute((trx) => removeExecution(trx, first, new Date().toISOString()));
    const rerun = { executionId: first, fromStep: 2, kept, replaced: [] };
    await expect(rig.engine.create(newExecution(STEPS, { rerun }))).rejects.toMatchObject({
      code: "conflict",
    });
    expect(await rig.db.selectFrom("workflow_executions").select("id").execute()).toHaveLength(1);
    expect(press.paid()).toBe(2);
  });

  test("goes on under its own cap, and keeps what it took over", async () => {
    const first = await completed();
    const rerun = { executionId: first, fromStep: 2, kept, replaced: [] };
    const id = await rig.engine.create(newExecution(STEPS, { rerun, capNanoUsd: 10 }));
    const { waitingFor, currentStep } = await rig.waitFor(id, ["waiting"]);
    expect(waitingFor).toMatchObject({ reason: "cap", stepNumber: 2 });
    expect(currentStep).toBe(2);
    expect((await listStepRuns(rig.db, id))[0]).toMatchObject({ status: "completed", performedBy: "cache" });
    expect(press.paid()).toBe(2);
  });
});
