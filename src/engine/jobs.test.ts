import { rm } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { newExecution, pressStep, startEngine, type EngineRig } from "../../test/support/engine-rig.ts";
import { pressSteps } from "../../test/support/press-steps.ts";
import { PRINT_COST_NANO_USD, startPress, type Press } from "../../test/support/press.ts";
import { refuseJobIds } from "../../test/support/test-store.ts";
import { listAttempts, type AttemptRow } from "../db/attempt-store.ts";
import { getBudget } from "../db/budget-store.ts";
import { getExecution } from "../db/execution-store.ts";
import { listStepRuns } from "../db/step-run-store.ts";
import { ProviderFailure, StepFailure, type PreparedCall, type StepPort } from "../workflow/ports.ts";
import { budgetOf } from "./budgets.ts";

let press: Press;
let rig: EngineRig;
/** Whether the vendor says of every job that it runs, unless it was cancelled. */
let isSlow: boolean;

beforeEach(async () => {
  press = await startPress();
  isSlow = false;
});

afterEach(async () => {
  await rig.stop();
  await rm(rig.folder, { recursive: true, force: true });
  await press.stop();
});

const JOB = { parameters: { behaviour: "job" } };
const HELD = { parameters: { behaviour: "hold" } };

/** The press with some of its calls changed; its jobs take as long as `isSlow` says. */
function steps(change: (call: PreparedCall) => Partial<PreparedCall> = () => ({})): StepPort {
  const port = pressSteps(press.url);
  return {
    async prepare(request) {
      const call = await port.prepare(request);
      const poll: PreparedCall["poll"] = async (jobId, context) => {
        const isRunning = isSlow && !press.cancelledJobs.includes(jobId);
        if (isRunning || !call.poll) return { state: "job", jobId, pollAfterMs: 5 };
        return await call.poll(jobId, context);
      };
      return { ...call, ...(call.poll && { poll }), ...change(call) };
    },
  };
}

/** The press, its key taken away after jobs were submitted. */
function withoutKey(): StepPort {
  const port = steps();
  return {
    async prepare(request) {
      if (request.submittedTo === undefined) return await port.prepare(request);
      const what = { fr: "Il manque PRESS_KEY.", en: "PRESS_KEY is missing." };
      const detail = { fr: `${what.fr} Rien n’a été facturé.`, en: `${what.en} Nothing was billed.` };
      throw new StepFailure("auth", detail, what);
    },
  };
}

/** Resolves when the first attempt of the execution is so. */
async function firstAttempt(id: number, isSo: (attempt: AttemptRow) => boolean): Promise<void> {
  let changed = Promise.withResolvers<void>();
  const unsubscribe = rig.engine.events.subscribe(id, () => changed.resolve());
  for (;;) {
    const [attempt] = await listAttempts(rig.db, id);
    if (attempt && isSo(attempt)) break;
    await changed.promise;
    changed = Promise.withResolvers<void>();
  }
  unsubscribe();
}

const firstIs = (id: number, status: AttemptRow["status"]): Promise<void> =>
  firstAttempt(id, (attempt) => attempt.status === status);

const statuses = async (id: number): Promise<string[]> =>
  (await listAttempts(rig.db, id)).map(({ status }) => status);

/** Starts an execution of one slow job, then ends the process as a crash would. */
async function crashWithJob(mode: "live" | "rehearsal" = "live"): Promise<{ id: number; folder: string }> {
  isSlow = true;
  rig = await startEngine({ steps: steps() });
  const { folder } = rig;
  const id = await rig.engine.create(newExecution([pressStep(1, "a", JOB)], { mode }));
  await firstIs(id, "submitted");
  await rig.crash();
  return { id, folder };
}

/** An execution whose first step is in doubt by time-out while the second is under way. */
async function doubtBesideAnother(): Promise<number> {
  isSlow = true;
  rig = await startEngine({ steps: steps(), jobLimitMs: 1_000 });
  const quick = { ...JOB, timeout_seconds: 1 };
  const id = await rig.engine.create(newExecution([pressStep(1, "a", quick), pressStep(2, "b", HELD)]));
  await firstIs(id, "in_doubt");
  return id;
}

describe("a job that is taken up again", () => {
  test("is asked about where it was submitted, whatever the step stands for by now", async () => {
    const { folder, id } = await crashWithJob();
    isSlow = false;
    const asked: (string | undefined)[] = [];
    const port = steps();
    rig = await startEngine({
      folder,
      steps: {
        prepare(request) {
          asked.push(request.submittedTo);
          return port.prepare(request);
        },
      },
    });
    await rig.waitFor(id, ["completed"]);
    expect(asked).toEqual(["press:text"]);
    expect(press.paid()).toBe(1);
  });

  test("and cannot be asked about is in doubt, takes no place, and is asked about once it can be", async () => {
    const { folder, id } = await crashWithJob();
    rig = await startEngine({ steps: withoutKey(), folder, maxAtOnce: 1 });
    const waiting = await rig.waitFor(id, ["waiting"]);
    expect(waiting.costBasis).toBe("unknown");
    const message = (await listStepRuns(rig.db, id))[0]?.error?.message.en;
    expect(message).toMatch(/^PRESS_KEY is missing\. .*may have been billed/);
    expect(message).not.toContain("Nothing was billed");
    expect(await listAttempts(rig.db, id)).toMatchObject([{ status: "in_doubt", jobId: "job-1" }]);
    await rig.waitFor(await rig.engine.create(newExecution([pressStep(1, "b")])), ["completed"]);
    await rig.engine.decide(id, { decision: "retry", stepNumber: 1 });
    await rig.waitFor(id, ["waiting"]);
    await rig.crash();
    isSlow = false;
    rig = await startEngine({ steps: steps(), folder });
    await rig.engine.decide(id, { decision: "retry", stepNumber: 1 });
    expect((await rig.waitFor(id, ["completed"])).totalCostNanoUsd).toBe(PRINT_COST_NANO_USD);
    expect(press.paid("a")).toBe(1);
  });

  test("and cannot be asked about settles after cancel", async () => {
    const { folder, id } = await crashWithJob();
    // Cancelled before its turn.
    rig = await startEngine({ steps: withoutKey(), folder, maxAtOnce: 0 });
    await rig.engine.cancel(id);
    await firstIs(id, "in_doubt");
    expect(await getExecution(rig.db, id)).toMatchObject({ status: "cancelled", costBasis: "unknown" });
    expect((await listStepRuns(rig.db, id))[0]?.status).toBe("cancelled");
  });

  test("and cannot be asked about fails where it costs nothing", async () => {
    const { folder, id } = await crashWithJob("rehearsal");
    rig = await startEngine({ steps: withoutKey(), folder });
    const execution = await rig.waitFor(id, ["failed"]);
    expect(execution).toMatchObject({ totalCostNanoUsd: 0, costBasis: "free" });
  });
});

describe("the id of a job", () => {
  test("that cannot be written for a while is not lost, and nothing is bought twice", async () => {
    const told = Promise.withResolvers<void>();
    rig = await startEngine({ steps: steps(), onError: () => told.resolve() });
    const acceptAgain = await refuseJobIds(rig.db);
    const id = await rig.engine.create(newExecution([pressStep(1, "a", JOB)]));
    await told.promise;
    await acceptAgain();
    await rig.waitFor(id, ["completed", "waiting", "failed"]);
    expect(await listAttempts(rig.db, id)).toMatchObject([{ status: "succeeded", jobId: "job-1" }]);
    expect(press.paid()).toBe(1);
  });
});

describe("a job in doubt", () => {
  test("of which the vendor says that it has ended is bought again when told, and only then", async () => {
    let hasEnded = true;
    const failure = new ProviderFailure({
      code: "unavailable",
      billed: "unknown",
      detail: { fr: "Cet appel a peut-être été facturé.", en: "This call may have been billed." },
    });
    const poll: PreparedCall["poll"] = () => Promise.resolve({ state: "failed", failure });
    rig = await startEngine({
      steps: steps((call) => (hasEnded && call.poll ? { poll } : {})),
    });
    const id = await rig.engine.create(newExecution([pressStep(1, "a", JOB)]));
    await rig.waitFor(id, ["waiting"]);
    expect((await listStepRuns(rig.db, id))[0]?.error?.message.en).toContain("may have been billed");
    expect(press.orders).toHaveLength(1);
    hasEnded = false;
    await rig.engine.decide(id, { decision: "retry", stepNumber: 1 });
    await rig.waitFor(id, ["completed", "waiting"]);
    expect(await listAttempts(rig.db, id)).toMatchObject([
      { status: "in_doubt", jobId: "job-1" },
      { status: "succeeded", jobId: "job-2" },
    ]);
    const budget = await rig.db.transaction().execute((trx) => getBudget(trx, budgetOf(id)));
    expect(budget).toMatchObject({ reservedNanoUsd: 1_000, spentNanoUsd: PRINT_COST_NANO_USD });
  });

  test("is asked about again at once while another step runs", async () => {
    const id = await doubtBesideAnother();
    isSlow = false;
    await rig.engine.decide(id, { decision: "retry", stepNumber: 1 });
    await firstIs(id, "succeeded");
    expect(await statuses(id)).toEqual(["succeeded", "sent"]);
    press.release();
    await rig.waitFor(id, ["completed"]);
    expect(press.orders).toHaveLength(2);
  });

  test("is cancelled at the vendor right after it was to be asked about again", async () => {
    const id = await doubtBesideAnother();
    await rig.engine.decide(id, { decision: "retry", stepNumber: 1 });
    await rig.engine.cancel(id);
    await firstIs(id, "failed");
    expect(press.cancelledJobs).toEqual(["job-1"]);
    press.release();
  });
});

describe("a call whose time is up", () => {
  const step = pressStep(1, "a", { timeout_seconds: 1 });

  test("fails as billed where its last words say so", async () => {
    const cost = { nanoUsd: 300, basis: "reported" as const };
    const detail = { fr: "Cet appel a été facturé.", en: "This call was billed." };
    const billed = new ProviderFailure({ code: "timeout", billed: "yes", cost, detail });
    rig = await startEngine({
      steps: steps(() => ({
        submit: ({ signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener("abort", () => setTimeout(() => reject(billed), 20));
          }),
      })),
    });
    const id = await rig.engine.create(newExecution([step]));
    const execution = await rig.waitFor(id, ["failed", "waiting"]);
    expect(execution).toMatchObject({ status: "failed", totalCostNanoUsd: 300, costBasis: "reported" });
  });

  test("is in doubt where it does not listen", async () => {
    rig = await startEngine({ steps: steps(() => ({ submit: () => new Promise(() => {}) })) });
    const id = await rig.engine.create(newExecution([step]));
    await rig.waitFor(id, ["waiting"]);
    expect((await listStepRuns(rig.db, id))[0]?.error?.code).toBe("timeout");
  });
});
