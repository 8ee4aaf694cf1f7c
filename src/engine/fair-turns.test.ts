import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { newExecution, pressStep, startEngine, type EngineRig } from "../../test/support/engine-rig.ts";
import { pressSteps } from "../../test/support/press-steps.ts";
import { startPress, type Press } from "../../test/support/press.ts";

const BATCH = 500;

let press: Press;
let rig: EngineRig;

beforeEach(async () => {
  press = await startPress();
  rig = await startEngine({ steps: pressSteps(press.url), maxAtOnce: 4 });
});

afterEach(async () => {
  press.release();
  await rig.stop();
  await press.stop();
});

const run = async (prompt: string, templateId: string, behaviour = "print"): Promise<number> =>
  await rig.engine.create(
    newExecution([pressStep(1, prompt, { parameters: { behaviour } })], { templateId }),
  );

describe("executions that wait to be worked on", () => {
  test("of one workflow stand between those of others, and not before them", async () => {
    const batch = await Promise.all(
      Array.from({ length: BATCH }, async (_, index) => await run(`batch${index}`, "batch", "slow")),
    );
    const before = press.orders.length;
    const other = await Promise.all(
      ["one", "two", "three"].map(async (prompt) => await run(prompt, "other")),
    );
    for (const id of other) await rig.waitFor(id, ["completed"]);
    expect(press.orders.length).toBeLessThan(before + BATCH / 10);
    for (const id of batch) await rig.waitFor(id, ["completed"]);
    expect(press.paid()).toBe(BATCH + 3);
    const prompts = press.orders.map(({ prompt }) => prompt).filter((prompt) => prompt.startsWith("batch"));
    expect(new Set(prompts).size).toBe(BATCH);
  });

  test("of a workflow of which none is worked on need not wait for calls that take long", async () => {
    const batch = await Promise.all(
      Array.from({ length: 8 }, async (_, index) => await run(`batch${index}`, "batch", "hold")),
    );
    await press.waitForOrders(4);
    const single = await run("single", "single");
    await rig.waitFor(single, ["completed"]);
    expect(press.orders.map(({ prompt }) => prompt.replace(/\d/, ""))).toEqual([
      "batch",
      "batch",
      "batch",
      "batch",
      "single",
    ]);
    press.release();
    for (const id of batch) await rig.waitFor(id, ["completed"]);
  });
});
