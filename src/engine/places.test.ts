import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { newExecution, pressStep, startEngine, type EngineRig } from "../../test/support/engine-rig.ts";
import { pressSteps } from "../../test/support/press-steps.ts";
import { startPress, type Press } from "../../test/support/press.ts";
import { listAttempts } from "../db/attempt-store.ts";
import { listEvents } from "../db/event-store.ts";
import { getPace } from "../db/provider-limit-store.ts";
import { listStepRuns } from "../db/step-run-store.ts";
import type { ProviderLimits } from "./provider-room.ts";

/** Several processes share a database on PostgreSQL only. */
const WORKERS = process.env["RELAIS_TEST_DATABASE"] === "postgres" ? 8 : 1;

let press: Press;
let rigs: EngineRig[];

beforeEach(async () => {
  press = await startPress();
  rigs = [];
});

afterEach(async () => {
  press.release();
  for (const rig of rigs.toReversed()) await rig.stop();
  await press.stop();
});

async function start(
  limits: Partial<ProviderLimits>,
  { workers = 1, maxAtOnce = 50, now = () => new Date() } = {},
): Promise<EngineRig> {
  const options = {
    steps: pressSteps(press.url),
    limitsOf: () => ({ atOnce: null, aMinute: null, ...limits }),
    maxAtOnce,
    now,
  };
  const first = await startEngine(options);
  rigs.push(first);
  while (rigs.length < workers) rigs.push(await startEngine({ ...options, folder: first.folder }));
  return first;
}

const print = (prompt: string, behaviour = "slow", rest = {}) =>
  newExecution([pressStep(1, prompt, { parameters: { behaviour } })], rest);

const waits = async (rig: EngineRig): Promise<number> =>
  (await rig.db.selectFrom("provider_waits").select("since").execute()).length;

/** Asks until it is so. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause(5);
}

/** Notes each time until which the press is to be left alone, and when that was certainly stored. */
function watchBlocks(rig: EngineRig) {
  const seen = new Map<string, number>();
  let isOver = false;
  const watching = until(async () => {
    const blockedUntil = (await getPace(rig.db, "press"))?.blockedUntil ?? null;
    if (blockedUntil !== null && !seen.has(blockedUntil)) seen.set(blockedUntil, Date.now());
    return isOver;
  });
  return {
    async stop() {
      isOver = true;
      await watching;
      return seen;
    },
  };
}

describe("the calls of a provider", () => {
  test("are never more at once than its limit, over all workers, and as many where there is work", async () => {
    const rig = await start({ atOnce: 3 }, { workers: WORKERS, maxAtOnce: 10 });
    const ids = await Promise.all(
      Array.from(
        { length: 60 },
        async (_, index) => await rig.engine.create(print(`a${index}`, index % 2 === 0 ? "slow" : "hold")),
      ),
    );
    await until(() => Promise.resolve(press.mostAtOnce() === 3));
    press.release();
    for (const id of ids) await rig.waitFor(id, ["completed"]);
    expect(press.mostAtOnce()).toBe(3);
    expect(press.paid()).toBe(60);
    expect(press.orders).toHaveLength(60);
    await until(async () => (await waits(rig)) === 0);
  });

  test("are not limited where nothing says so", async () => {
    const rig = await start({});
    const ids = await Promise.all(
      Array.from({ length: 8 }, async (_, index) => await rig.engine.create(print(`a${index}`, "hold"))),
    );
    await press.waitForOrders(5);
    press.release();
    for (const id of ids) await rig.waitFor(id, ["completed"]);
    expect(await waits(rig)).toBe(0);
  });

  test("that are jobs hold their places until the vendor has ended them", async () => {
    const rig = await start({ atOnce: 2 });
    const ids = await Promise.all(
      Array.from({ length: 7 }, async (_, index) => await rig.engine.create(print(`a${index}`, "job"))),
    );
    for (const id of ids) await rig.waitFor(id, ["completed"]);
    expect(press.mostAtOnce()).toBe(2);
    expect(press.paid()).toBe(7);
  });

  test("give their places up when they are in doubt", async () => {
    const rig = await start({ atOnce: 1 });
    const lost = await rig.engine.create(print("lost", "drop"));
    await rig.waitFor(lost, ["waiting"]);
    const next = await rig.engine.create(print("next"));
    await rig.waitFor(next, ["completed"]);
    expect(press.paid("lost")).toBe(1);
  });

  test("are so many a minute, and go on when the minute is over", async () => {
    let time = Date.now();
    const rig = await start({ aMinute: 2 }, { now: () => new Date(time) });
    for (const prompt of ["a", "b"]) {
      await rig.waitFor(await rig.engine.create(print(prompt, "print")), ["completed"]);
    }
    // The first of the two was a minute ago but for a moment, which lasts as long as the test says.
    time += 59_900;
    const id = await rig.engine.create(print("c", "print"));
    await until(async () => (await waits(rig)) === 1);
    expect(press.orders).toHaveLength(2);
    time += 100;
    await rig.waitFor(id, ["completed"]);
    expect(press.orders).toHaveLength(3);
  });
});

describe("a step that waits for a place", () => {
  test("stays pending, costs nothing, says so, and starts when one is free", async () => {
    const rig = await start({ atOnce: 1 });
    const first = await rig.engine.create(print("first", "hold"));
    await press.waitForOrders(1);
    const second = await rig.engine.create(print("second", "print"));
    await until(async () => (await waits(rig)) === 1);
    const [run] = await listStepRuns(rig.db, second);
    expect(run).toMatchObject({ status: "pending", provider: "press", waitingReason: null, attempts: 0 });
    expect(run?.placeSince).not.toBeNull();
    expect(await listAttempts(rig.db, second)).toEqual([]);
    expect(press.orders).toHaveLength(1);
    press.release();
    await rig.waitFor(first, ["completed"]);
    await rig.waitFor(second, ["completed"]);
    const [done] = await listStepRuns(rig.db, second);
    expect(done).toMatchObject({ status: "completed", attempts: 1, placeSince: null });
    const told = (await listEvents(rig.db, second, 0)).flatMap(({ event }) =>
      event.type === "step" ? [[event.data.status, event.data.placeSince !== null]] : [],
    );
    expect(told[0]).toEqual(["pending", true]);
    expect(told.filter(([, isWaiting]) => isWaiting)).toHaveLength(1);
  });

  test("leaves its place in the line when it is cancelled", async () => {
    const rig = await start({ atOnce: 1 });
    const first = await rig.engine.create(print("first", "hold"));
    await press.waitForOrders(1);
    const second = await rig.engine.create(print("second", "print"));
    await until(async () => (await waits(rig)) === 1);
    await rig.engine.cancel(second);
    await until(async () => (await waits(rig)) === 0);
    const third = await rig.engine.create(print("third", "print"));
    press.release();
    await rig.waitFor(first, ["completed"]);
    await rig.waitFor(third, ["completed"]);
    expect(press.orders.map(({ prompt }) => prompt)).toEqual(["first", "third"]);
  });

  test("leaves it when a failure keeps it from starting while other steps go on", async () => {
    const printer = pressSteps(press.url);
    const [begun, mayFail] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const rig = await startEngine({
      limitsOf: () => ({ atOnce: 2, aMinute: null }),
      steps: {
        async prepare(request) {
          if (request.prompt === "late") await Promise.all([begun.promise, press.waitForOrders(1)]);
          const call = await printer.prepare(request);
          if (request.prompt !== "refuse") return call;
          const submit: typeof call.submit = async (context) => {
            begun.resolve();
            await mayFail.promise;
            return await call.submit(context);
          };
          return { ...call, submit };
        },
      },
    });
    rigs.push(rig);
    const steps = ["hold", "refuse", "late"].map((prompt, index) =>
      pressStep(index + 1, prompt, { parameters: { behaviour: prompt === "late" ? "print" : prompt } }),
    );
    const id = await rig.engine.create(newExecution(steps));
    await until(async () => (await waits(rig)) === 1);
    mayFail.resolve();
    await until(async () => (await waits(rig)) === 0);
    const after = await rig.engine.create(print("after", "print"));
    await rig.waitFor(after, ["completed"]);
    expect((await listStepRuns(rig.db, id)).map(({ status }) => status)).toEqual([
      "running",
      "failed",
      "pending",
    ]);
    press.release();
    await rig.waitFor(id, ["failed"]);
    expect(press.orders.map(({ prompt }) => prompt)).toEqual(["hold", "refuse", "after"]);
  });

  test("gives its turn up where its execution fails between the turn and the call", async () => {
    const asked = Promise.withResolvers<void>();
    const mayAsk = Promise.withResolvers<void>();
    let reservations = 0;
    const rig = await startEngine({
      steps: pressSteps(press.url),
      limitsOf: () => ({ atOnce: 2, aMinute: null }),
      checkpoint: async (name) => {
        if (name !== "before_reserve") return;
        reservations += 1;
        // The third step for the first time, which finds no place.
        if (reservations === 3) await press.waitForOrders(2);
        // The same for the second time, when it is its turn.
        if (reservations !== 4) return;
        asked.resolve();
        await mayAsk.promise;
      },
    });
    rigs.push(rig);
    const hold = { parameters: { behaviour: "hold" } };
    const steps = [
      pressStep(1, "held", hold),
      pressStep(2, "lost", { ...hold, timeout_seconds: 3 }),
      pressStep(3, "late"),
    ];
    const id = await rig.engine.create(newExecution(steps));
    await asked.promise;
    await rig.engine.decide(id, { decision: "give_up", stepNumber: 2 });
    await until(async () => (await listStepRuns(rig.db, id))[1]?.status === "failed");
    expect(await waits(rig)).toBe(1);
    mayAsk.resolve();
    // Well before the first call has ended.
    await expect.poll(() => waits(rig)).toBe(0);
    press.release();
    await rig.waitFor(id, ["failed"]);
    expect(press.orders.map(({ prompt }) => prompt).toSorted()).toEqual(["held", "lost"]);
  });

  test("goes on after a restart, and holds nobody up that a dead process left waiting", async () => {
    const rig = await start({ atOnce: 1 });
    const held = await rig.engine.create(print("held", "hold"));
    await press.waitForOrders(1);
    const waiting = await rig.engine.create(print("waiting", "print"));
    await until(async () => (await waits(rig)) === 1);
    await rig.crash();
    rigs = [];
    const again = await startEngine({
      steps: pressSteps(press.url),
      limitsOf: () => ({ atOnce: 1, aMinute: null }),
      folder: rig.folder,
    });
    rigs.push(again);
    // What was sent is in doubt now, so its place is free.
    await again.waitFor(held, ["waiting"]);
    await again.waitFor(waiting, ["completed"]);
    expect(press.paid("waiting")).toBe(1);
    expect(press.paid("held")).toBeLessThanOrEqual(1);
  });

  test("comes to its turn between those of a batch, not behind them", async () => {
    const rig = await start({ atOnce: 2 }, { workers: WORKERS, maxAtOnce: 60 });
    const batch = await Promise.all(
      Array.from(
        { length: 50 },
        async (_, index) => await rig.engine.create(print(`batch${index}`, "hold", { templateId: "batch" })),
      ),
    );
    await press.waitForOrders(2);
    const single = await rig.engine.create(print("single", "print", { templateId: "single" }));
    const ofSingle = rig.db.selectFrom("provider_waits").select("since").where("execution_id", "=", single);
    await until(async () => (await ofSingle.execute()).length === 1);
    press.release();
    for (const id of [single, ...batch]) await rig.waitFor(id, ["completed"]);
    // Not the order in which the press saw them: workers that were let go one after the other may ask it side by side.
    const attempts = (await Promise.all([single, ...batch].map((id) => listAttempts(rig.db, id)))).flat();
    const turn = attempts.find(({ executionId }) => executionId === single)?.createdAt ?? "";
    const before = attempts.filter(({ createdAt }) => createdAt < turn).length;
    // The two that were under way may end together, and then another goes along.
    expect([2, 3]).toContain(before);
    expect(press.mostAtOnce()).toBe(2);
  });
});

describe("a vendor that turns calls away", () => {
  test("is left alone by every worker as long as it says, and no step fails for its neighbours", async () => {
    const rig = await start({}, { workers: WORKERS, maxAtOnce: 20 });
    press.turnAwayAbove(4, 1);
    const blocks = watchBlocks(rig);
    const ids = await Promise.all(
      Array.from(
        { length: 24 },
        async (_, index) =>
          await rig.engine.create(
            newExecution([
              pressStep(1, `a${index}`, { parameters: { behaviour: "hold" }, retry: { max_attempts: 2 } }),
            ]),
          ),
      ),
    );
    await press.waitForOrders(5);
    press.release();
    for (const id of ids) await rig.waitFor(id, ["completed"]);
    expect(press.paid()).toBe(24);
    expect(press.turnedAway()).toBeGreaterThan(0);
    expect(press.mostAtOnce()).toBeLessThanOrEqual(4);
    const attempts = (await Promise.all(ids.map((id) => listAttempts(rig.db, id)))).flat();
    expect(attempts.filter(({ status }) => status === "succeeded")).toHaveLength(24);
    const failed = attempts.filter(({ status }) => status === "failed");
    expect(failed).toHaveLength(press.turnedAway());
    const seen = await blocks.stop();
    expect(seen.size).toBeGreaterThan(0);
    for (const [blockedUntil, storedAt] of seen) {
      const begun = attempts.map(({ createdAt }) => Date.parse(createdAt));
      expect(begun.filter((ms) => ms > storedAt && ms < Date.parse(blockedUntil))).toEqual([]);
    }
  });

  test("is named by each attempt with a key of its own", async () => {
    const rig = await start({});
    const id = await rig.engine.create(print("a", "busy_once"));
    await rig.waitFor(id, ["completed"]);
    const keys = press.orders.map(({ key }) => key);
    expect(keys).toEqual((await listAttempts(rig.db, id)).map((attempt) => attempt.id));
    expect(new Set(keys).size).toBe(2);
  });

  test("makes a step fail that it turns away alone as often as the step is tried", async () => {
    const rig = await start({});
    press.turnAwayAbove(0, 0);
    const id = await rig.engine.create(newExecution([pressStep(1, "a", { retry: { max_attempts: 3 } })]));
    await rig.waitFor(id, ["failed"]);
    expect(press.orders).toHaveLength(3);
    expect(press.paid()).toBe(0);
  });
});
