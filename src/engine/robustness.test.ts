import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { newExecution, pressStep, startEngine, type EngineRig } from "../../test/support/engine-rig.ts";
import { pressSteps } from "../../test/support/press-steps.ts";
import { PRINT_COST_NANO_USD, startPress, type Press } from "../../test/support/press.ts";
import { refuseWrites, removeTestFolder } from "../../test/support/test-store.ts";
import { listAttempts, type AttemptRow } from "../db/attempt-store.ts";
import { getBudget } from "../db/budget-store.ts";
import { listEvents } from "../db/event-store.ts";
import { getExecution } from "../db/execution-store.ts";
import { listStepRuns } from "../db/step-run-store.ts";
import type { PreparedCall, StepPort } from "../workflow/ports.ts";
import { budgetOf } from "./budgets.ts";

let press: Press;
let rig: EngineRig;

beforeEach(async () => {
  press = await startPress();
});

afterEach(async () => {
  await rig.stop();
  await removeTestFolder(rig.folder);
  await press.stop();
});

/** The press with some of its calls changed. */
function changedPress(change: (call: PreparedCall, prompt: string) => Partial<PreparedCall>): StepPort {
  const steps = pressSteps(press.url);
  return {
    async prepare(request) {
      const call = await steps.prepare(request);
      return { ...call, ...change(call, request.prompt) };
    },
  };
}

/** Resolves when the first attempt of the execution has this status. */
async function attemptIs(id: number, status: AttemptRow["status"]): Promise<void> {
  let changed = Promise.withResolvers<void>();
  const unsubscribe = rig.engine.events.subscribe(id, () => changed.resolve());
  while ((await listAttempts(rig.db, id))[0]?.status !== status) {
    await changed.promise;
    changed = Promise.withResolvers<void>();
  }
  unsubscribe();
}

const statusesOf = async (id: number): Promise<string[]> =>
  (await listStepRuns(rig.db, id)).map((run) => run.status);

describe("a database that cannot be written for a while", () => {
  test("loses no paid answer and leaves no execution behind", async () => {
    const failed = Promise.withResolvers<void>();
    rig = await startEngine({ steps: pressSteps(press.url), onError: () => failed.resolve() });
    const hold = { parameters: { behaviour: "hold" } };
    const id = await rig.engine.create(
      newExecution([pressStep(1, "a", hold), pressStep(2, "b {step1_output}")]),
    );
    await press.waitForOrders(1);
    const allowWrites = await refuseWrites(rig.db);
    press.release();
    await failed.promise;
    await allowWrites();
    const execution = await rig.waitFor(id, ["completed", "waiting", "failed"]);
    expect(execution).toMatchObject({ status: "completed", totalCostNanoUsd: 2 * PRINT_COST_NANO_USD });
    expect(press.orders).toHaveLength(2);
  });
});

describe("a restart", () => {
  test("repeats a call in doubt unasked only up to max_attempts", async () => {
    const options = { steps: pressSteps(press.url), retryUnknownUnderNanoUsd: 5_000 };
    rig = await startEngine(options);
    const { folder } = rig;
    const step = pressStep(1, "a", { parameters: { behaviour: "hold" }, retry: { max_attempts: 2 } });
    const id = await rig.engine.create(newExecution([step]));
    await press.waitForOrders(1);
    await rig.crash();
    rig = await startEngine({ ...options, folder });
    await press.waitForOrders(2);
    await rig.crash();
    rig = await startEngine({ ...options, folder });
    await rig.waitFor(id, ["waiting"]);
    expect(press.paid()).toBe(2);
  });

  test("keeps the money in sight of an execution that is cancelled before its turn", async () => {
    rig = await startEngine({ steps: pressSteps(press.url) });
    const { folder } = rig;
    const hold = { parameters: { behaviour: "hold" } };
    const first = await rig.engine.create(newExecution([pressStep(1, "a", hold)]));
    const second = await rig.engine.create(newExecution([pressStep(1, "b", hold)]));
    await press.waitForOrders(2);
    await rig.crash();
    // The first takes the only place and holds it, so the second waits for its turn.
    const options = { steps: pressSteps(press.url), folder, maxAtOnce: 1, retryUnknownUnderNanoUsd: 5_000 };
    rig = await startEngine(options);
    await press.waitForOrders(3);
    await rig.engine.cancel(second);
    await attemptIs(second, "in_doubt");
    expect(await getExecution(rig.db, second)).toMatchObject({ status: "cancelled", costBasis: "unknown" });
    press.release();
    await rig.waitFor(first, ["completed"]);
  });
});

describe("cancel", () => {
  test("says that the cost is not known while a call is out, and what it was afterwards", async () => {
    rig = await startEngine({ steps: pressSteps(press.url) });
    const id = await rig.engine.create(
      newExecution([pressStep(1, "a", { parameters: { behaviour: "hold" } })]),
    );
    await press.waitForOrders(1);
    await rig.engine.cancel(id);
    expect(await getExecution(rig.db, id)).toMatchObject({ status: "cancelled", costBasis: "unknown" });
    press.release();
    await attemptIs(id, "succeeded");
    const last = (await listEvents(rig.db, id, 0)).findLast(({ event }) => event.type === "execution");
    expect(last?.event.data).toMatchObject({
      status: "cancelled",
      totalCostNanoUsd: PRINT_COST_NANO_USD,
      costBasis: "reported",
    });
  });

  test.each([0, 1, 2, 3, 5, 8])(
    "that comes %i turns after the reservation lets nothing run on",
    async (turns) => {
      // The first of a new database: its first step may begin before `create` has answered.
      const id = 1;
      rig = await startEngine({
        steps: pressSteps(press.url),
        checkpoint: (name) => {
          if (name !== "after_reserve") return;
          const cancelLater = (left: number): void => {
            if (left === 0) void rig.engine.cancel(id);
            else queueMicrotask(() => cancelLater(left - 1));
          };
          cancelLater(turns);
        },
      });
      const created = await rig.engine.create(
        newExecution([pressStep(1, "a", { parameters: { behaviour: "stream" } })]),
      );
      expect(created).toBe(id);
      await rig.waitFor(id, ["cancelled"]);
      let attempts = await listAttempts(rig.db, id);
      while (attempts.some(({ status }) => status === "sent" || status === "reserved")) {
        await new Promise((resolve) => setImmediate(resolve));
        attempts = await listAttempts(rig.db, id);
      }
      expect(attempts.map(({ status }) => status)).not.toContain("succeeded");
      const budget = await getBudget(rig.db, budgetOf(id));
      expect(budget?.reservedNanoUsd).toBe(0);
    },
  );
});

describe("a cap", () => {
  test("lets a step go by itself once it fits, because another cost less than was set aside", async () => {
    rig = await startEngine({ steps: pressSteps(press.url) });
    const steps = [pressStep(1, "a", { parameters: { behaviour: "hold" } }), pressStep(2, "b")];
    const id = await rig.engine.create(newExecution(steps, { capNanoUsd: 1_700 }));
    await press.waitForOrders(1);
    press.release();
    await rig.waitFor(id, ["completed"]);
    expect(press.paid()).toBe(2);
  });

  test("lets no call of unknown price leave, unless the person allowed that", async () => {
    const unknown = { worstCase: { nanoUsd: null, basis: "unknown" as const } };
    rig = await startEngine({ steps: changedPress(() => unknown) });
    const refused = await rig.engine.create(newExecution([pressStep(1, "a")], { capNanoUsd: 100 }));
    await rig.waitFor(refused, ["failed"]);
    expect(press.orders).toHaveLength(0);
    const allowed = newExecution([pressStep(1, "b")], { capNanoUsd: 100, unpriced: "allow" });
    await rig.waitFor(await rig.engine.create(allowed), ["completed"]);
    const uncapped = newExecution([pressStep(1, "c")]);
    await rig.waitFor(await rig.engine.create(uncapped), ["completed"]);
    expect(press.paid()).toBe(2);
  });
});

describe("a job", () => {
  test("is not taken for failed because a poll is refused", async () => {
    let polls = 0;
    rig = await startEngine({
      steps: changedPress((call) => ({
        poll: async (jobId, context) => {
          polls += 1;
          if (polls === 1 || !call.poll) throw new Error("the key was refused");
          return await call.poll(jobId, context);
        },
      })),
    });
    const id = await rig.engine.create(
      newExecution([pressStep(1, "a", { parameters: { behaviour: "job" } })]),
    );
    const execution = await rig.waitFor(id, ["completed", "failed", "waiting"]);
    expect(execution).toMatchObject({ status: "completed", totalCostNanoUsd: PRINT_COST_NANO_USD });
    expect(polls).toBeGreaterThan(1);
  });

  test("that was accepted has longer than its step, which only limits the call that starts it", async () => {
    let acceptedAt = 0;
    rig = await startEngine({
      steps: changedPress((call) => ({
        submit: async (context) => {
          const submission = await call.submit(context);
          acceptedAt = Date.now();
          return submission;
        },
        poll: async (jobId, context) => {
          const isSlow = Date.now() - acceptedAt < 1_500;
          if (isSlow || !call.poll) return { state: "job", jobId, pollAfterMs: 20 };
          return await call.poll(jobId, context);
        },
      })),
    });
    const step = pressStep(1, "a", { parameters: { behaviour: "job" }, timeout_seconds: 1 });
    const id = await rig.engine.create(newExecution([step]));
    const execution = await rig.waitFor(id, ["completed", "failed", "waiting"]);
    expect(execution).toMatchObject({ status: "completed", totalCostNanoUsd: PRINT_COST_NANO_USD });
    expect(press.paid()).toBe(1);
  });

  test("whose time is up is asked about again, and never bought a second time", async () => {
    let isSlow = true;
    rig = await startEngine({
      retryUnknownUnderNanoUsd: 5_000,
      jobLimitMs: 500,
      steps: changedPress((call) => ({
        poll: async (jobId, context) => {
          if (isSlow || !call.poll) return { state: "job", jobId, pollAfterMs: 20 };
          return await call.poll(jobId, context);
        },
      })),
    });
    const step = pressStep(1, "a", { parameters: { behaviour: "job" }, timeout_seconds: 1 });
    const id = await rig.engine.create(newExecution([step]));
    await rig.waitFor(id, ["waiting"]);
    isSlow = false;
    await rig.engine.decide(id, { decision: "retry", stepNumber: 1 });
    const execution = await rig.waitFor(id, ["completed", "failed"]);
    expect(execution).toMatchObject({ status: "completed", totalCostNanoUsd: PRINT_COST_NANO_USD });
    expect(press.paid()).toBe(1);
  });
});

describe("a step that was being made ready", () => {
  test("does not start once another has failed", async () => {
    const isReady = Promise.withResolvers<void>();
    const steps = pressSteps(press.url);
    rig = await startEngine({
      steps: {
        async prepare(request) {
          if (request.prompt === "late") await isReady.promise;
          // Not before the call that is to be in flight by then.
          if (request.prompt === "bad") await press.waitForOrders(1);
          return await steps.prepare(request);
        },
      },
    });
    const id = await rig.engine.create(
      newExecution([
        pressStep(1, "held", { parameters: { behaviour: "hold" } }),
        pressStep(2, "bad", { parameters: { behaviour: "refuse" } }),
        pressStep(3, "late"),
      ]),
    );
    await press.waitForOrders(2);
    while (!(await statusesOf(id)).includes("failed")) await new Promise((resolve) => setImmediate(resolve));
    isReady.resolve();
    press.release();
    await rig.waitFor(id, ["failed"]);
    expect(await statusesOf(id)).toEqual(["completed", "failed", "skipped"]);
    expect(press.orders.map(({ prompt }) => prompt)).not.toContain("late");
  });
});

describe("events", () => {
  test("tell of each state of an execution, running too", async () => {
    rig = await startEngine({ steps: pressSteps(press.url) });
    const id = await rig.engine.create(newExecution([pressStep(1, "a")]));
    await rig.waitFor(id, ["completed"]);
    const events = (await listEvents(rig.db, id, 0)).map(({ event }) => event);
    const states = events.filter(({ type }) => type === "execution").map(({ data }) => data.status);
    expect(states).toEqual(["pending", "running", "completed"]);
    expect(events.find(({ data }) => data.status === "running")?.data.startedAt).not.toBeNull();
  });
});
