import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { newExecution, pressStep, startEngine, type EngineRig } from "../../test/support/engine-rig.ts";
import { pressSteps } from "../../test/support/press-steps.ts";
import { PRINT_COST_NANO_USD, startPress, type Press } from "../../test/support/press.ts";
import { listAttempts } from "../db/attempt-store.ts";
import { getBudget } from "../db/budget-store.ts";
import { listEvents } from "../db/event-store.ts";
import { listStepRuns, type StepRunRow } from "../db/step-run-store.ts";
import type { StepDraft } from "../workflow/definition.ts";
import type { StepPort } from "../workflow/ports.ts";
import { budgetOf } from "./budgets.ts";

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

/** A step that prints each item of the topic. */
function eachOf(prompt: string, rest: Partial<StepDraft> = {}, maxParallel = 3) {
  return pressStep(1, prompt, { for_each: { in: "{topic}", max_parallel: maxParallel }, ...rest });
}

const list = (length: number): string => JSON.stringify(Array.from({ length }, (_, index) => `i${index}`));

/** The rows of a step: its own, and those of its items. */
async function rowsOf(id: number, stepNumber = 1): Promise<{ step: StepRunRow; items: StepRunRow[] }> {
  const runs = (await listStepRuns(rig.db, id)).filter((run) => run.stepNumber === stepNumber);
  const [step, ...items] = runs;
  if (!step) throw new Error("no such step");
  return { step, items };
}

/** Orders of the press behave as their prompt says: `refuse b` refuses. */
function byPrompt(url: string): StepPort {
  const port = pressSteps(url);
  return {
    prepare: (request) => {
      const [behaviour = "print"] =
        /^(refuse_billed|refuse|drop|hold|job|busy_once)\b/.exec(request.prompt) ?? [];
      return port.prepare({ ...request, parameters: { ...request.parameters, behaviour } });
    },
  };
}

async function restart(options: Partial<Parameters<typeof startEngine>[0]> = {}): Promise<void> {
  await rig.stop();
  rig = await startEngine({ steps: byPrompt(press.url), ...options });
}

describe("a step that runs once per item", () => {
  test("calls once for each, and its output is their list in order", async () => {
    const steps = [eachOf("{index}: {item}"), pressStep(2, "{step1_output.1} of {step1_output}")];
    const id = await rig.engine.create(newExecution(steps, { initialInput: '["a", "b", "c"]' }));
    const execution = await rig.waitFor(id, ["completed"]);
    const { step, items } = await rowsOf(id);
    const made = ["printed: 0: a", "printed: 1: b", "printed: 2: c"];
    expect(step).toMatchObject({
      status: "completed",
      output: { medium: "json", json: made, itemCount: 3 },
      itemsTotal: 3,
      itemsDone: 3,
      itemsFailed: 0,
      attempts: 3,
      costNanoUsd: 3 * PRINT_COST_NANO_USD,
      performedBy: "press:text",
    });
    expect(items.map(({ output }) => output?.text)).toEqual(made);
    // Texts read as one text where the whole list goes into a prompt.
    expect((await rowsOf(id, 2)).step.output?.text).toBe(`printed: ${made[1]} of ${made.join("\n\n")}`);
    expect(execution.totalCostNanoUsd).toBe(4 * PRINT_COST_NANO_USD);
    expect(press.paid()).toBe(4);
  });

  test("hands its item over, and takes the list of a step that made one", async () => {
    const steps = [
      eachOf("a {item}"),
      pressStep(2, "b", { for_each: { in: "{step1_output}" }, use_previous_output: true }),
    ];
    const id = await rig.engine.create(newExecution(steps, { initialInput: "x\ny" }));
    await rig.waitFor(id, ["completed"]);
    const { step } = await rowsOf(id, 2);
    expect(step.output?.json).toEqual(["printed: b\nprinted: a x", "printed: b\nprinted: a y"]);
  });

  test("never has more under way than max_parallel says", async () => {
    let out = 0;
    let most = 0;
    const four = Promise.withResolvers<void>();
    const port = pressSteps(press.url);
    await restart({
      steps: {
        prepare: async (request) => {
          const call = await port.prepare(request);
          return {
            ...call,
            submit: async (context) => {
              out += 1;
              most = Math.max(most, out);
              if (out === 4) four.resolve();
              await four.promise;
              const submission = await call.submit(context);
              out -= 1;
              return submission;
            },
          };
        },
      },
    });
    const id = await rig.engine.create(newExecution([eachOf("{item}", {}, 4)], { initialInput: list(30) }));
    await rig.waitFor(id, ["completed"]);
    expect(most).toBe(4);
    expect(press.paid()).toBe(30);
  });

  test("tells of each item, and compactly of how far it is", async () => {
    const id = await rig.engine.create(newExecution([eachOf("{item}", {}, 1)], { initialInput: list(3) }));
    await rig.waitFor(id, ["completed"]);
    const told = (await listEvents(rig.db, id, 0)).flatMap(({ event }) =>
      event.type === "step" ? [event.data] : [],
    );
    const done = told.filter(({ item }) => item === -1).map(({ itemsDone }) => itemsDone);
    expect([...new Set(done)]).toEqual([0, 1, 2, 3]);
    expect(told.filter(({ item }) => item === 1).map(({ status }) => status)).toEqual([
      "running",
      "completed",
    ]);
    expect(JSON.stringify(told)).not.toContain("printed");
  });

  test("completes with an empty list, for nothing, where the list is empty", async () => {
    const steps = [eachOf("{item}"), pressStep(2, "then {step1_output}")];
    const id = await rig.engine.create(newExecution(steps, { initialInput: "[]" }));
    await rig.waitFor(id, ["completed"]);
    expect((await rowsOf(id)).step).toMatchObject({ output: { json: [] }, itemsTotal: 0, costNanoUsd: 0 });
    expect(press.orders.map(({ prompt }) => prompt)).toEqual(["then []"]);
  });

  test.each([
    [
      "is no list",
      [pressStep(1, "a"), pressStep(2, "{item}", { for_each: { in: "{step1_output}" } })],
      "x",
      1,
    ],
    ["is too long", [eachOf("{item}")], list(1_001), 0],
  ] as const)("fails unbilled where what it refers to %s", async (_name, steps, initialInput, paid) => {
    const id = await rig.engine.create(newExecution([...steps], { initialInput }));
    const execution = await rig.waitFor(id, ["failed"]);
    expect(execution.error?.en).toMatch(/is not a list|holds 1001 items/);
    expect(execution.error?.en).toContain("Nothing was sent or billed.");
    expect(press.paid()).toBe(paid);
    expect((await listStepRuns(rig.db, id)).every(({ item }) => item === -1)).toBe(true);
  });

  test("takes several hundred items in its stride", async () => {
    const id = await rig.engine.create(newExecution([eachOf("{item}", {}, 10)], { initialInput: list(300) }));
    await rig.waitFor(id, ["completed"]);
    expect(press.paid()).toBe(300);
    expect((await rowsOf(id)).step.output?.json).toHaveLength(300);
  });
});

describe("an item that fails", () => {
  const initialInput = '["print a", "refuse b", "print c", "refuse_billed d", "print e"]';

  test("does not keep the others, and fails the step at the end", async () => {
    await restart();
    const steps = [eachOf("{item}", {}, 1), pressStep(2, "then {step1_output}")];
    const id = await rig.engine.create(newExecution(steps, { initialInput }));
    const execution = await rig.waitFor(id, ["failed"]);
    const { step, items } = await rowsOf(id);
    expect(items.map(({ status }) => status)).toEqual([
      "completed",
      "failed",
      "completed",
      "failed",
      "completed",
    ]);
    expect(step).toMatchObject({ status: "failed", output: null, itemsDone: 5, itemsFailed: 2 });
    expect(execution.error?.en).toBe(
      "2 of 5 items failed. The results of the others are kept. The first, no. 2: Refused: not this",
    );
    expect(execution.totalCostNanoUsd).toBe(4 * PRINT_COST_NANO_USD);
    expect((await rowsOf(id, 2)).step.status).toBe("skipped");
    expect(press.paid()).toBe(4);
  });

  test("leaves its place empty where the step lives with failures", async () => {
    await restart();
    const steps = [
      eachOf("{item}", { on_error: "continue" }),
      pressStep(2, "on {item}", { for_each: { in: "{step1_output}" } }),
    ];
    const id = await rig.engine.create(newExecution(steps, { initialInput }));
    await rig.waitFor(id, ["completed"]);
    expect((await rowsOf(id)).step.output?.json).toEqual([
      "printed: print a",
      null,
      "printed: print c",
      null,
      "printed: print e",
    ]);
    // Nothing is bought for what is not there, and the places stay the same.
    const { step, items } = await rowsOf(id, 2);
    expect(items.map(({ status }) => status)).toEqual([
      "completed",
      "skipped",
      "completed",
      "skipped",
      "completed",
    ]);
    expect(step.output?.json).toHaveLength(5);
  });

  test("fails a step that lives with failures where nothing was made", async () => {
    await restart();
    const steps = [eachOf("refuse {item}", { on_error: "continue" }), pressStep(2, "more")];
    const id = await rig.engine.create(newExecution(steps, { initialInput: list(3) }));
    await rig.waitFor(id, ["completed"]);
    expect((await rowsOf(id)).step).toMatchObject({ status: "failed", itemsFailed: 3 });
  });

  test("is tried again by itself where that may help, and only it", async () => {
    await restart();
    const id = await rig.engine.create(
      newExecution([eachOf("{item}")], { initialInput: '["a", "busy_once b", "c"]' }),
    );
    await rig.waitFor(id, ["completed"]);
    expect((await rowsOf(id)).items.map(({ attempts }) => attempts)).toEqual([1, 2, 1]);
    expect(press.paid()).toBe(3);
  });
});

describe("an item in doubt", () => {
  const initialInput = '["a", "drop b", "c", "d"]';

  test("waits for a person while the others go on, and is bought again only when told", async () => {
    await restart();
    const id = await rig.engine.create(newExecution([eachOf("{item}", {}, 2)], { initialInput }));
    const execution = await rig.waitFor(id, ["waiting"]);
    expect(execution.waitingFor).toMatchObject({ reason: "in_doubt", stepNumber: 1, item: 1 });
    const { step, items } = await rowsOf(id);
    expect(step).toMatchObject({ status: "waiting", itemsDone: 3 });
    expect(items.map(({ status }) => status)).toEqual(["completed", "waiting", "completed", "completed"]);
    expect(press.orders).toHaveLength(4);
    await expect(rig.engine.decide(id, { decision: "retry", stepNumber: 1 })).rejects.toMatchObject({
      code: "conflict",
    });
    await rig.engine.decide(id, { decision: "give_up", stepNumber: 1, item: 1 });
    await rig.waitFor(id, ["failed"]);
    expect(press.orders).toHaveLength(4);
    expect((await rowsOf(id)).items[1]?.error?.code).toBe("gave_up");
  });

  test("is called again when told, and completes the list", async () => {
    await restart();
    const id = await rig.engine.create(newExecution([eachOf("{item}", {}, 2)], { initialInput }));
    await rig.waitFor(id, ["waiting"]);
    await rig.engine.stop(0);
    const { folder } = rig;
    rig = await startEngine({ steps: pressSteps(press.url), folder });
    await rig.engine.decide(id, { decision: "retry", stepNumber: 1, item: 1 });
    await rig.waitFor(id, ["completed"]);
    expect((await rowsOf(id)).step.output?.json).toHaveLength(4);
    expect(press.orders.filter(({ prompt }) => prompt === "drop b")).toHaveLength(2);
    expect(press.orders).toHaveLength(5);
  });
});

describe("a cap that is reached in the middle of the items", () => {
  test("stops what follows, and lets it go on once it is raised", async () => {
    const id = await rig.engine.create(
      newExecution([eachOf("{item}")], { initialInput: list(8), capNanoUsd: 4 * PRINT_COST_NANO_USD }),
    );
    const execution = await rig.waitFor(id, ["waiting"]);
    expect(execution.waitingFor).toMatchObject({ reason: "cap", stepNumber: 1, amountNanoUsd: 1_000 });
    const paid = press.paid();
    expect(paid).toBeGreaterThan(0);
    expect(paid * PRINT_COST_NANO_USD).toBeLessThanOrEqual(4 * PRINT_COST_NANO_USD);
    const { items } = await rowsOf(id);
    expect(items.filter(({ status }) => status === "waiting").length).toBeLessThanOrEqual(3);
    expect(items.filter(({ status }) => status === "completed")).toHaveLength(paid);
    await rig.engine.decide(id, { decision: "raise_cap", stepNumber: 1, capNanoUsd: 20_000 });
    await rig.waitFor(id, ["completed"]);
    expect(press.paid()).toBe(8);
    const budget = await rig.db.transaction().execute((trx) => getBudget(trx, budgetOf(id)));
    expect(budget).toMatchObject({ spentNanoUsd: 8 * PRINT_COST_NANO_USD, reservedNanoUsd: 0 });
  });
});

describe("cancelling between items", () => {
  test("starts no more, keeps what is there and what still arrives", async () => {
    await restart();
    const id = await rig.engine.create(
      newExecution([eachOf("{item}", {}, 2)], { initialInput: '["a", "hold b", "hold c", "d", "e"]' }),
    );
    await press.waitForOrders(3);
    await rig.engine.cancel(id);
    expect((await rowsOf(id)).step).toMatchObject({ status: "cancelled", itemsTotal: 5, itemsDone: 5 });
    press.release();
    await restartOnSame();
    const { step, items } = await rowsOf(id);
    expect(items.map(({ status }) => status)).toEqual([
      "completed",
      "completed",
      "completed",
      "cancelled",
      "cancelled",
    ]);
    expect(step).toMatchObject({
      status: "cancelled",
      itemsFailed: 2,
      costNanoUsd: 3 * PRINT_COST_NANO_USD,
    });
    expect(press.paid()).toBe(3);
  });
});

/** Stops once all calls have been heard, and opens the same folder again. */
async function restartOnSame(): Promise<void> {
  const { folder } = rig;
  await rig.engine.stop(2_000);
  rig = await startEngine({ steps: byPrompt(press.url), folder });
}

describe("items after a crash", () => {
  test("are not bought a second time, nor is their list read again", async () => {
    const steps = [eachOf("{item}", {}, 2)];
    let settled = 0;
    let held = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    await restart({
      checkpoint: async (name) => {
        if (name === "after_settled") settled += 1;
        if (settled >= 4 && name === "before_reserve") {
          held += 1;
          // Nothing is out any more.
          if (held === 2) resolve();
          await new Promise(() => undefined);
        }
      },
    });
    const id = await rig.engine.create(newExecution(steps, { initialInput: list(9) }));
    await promise;
    const before = press.paid();
    const { folder } = rig;
    await rig.crash();
    rig = await startEngine({ steps: pressSteps(press.url), folder });
    await rig.waitFor(id, ["completed"]);
    expect(before).toBeGreaterThanOrEqual(4);
    expect(press.paid()).toBe(9);
    expect((await listAttempts(rig.db, id)).map(({ status }) => status)).toEqual(Array(9).fill("succeeded"));
    expect((await rowsOf(id)).step.output?.json).toEqual(
      Array.from({ length: 9 }, (_, index) => `printed: i${index}`),
    );
  });
});
