import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { newExecution, pressStep, startEngine, type EngineRig } from "../../test/support/engine-rig.ts";
import { pressSteps } from "../../test/support/press-steps.ts";
import { PRINT_COST_NANO_USD, startPress, type Press } from "../../test/support/press.ts";
import { removeTestFolder } from "../../test/support/test-store.ts";
import { listAttempts } from "../db/attempt-store.ts";
import { removeExecution } from "../db/execution-removal.ts";
import { listStepRuns } from "../db/step-run-store.ts";
import type { StepDraft } from "../workflow/definition.ts";
import type { StepRequest } from "../workflow/ports.ts";

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

async function start(
  behaviour: string,
  rest: Partial<StepDraft> = {},
  options: Parameters<typeof newExecution>[1] = {},
): Promise<number> {
  const step = { parameters: { behaviour }, output_schema: {}, ...rest };
  return await rig.engine.create(newExecution([pressStep(1, "one", step)], options));
}

const notes = (id: number) =>
  rig.db.selectFrom("attempts").select("repair").where("execution_id", "=", id).orderBy("number").execute();

describe("an answer that does not fit its schema", () => {
  test("is corrected by one further call, whose cost is added", async () => {
    const id = await start("misfit");
    const execution = await rig.waitFor(id, ["completed"]);
    const attempts = await listAttempts(rig.db, id);
    expect(attempts.map(({ number, status, cost }) => [number, status, cost?.nanoUsd])).toEqual([
      [1, "failed", PRINT_COST_NANO_USD],
      [2, "succeeded", PRINT_COST_NANO_USD],
    ]);
    expect(attempts[0]?.requestHash).not.toBe(attempts[1]?.requestHash);
    expect(attempts.map(({ reservedNanoUsd }) => reservedNanoUsd)).toEqual([1_000, 1_000]);
    const [run] = await listStepRuns(rig.db, id);
    expect(run).toMatchObject({
      isRepaired: true,
      attempts: 2,
      costNanoUsd: 2 * PRINT_COST_NANO_USD,
      error: null,
    });
    expect(execution.totalCostNanoUsd).toBe(2 * PRINT_COST_NANO_USD);
    expect(press.paid()).toBe(2);
  });

  test("is corrected even where failing calls are not to be repeated", async () => {
    const id = await start("misfit", { retry: { max_attempts: 1 } });
    await rig.waitFor(id, ["completed"]);
    expect(press.paid()).toBe(2);
  });

  test("fails its step where the correction does not fit either, and is never asked for a third time", async () => {
    const id = await start("misfit_twice", { retry: { max_attempts: 10 } });
    await rig.waitFor(id, ["failed"]);
    const [run] = await listStepRuns(rig.db, id);
    expect(run).toMatchObject({
      status: "failed",
      costNanoUsd: 2 * PRINT_COST_NANO_USD,
      error: { message: { en: "“title” is missing" } },
    });
    expect(press.orders).toHaveLength(2);
  });

  test("waits for a higher cap where the correction does not fit under it", async () => {
    const id = await start("misfit", {}, { capNanoUsd: 1_500 });
    const { waitingFor } = await rig.waitFor(id, ["waiting"]);
    expect(waitingFor).toMatchObject({ reason: "cap", amountNanoUsd: 1_000 });
    expect(press.orders).toHaveLength(1);
    await rig.engine.decide(id, { decision: "raise_cap", stepNumber: 1, capNanoUsd: 1_700 });
    const execution = await rig.waitFor(id, ["completed"]);
    expect(execution.totalCostNanoUsd).toBe(2 * PRINT_COST_NANO_USD);
    expect(press.paid("one")).toBe(1);
    expect(press.paid()).toBe(2);
  });

  test("is corrected also where the vendor has too much to do at first: what came before is no try of it", async () => {
    await rig.stop();
    const port = pressSteps(press.url);
    rig = await startEngine({
      steps: {
        prepare: (request) =>
          port.prepare(request.repair ? { ...request, parameters: { behaviour: "busy_once" } } : request),
      },
    });
    const id = await start("misfit", { retry: { max_attempts: 2 } });
    await rig.waitFor(id, ["completed", "failed"]);
    const attempts = await listAttempts(rig.db, id);
    expect(attempts.map(({ status, cost }) => [status, cost?.nanoUsd])).toEqual([
      ["failed", PRINT_COST_NANO_USD],
      ["failed", 0],
      ["succeeded", PRINT_COST_NANO_USD],
    ]);
    expect(press.paid()).toBe(2);
  });

  test("is corrected unasked after a crash too, where a call in doubt may be repeated: what came before is no try of it", async () => {
    await rig.stop();
    const port = pressSteps(press.url);
    const options = {
      steps: {
        prepare: (request: StepRequest) =>
          port.prepare(request.repair ? { ...request, parameters: { behaviour: "hold" } } : request),
      },
      retryUnknownUnderNanoUsd: 5_000,
    };
    rig = await startEngine(options);
    const { folder } = rig;
    const id = await start("misfit", { retry: { max_attempts: 2 } });
    await press.waitForOrders(2);
    await rig.crash();
    rig = await startEngine({ ...options, folder });
    await press.waitForOrders(3);
    press.release();
    const execution = await rig.waitFor(id, ["completed", "failed", "waiting"]);
    expect(execution).toMatchObject({ status: "completed", costBasis: "unknown" });
    expect((await listAttempts(rig.db, id)).map(({ status }) => status)).toEqual([
      "failed",
      "in_doubt",
      "succeeded",
    ]);
    await rig.stop();
    await removeTestFolder(folder);
    rig = await startEngine({ steps: port });
  });

  test("is asked about only once it is corrected", async () => {
    const id = await start("misfit", { approval: true });
    expect((await rig.waitFor(id, ["waiting"])).waitingFor).toMatchObject({ reason: "approval" });
    expect(press.paid()).toBe(2);
  });

  test("leaves nothing of what it said when its execution is removed, and all of what it cost", async () => {
    const id = await start("misfit");
    await rig.waitFor(id, ["completed"]);
    expect((await notes(id)).map(({ repair }) => repair !== null)).toEqual([true, false]);
    await rig.db.transaction().execute((trx) => removeExecution(trx, id, new Date().toISOString()));
    expect((await notes(id)).map(({ repair }) => repair)).toEqual([null, null]);
    expect((await listAttempts(rig.db, id)).map(({ cost }) => cost?.nanoUsd)).toEqual([700, 700]);
  });
});
