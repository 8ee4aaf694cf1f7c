import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { newExecution, pressStep, startEngine, type EngineRig } from "../../test/support/engine-rig.ts";
import { pressSteps } from "../../test/support/press-steps.ts";
import { PRINT_COST_NANO_USD, startPress, type Press } from "../../test/support/press.ts";
import { listAttempts } from "../db/attempt-store.ts";
import { getBudget } from "../db/budget-store.ts";
import { listEvents } from "../db/event-store.ts";
import { listStepRuns } from "../db/step-run-store.ts";
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

const budget = async (id: number): Promise<unknown> =>
  await rig.db.transaction().execute(async (trx) => await getBudget(trx, budgetOf(id)));

describe("a run", () => {
  test("makes each step once, in the order of its references, and adds up the cost exactly", async () => {
    const id = await rig.engine.create(
      newExecution([
        pressStep(1, "about {topic}"),
        pressStep(2, "more: {step1_output}"),
        pressStep(3, "sum", { use_previous_output: true }),
      ]),
    );
    const execution = await rig.waitFor(id, ["completed"]);
    const runs = await listStepRuns(rig.db, id);
    expect(runs.map((run) => run.output?.text)).toEqual([
      "printed: about Blockchain",
      "printed: more: printed: about Blockchain",
      "printed: sum\nprinted: more: printed: about Blockchain",
    ]);
    expect(execution).toMatchObject({
      currentStep: 3,
      totalCostNanoUsd: 3 * PRINT_COST_NANO_USD,
      costBasis: "reported",
      waitingFor: null,
      error: null,
    });
    expect(press.paid()).toBe(3);
    expect(await budget(id)).toEqual({
      capNanoUsd: null,
      reservedNanoUsd: 0,
      spentNanoUsd: 3 * PRINT_COST_NANO_USD,
    });
  });

  test("runs steps that do not need each other side by side", async () => {
    const id = await rig.engine.create(
      newExecution([
        pressStep(1, "one"),
        pressStep(2, "two {step1_output}", { parameters: { behaviour: "hold" } }),
        pressStep(3, "three {step1_output}", { parameters: { behaviour: "hold" } }),
      ]),
    );
    await press.waitForOrders(3);
    const running = (await listStepRuns(rig.db, id)).filter((run) => run.status === "running");
    expect(running.map((run) => run.stepNumber)).toEqual([2, 3]);
    press.release();
    await rig.waitFor(id, ["completed"]);
    expect(press.paid()).toBe(3);
  });

  test("says how far a step is to the thousandth", async () => {
    await rig.stop();
    const printer = pressSteps(press.url);
    rig = await startEngine({
      steps: {
        async prepare(request) {
          const call = await printer.prepare(request);
          const submit: typeof call.submit = (context) => {
            context.onProgress(0.2 * 3);
            return call.submit(context);
          };
          return { ...call, submit };
        },
      },
    });
    const id = await rig.engine.create(
      newExecution([pressStep(1, "a", { parameters: { behaviour: "hold" } })]),
    );
    const fractions: number[] = [];
    rig.engine.events.subscribe(id, (event) => {
      if (event.type === "progress") fractions.push(event.fraction);
    });
    await press.waitForOrders(1);
    for (const event of rig.engine.events.current(id)) {
      if (event.type === "progress") fractions.push(event.fraction);
    }
    press.release();
    await rig.waitFor(id, ["completed"]);
    expect(fractions.length).toBeGreaterThan(0);
    expect(new Set(fractions)).toEqual(new Set([0.6]));
  });

  test("numbers its stored events from 1 without a gap and ends with the final state", async () => {
    const id = await rig.engine.create(
      newExecution([pressStep(1, "a"), pressStep(2, "b"), pressStep(3, "c")]),
    );
    await rig.waitFor(id, ["completed"]);
    const events = await listEvents(rig.db, id, 0);
    expect(events.map((event) => event.number)).toEqual(events.map((_, index) => index + 1));
    expect(events.at(-1)?.event).toMatchObject({ type: "execution", data: { status: "completed" } });
    const steps = events.map(({ event }) => (event.type === "execution" ? event.data.currentStep : 0));
    expect(Math.max(...steps)).toBe(3);
  });

  test("writes the specification's columns when it comes to rest", async () => {
    const id = await rig.engine.create(newExecution([pressStep(1, "a", { name: "article" })]));
    await rig.waitFor(id, ["completed"]);
    const row = await rig.db
      .selectFrom("workflow_executions")
      .selectAll()
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
    expect(JSON.parse(row.results)).toMatchObject([{ stepNumber: 1, name: "article", text: "printed: a" }]);
    expect(JSON.parse(row.steps_data)).toMatchObject([{ stepNumber: 1, status: "completed" }]);
    expect(row.total_cost).toBeCloseTo(0.0000007, 12);
  });

  test("puts nothing of an answer through the references again", async () => {
    const id = await rig.engine.create(
      newExecution([pressStep(1, "say {topic}"), pressStep(2, "{step1_output}")], {
        initialInput: "{topic} {step2_output} {x}",
      }),
    );
    await rig.waitFor(id, ["completed"]);
    const runs = await listStepRuns(rig.db, id);
    expect(runs[1]?.output?.text).toBe("printed: printed: say {topic} {step2_output} {x}");
  });
});

describe("a failure", () => {
  test("that is not billed and passes is tried again, and costs once", async () => {
    const id = await rig.engine.create(
      newExecution([pressStep(1, "a", { parameters: { behaviour: "busy_once" } })]),
    );
    const execution = await rig.waitFor(id, ["completed"]);
    expect(execution.totalCostNanoUsd).toBe(PRINT_COST_NANO_USD);
    expect((await listAttempts(rig.db, id)).map((attempt) => attempt.status)).toEqual([
      "failed",
      "succeeded",
    ]);
    expect(press.orders).toHaveLength(2);
    expect(press.paid()).toBe(1);
  });

  test("that stays is given up after max_attempts", async () => {
    const retry = { max_attempts: 2 };
    const id = await rig.engine.create(
      newExecution([
        pressStep(1, "a", { parameters: { behaviour: "busy" }, retry }),
        pressStep(2, "{step1_output}"),
      ]),
    );
    const execution = await rig.waitFor(id, ["failed"]);
    expect(press.orders).toHaveLength(2);
    expect(execution).toMatchObject({ totalCostNanoUsd: 0, error: { fr: "Trop de demandes." } });
    expect((await listStepRuns(rig.db, id)).map((run) => run.status)).toEqual(["failed", "skipped"]);
  });

  test("that was billed counts in the total and is not tried again", async () => {
    const id = await rig.engine.create(
      newExecution([pressStep(1, "a", { parameters: { behaviour: "refuse_billed" } })]),
    );
    const execution = await rig.waitFor(id, ["failed"]);
    expect(execution).toMatchObject({ totalCostNanoUsd: PRINT_COST_NANO_USD, costBasis: "reported" });
    expect(press.orders).toHaveLength(1);
  });

  test("with on_error continue skips only what needs the step", async () => {
    const id = await rig.engine.create(
      newExecution([
        pressStep(1, "a", { parameters: { behaviour: "refuse" }, on_error: "continue" }),
        pressStep(2, "needs {step1_output}"),
        pressStep(3, "alone"),
        pressStep(4, "needs {step2_output}"),
      ]),
    );
    await rig.waitFor(id, ["completed"]);
    const statuses = (await listStepRuns(rig.db, id)).map((run) => run.status);
    expect(statuses).toEqual(["failed", "skipped", "completed", "skipped"]);
    expect(press.paid()).toBe(1);
  });

  test("with on_error fail lets calls in flight finish and starts nothing new", async () => {
    const steps = pressSteps(press.url);
    const own = await startEngine({
      steps: {
        async prepare(request) {
          // Not before the call that is to be in flight by then.
          if (request.prompt === "bad") await press.waitForOrders(1);
          return await steps.prepare(request);
        },
      },
    });
    const id = await own.engine.create(
      newExecution([
        pressStep(1, "held", { parameters: { behaviour: "hold" } }),
        pressStep(2, "bad", { parameters: { behaviour: "refuse" } }),
        pressStep(3, "later {step1_output}"),
      ]),
    );
    // Not before the failure is stored: until then step 3 may begin.
    await expect.poll(async () => (await listStepRuns(own.db, id))[1]?.status).toBe("failed");
    press.release();
    await own.waitFor(id, ["failed"]);
    const runs = await listStepRuns(own.db, id);
    expect(runs.map((run) => run.status)).toEqual(["completed", "failed", "skipped"]);
    expect(press.orders).toHaveLength(2);
    await own.stop();
  });

  test("of a path that is missing sends nothing", async () => {
    const id = await rig.engine.create(
      newExecution([pressStep(1, "a"), pressStep(2, "{step1_output.title}")]),
    );
    const execution = await rig.waitFor(id, ["failed"]);
    expect(press.orders).toHaveLength(1);
    expect((await listStepRuns(rig.db, id))[1]?.error?.code).toBe("missing_path");
    expect(execution.totalCostNanoUsd).toBe(PRINT_COST_NANO_USD);
  });
});

describe("a call in doubt", () => {
  const dropped = newExecution([
    pressStep(1, "a", { parameters: { behaviour: "drop" } }),
    pressStep(2, "after {step1_output}"),
  ]);

  test("is not repeated unasked; the execution waits and says what may have been billed", async () => {
    const id = await rig.engine.create(dropped);
    const execution = await rig.waitFor(id, ["waiting"]);
    expect(execution.waitingFor).toEqual({
      reason: "in_doubt",
      stepNumber: 1,
      item: -1,
      amountNanoUsd: 1_000,
    });
    expect(execution.costBasis).toBe("unknown");
    expect(press.orders).toHaveLength(1);
    expect(await budget(id)).toMatchObject({ reservedNanoUsd: 1_000, spentNanoUsd: 0 });
  });

  test("is bought again when the person says retry, and only then", async () => {
    const id = await rig.engine.create(dropped);
    await rig.waitFor(id, ["waiting"]);
    await rig.engine.decide(id, { decision: "retry", stepNumber: 1 });
    await press.waitForOrders(2);
    await rig.waitFor(id, ["waiting"]);
    expect(press.orders).toHaveLength(2);
    expect(await budget(id)).toMatchObject({ reservedNanoUsd: 2_000 });
  });

  test("fails its step when the person gives up, and what needs it is skipped", async () => {
    const id = await rig.engine.create(dropped);
    await rig.waitFor(id, ["waiting"]);
    await rig.engine.decide(id, { decision: "give_up", stepNumber: 1 });
    await rig.waitFor(id, ["failed"]);
    const runs = await listStepRuns(rig.db, id);
    expect(runs.map((run) => [run.status, run.error?.code])).toEqual([
      ["failed", "gave_up"],
      ["skipped", undefined],
    ]);
    expect(press.orders).toHaveLength(1);
  });

  test("by time-out waits as well", async () => {
    const id = await rig.engine.create(
      newExecution([pressStep(1, "a", { parameters: { behaviour: "hold" }, timeout_seconds: 1 })]),
    );
    await rig.waitFor(id, ["waiting"]);
    expect((await listStepRuns(rig.db, id))[0]?.error?.code).toBe("timeout");
    expect(press.orders).toHaveLength(1);
  });

  test("by time-out comes no sooner than what the call needs", async () => {
    const steps = pressSteps(press.url);
    const patient = await startEngine({
      steps: { prepare: async (request) => ({ ...(await steps.prepare(request)), minimumLimitMs: 1_250 }) },
    });
    const step = pressStep(1, "a", { parameters: { behaviour: "hold" }, timeout_seconds: 1 });
    const id = await patient.engine.create(newExecution([step]));
    await patient.waitFor(id, ["waiting"]);
    expect((await listStepRuns(patient.db, id))[0]?.error?.message.en).toContain("No answer after 1.25 s");
    await patient.stop();
  });

  test("under the amount that the person allowed is repeated without asking, up to max_attempts", async () => {
    const generous = await startEngine({ steps: pressSteps(press.url), retryUnknownUnderNanoUsd: 1_001 });
    const retry = { max_attempts: 2 };
    const step = pressStep(1, "a", { parameters: { behaviour: "drop" }, retry });
    const id = await generous.engine.create(newExecution([step]));
    await generous.waitFor(id, ["waiting"]);
    expect(press.orders).toHaveLength(2);
    await generous.stop();
  });

  test("takes no decision that it does not wait for", async () => {
    const id = await rig.engine.create(dropped);
    await rig.waitFor(id, ["waiting"]);
    const wrong = rig.engine.decide(id, { decision: "raise_cap", stepNumber: 1, capNanoUsd: 1 });
    await expect(wrong).rejects.toMatchObject({ code: "conflict" });
    await expect(rig.engine.decide(id, { decision: "retry", stepNumber: 2 })).rejects.toMatchObject({
      code: "conflict",
    });
    await expect(rig.engine.decide(999, { decision: "retry", stepNumber: 1 })).rejects.toMatchObject({
      code: "not_found",
    });
    expect(press.orders).toHaveLength(1);
  });
});

describe("a cap", () => {
  test("stops a call before it leaves, keeps what is there, and goes on when it is raised", async () => {
    const id = await rig.engine.create(
      newExecution([pressStep(1, "a"), pressStep(2, "b {step1_output}")], { capNanoUsd: 1_500 }),
    );
    const waiting = await rig.waitFor(id, ["waiting"]);
    expect(waiting.waitingFor).toMatchObject({
      reason: "cap",
      scope: budgetOf(id).scope,
      stepNumber: 2,
      item: -1,
      amountNanoUsd: 1_000,
    });
    expect(press.orders).toHaveLength(1);
    const tooLow = rig.engine.decide(id, { decision: "raise_cap", stepNumber: 2, capNanoUsd: 1_699 });
    await expect(tooLow).rejects.toMatchObject({ code: "cap_too_low" });
    await rig.engine.decide(id, { decision: "raise_cap", stepNumber: 2, capNanoUsd: 1_700 });
    const execution = await rig.waitFor(id, ["completed"]);
    expect(execution.totalCostNanoUsd).toBe(2 * PRINT_COST_NANO_USD);
    expect(press.orders).toHaveLength(2);
  });

  test("holds against steps that run side by side", async () => {
    const steps = Array.from({ length: 10 }, (_, index) => pressStep(index + 1, `s${index}`));
    const id = await rig.engine.create(newExecution(steps, { capNanoUsd: 3_500 }));
    await rig.waitFor(id, ["waiting"]);
    expect(press.paid() * PRINT_COST_NANO_USD).toBeLessThanOrEqual(3_500);
    expect(press.paid()).toBeGreaterThanOrEqual(3);
  });

  test("of zero lets a free rehearsal through", async () => {
    const id = await rig.engine.create(
      newExecution([pressStep(1, "a")], { capNanoUsd: 0, mode: "rehearsal" }),
    );
    const execution = await rig.waitFor(id, ["completed"]);
    expect(execution).toMatchObject({ totalCostNanoUsd: 0, costBasis: "free" });
  });
});

describe("cancel", () => {
  test("shows at once, starts nothing new, and keeps the answer of a call that was out", async () => {
    const id = await rig.engine.create(
      newExecution([
        pressStep(1, "held", { parameters: { behaviour: "hold" } }),
        pressStep(2, "later {step1_output}"),
      ]),
    );
    await press.waitForOrders(1);
    await rig.engine.cancel(id);
    expect((await rig.waitFor(id, ["cancelled"])).totalCostNanoUsd).toBe(0);
    press.release();
    await waitForAttempt(id, "succeeded");
    const runs = await listStepRuns(rig.db, id);
    expect(runs.map((run) => run.status)).toEqual(["completed", "cancelled"]);
    expect((await rig.waitFor(id, ["cancelled"])).totalCostNanoUsd).toBe(PRINT_COST_NANO_USD);
    expect(press.orders).toHaveLength(1);
  });

  test("aborts a streaming text and records what had been written as estimated", async () => {
    const id = await rig.engine.create(
      newExecution([pressStep(1, "x", { parameters: { behaviour: "stream" } })]),
    );
    await textWritten(id);
    await rig.engine.cancel(id);
    await waitForAttempt(id, "failed");
    const execution = await rig.waitFor(id, ["cancelled"]);
    expect(execution).toMatchObject({ totalCostNanoUsd: "printed:".length, costBasis: "estimated" });
  });

  test("cancels a job at the vendor and records what it still cost", async () => {
    const id = await rig.engine.create(
      newExecution([pressStep(1, "x", { parameters: { behaviour: "held_job" } })]),
    );
    await waitForAttempt(id, "submitted");
    await rig.engine.cancel(id);
    await waitForAttempt(id, "failed");
    expect(press.cancelledJobs).toEqual(["job-1"]);
    expect((await rig.waitFor(id, ["cancelled"])).totalCostNanoUsd).toBe(PRINT_COST_NANO_USD);
  });

  test("of an execution that has ended is refused", async () => {
    const id = await rig.engine.create(newExecution([pressStep(1, "a")]));
    await rig.waitFor(id, ["completed"]);
    await expect(rig.engine.cancel(id)).rejects.toMatchObject({ code: "conflict" });
    await expect(rig.engine.cancel(id + 1)).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("streamed text", () => {
  test("reaches a late listener from the start", async () => {
    const id = await rig.engine.create(
      newExecution([pressStep(1, "x", { parameters: { behaviour: "stream" } })]),
    );
    await textWritten(id);
    expect(rig.engine.events.current(id)).toMatchObject([{ type: "text", offset: 0, text: "printed:" }]);
    press.release();
    await rig.waitFor(id, ["completed"]);
    expect(rig.engine.events.current(id)).toEqual([]);
  });
});

/** Resolves when the first attempt of the execution has this status. */
async function waitForAttempt(id: number, status: string): Promise<void> {
  await onEvents(id, async () => (await listAttempts(rig.db, id))[0]?.status === status);
}

async function textWritten(id: number): Promise<void> {
  await onEvents(id, async () => {
    await Promise.resolve();
    return rig.engine.events.current(id).some((event) => event.type === "text");
  });
}

async function onEvents(id: number, isThere: () => Promise<boolean>): Promise<void> {
  let changed = Promise.withResolvers<void>();
  const unsubscribe = rig.engine.events.subscribe(id, () => changed.resolve());
  while (!(await isThere())) {
    await changed.promise;
    changed = Promise.withResolvers<void>();
  }
  unsubscribe();
}
