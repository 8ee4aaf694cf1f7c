import { spawn } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { listAttempts } from "../src/db/attempt-store.ts";
import type { Db } from "../src/db/database.ts";
import { listEvents } from "../src/db/event-store.ts";
import { listExecutions, type ExecutionRow } from "../src/db/execution-store.ts";
import { listStepRuns } from "../src/db/step-run-store.ts";
import { expectCostsToAgree } from "./support/cost-check.ts";
import { ledgerMismatches } from "./support/ledger.ts";
import { PRINT_COST_NANO_USD, startPress, type Press } from "./support/press.ts";
import { openTestStore, removeTestFolder } from "./support/test-store.ts";

const CHILD = fileURLToPath(new URL("support/recovery-child.ts", import.meta.url));
const PROMPTS = ["one", "two printed: one", "three printed: two printed: one"];

interface Orders {
  behaviour: "print" | "job" | "misfit";
  mode?: "live" | "rehearsal";
  itemsAtOnce?: number;
  dieAt?: { checkpoint: string; passage: number };
  decision?: "retry" | "give_up" | "approve";
  /** Whether the first step waits to be approved. */
  asks?: boolean;
}

let press: Press;
let folder: string;

beforeEach(async () => {
  press = await startPress();
  folder = await mkdtemp(path.join(tmpdir(), "relais-recovery-"));
});

afterEach(async () => {
  await press.stop();
  await removeTestFolder(folder);
});

/** Runs the child; `killAfterMs` kills it from outside. Gives its last words, or the signal that ended it. */
async function runChild(
  orders: Orders,
  killAfterMs?: number,
): Promise<{ signal: string | null; words: { status: string } | null }> {
  const argument = JSON.stringify({
    mode: "live",
    dieAt: null,
    decision: null,
    asks: false,
    itemsAtOnce: null,
    folder,
    pressUrl: press.url,
    ...orders,
  });
  const child = spawn(process.execPath, [CHILD, argument], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let complaints = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (complaints += chunk.toString()));
  const timer = killAfterMs === undefined ? null : setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  const { promise, resolve } = Promise.withResolvers<{ code: number | null; signal: string | null }>();
  child.on("close", (code, signal) => resolve({ code, signal }));
  const { code, signal } = await promise;
  if (timer) clearTimeout(timer);
  if (signal !== null) await press.hungUp();
  if (signal === null && code !== 0) throw new Error(`the child failed: ${complaints}`);
  return { signal, words: output ? JSON.parse(output) : null };
}

/**
 * The one execution that the folder holds. Its id need not be 1: PostgreSQL does not hand out again the number of a row
 * whose process was killed before it was there.
 */
async function onlyExecution(db: Db): Promise<ExecutionRow> {
  const executions = await listExecutions(db, { limit: 2 });
  const [execution] = executions;
  if (!execution || executions.length > 1)
    throw new Error(`${executions.length} executions where one was made`);
  return execution;
}

/** What the folder holds after all is over. */
async function readLedger(): Promise<{
  status: string;
  texts: (string | undefined)[];
  total: number;
  sum: number;
  reserved: number;
  inDoubt: number;
}> {
  const store = await openTestStore(folder);
  const { db } = store;
  const execution = await onlyExecution(db);
  await expectCostsToAgree(db);
  const attempts = await listAttempts(db, execution.id);
  const events = await listEvents(db, execution.id, 0);
  expect(events.map((event) => event.number)).toEqual(events.map((_, index) => index + 1));
  const budget = await db
    .selectFrom("budgets")
    .selectAll()
    .where("scope", "=", `execution:${execution.id}`)
    .executeTakeFirstOrThrow();
  const runs = await listStepRuns(db, execution.id);
  expect(await ledgerMismatches(db)).toEqual([]);
  await store.close();
  const doubtful = attempts.filter((attempt) => attempt.status === "in_doubt");
  expect(attempts.filter((attempt) => ["reserved", "sent", "submitted"].includes(attempt.status))).toEqual(
    [],
  );
  expect(budget.spent_nano_usd).toBe(execution.totalCostNanoUsd);
  expect(budget.reserved_nano_usd).toBe(doubtful.reduce((sum, attempt) => sum + attempt.reservedNanoUsd, 0));
  return {
    status: execution.status,
    texts: runs.map((run) => run.output?.text),
    total: execution.totalCostNanoUsd,
    sum: attempts.reduce((sum, attempt) => sum + (attempt.cost?.nanoUsd ?? 0), 0),
    reserved: budget.reserved_nano_usd,
    inDoubt: doubtful.length,
  };
}

const COMPLETE = {
  status: "completed",
  texts: PROMPTS.map((prompt) => `printed: ${prompt}`),
  total: 3 * PRINT_COST_NANO_USD,
  sum: 3 * PRINT_COST_NANO_USD,
};

/** Places at which nothing is in doubt: the execution goes on by itself and each step is paid once. */
const SAFE: [Orders["behaviour"], string][] = [
  ["print", "before_reserve"],
  ["print", "after_reserve"],
  ["print", "after_settled"],
  ["job", "before_reserve"],
  ["job", "after_reserve"],
  ["job", "after_submitted"],
  ["job", "after_answer"],
  ["job", "after_stored"],
  ["job", "after_settled"],
];

/** Places at which a call has been marked as sent and no answer is on disk; whether it really was billed. */
const DOUBTFUL: [Orders["behaviour"], string, number][] = [
  ["print", "after_sent", 0],
  ["print", "after_answer", 1],
  ["print", "after_stored", 1],
  ["job", "after_sent", 0],
];

describe("after SIGKILL where nothing is in doubt", () => {
  describe.each([1, 2, 3])("in step %i", (passage) => {
    test.each(SAFE)("a %s call goes on from %s by itself and is paid once", async (behaviour, checkpoint) => {
      const first = await runChild({ behaviour, dieAt: { checkpoint, passage } });
      expect(first.signal).toBe("SIGKILL");
      await runChild({ behaviour });
      expect(await readLedger()).toEqual({ ...COMPLETE, reserved: 0, inDoubt: 0 });
      expect(PROMPTS.map((prompt) => press.paid(prompt))).toEqual([1, 1, 1]);
    });
  });
});

describe("after SIGKILL where a call is in doubt", () => {
  describe.each([1, 2, 3])("in step %i", (passage) => {
    test.each(DOUBTFUL)(
      "a %s call waits at %s and is repeated only when told",
      async (behaviour, checkpoint, billed) => {
        const first = await runChild({ behaviour, dieAt: { checkpoint, passage } });
        expect(first.signal).toBe("SIGKILL");
        const paidBefore = press.paid();
        expect((await runChild({ behaviour })).words).toMatchObject({
          status: "waiting",
          waitingFor: { reason: "in_doubt", stepNumber: passage, amountNanoUsd: 1_000 },
        });
        expect(press.paid()).toBe(paidBefore);
        await runChild({ behaviour, decision: "retry" });
        expect(await readLedger()).toEqual({ ...COMPLETE, reserved: 1_000, inDoubt: 1 });
        const expected = PROMPTS.map((_, index) => (index === passage - 1 ? 1 + billed : 1));
        expect(PROMPTS.map((prompt) => press.paid(prompt))).toEqual(expected);
      },
    );
  });

  test("giving up fails the step and buys nothing", async () => {
    await runChild({ behaviour: "print", dieAt: { checkpoint: "after_answer", passage: 2 } });
    await runChild({ behaviour: "print", decision: "give_up" });
    expect(await readLedger()).toMatchObject({ status: "failed", total: PRINT_COST_NANO_USD, inDoubt: 1 });
    expect(press.paid()).toBe(2);
  });
});

/** Each step takes two calls here: one whose answer does not fit, and one that has it corrected. */
describe("after SIGKILL around the correction of an answer", () => {
  const behaviour = "misfit";
  test.each([
    ["after_settled", 1],
    ["before_reserve", 2],
    ["after_reserve", 2],
    ["after_settled", 2],
  ])("at passage %s/%i goes on by itself, and buys neither call twice", async (checkpoint, passage) => {
    const first = await runChild({ behaviour, dieAt: { checkpoint, passage } });
    expect(first.signal).toBe("SIGKILL");
    expect((await runChild({ behaviour })).words).toMatchObject({ status: "completed" });
    const cost = 6 * PRINT_COST_NANO_USD;
    expect(await readLedger()).toMatchObject({ status: "completed", total: cost, sum: cost, inDoubt: 0 });
    expect(press.paid()).toBe(6);
    const prompts = press.orders.map(({ prompt }) => prompt);
    const [one, correction, ...others] = prompts.filter((prompt) => prompt.startsWith("one"));
    expect(one).toBe("one");
    expect(correction).toContain("<your_answer>\nprinted: one\n</your_answer>");
    expect(correction).toContain("“title” is missing");
    expect(others).toEqual([]);
  });

  test.each([
    ["after_sent", 0],
    ["after_answer", 1],
  ])("at passage %s/2 asks, and repeats the correction alone", async (checkpoint, billed) => {
    const first = await runChild({ behaviour, dieAt: { checkpoint, passage: 2 } });
    expect(first.signal).toBe("SIGKILL");
    expect((await runChild({ behaviour })).words).toMatchObject({
      status: "waiting",
      waitingFor: { reason: "in_doubt", stepNumber: 1 },
    });
    expect(press.paid()).toBe(1 + billed);
    await runChild({ behaviour, decision: "retry" });
    expect(await readLedger()).toMatchObject({ status: "completed", inDoubt: 1 });
    expect(press.paid()).toBe(6 + billed);
    expect(press.paid("one")).toBe(1);
  });
});

describe("after SIGKILL around a result that a person is asked about", () => {
  const places = ["after_reserve", "after_stored", "after_settled"];
  test.each(places)("at %s the result is asked about once, and never goes on unasked", async (checkpoint) => {
    const behaviour = "job";
    const first = await runChild({ behaviour, asks: true, dieAt: { checkpoint, passage: 1 } });
    expect(first.signal).toBe("SIGKILL");
    expect((await runChild({ behaviour, asks: true })).words).toMatchObject({
      status: "waiting",
      waitingFor: { reason: "approval", stepNumber: 1 },
    });
    expect(press.paid()).toBe(1);
    await runChild({ behaviour, decision: "approve" });
    expect(await readLedger()).toEqual({ ...COMPLETE, reserved: 0, inDoubt: 0 });
    expect(press.paid()).toBe(3);
  });
});

describe("after SIGKILL in a rehearsal", () => {
  const places = [
    "before_reserve",
    "after_reserve",
    "after_sent",
    "after_answer",
    "after_stored",
    "after_settled",
  ];
  test.each(places)("everything goes on from %s by itself, for nothing", async (checkpoint) => {
    await runChild({ behaviour: "print", mode: "rehearsal", dieAt: { checkpoint, passage: 2 } });
    await runChild({ behaviour: "print", mode: "rehearsal" });
    expect(await readLedger()).toMatchObject({
      status: "completed",
      texts: COMPLETE.texts,
      total: 0,
      inDoubt: 0,
    });
  });
});

describe("after SIGKILL at any moment", () => {
  // From before the process has opened its folder to after it has finished.
  const moments = [120, 180, 220, 240, 260, 280, 300, 330, 360, 420];
  test.each(moments)("%i ms after its start, no step is paid twice unasked", async (killAfterMs) => {
    await runChild({ behaviour: "job" }, killAfterMs);
    const paidBefore = PROMPTS.map((prompt) => press.paid(prompt));
    const { words } = await runChild({ behaviour: "job" });
    const paid = PROMPTS.map((prompt) => press.paid(prompt));
    const ledger = await readLedger();
    expect(ledger.status).toBe(words?.status);
    expect(ledger.sum).toBe(ledger.total);
    // Waiting means that nothing more was bought; completed, that each step was bought once.
    expect(paid).toEqual(words?.status === "waiting" ? paidBefore : [1, 1, 1]);
  });
});

/** What the step made, and how many of its items have ended. */
async function readList(): Promise<unknown> {
  const store = await openTestStore(folder);
  const { id } = await onlyExecution(store.db);
  const [step] = await listStepRuns(store.db, id);
  await store.close();
  return { made: step?.output?.json, done: step?.itemsDone, cost: step?.costNanoUsd };
}

describe("after SIGKILL among the items of a list", () => {
  const ITEMS = ["one", "two", "three", "four"];
  const paidForEach = (): number[] => ITEMS.map((item) => press.paid(item));

  const WHOLE = {
    made: ITEMS.map((item) => `printed: ${item}`),
    done: 4,
    cost: 4 * PRINT_COST_NANO_USD,
  };

  test.each(SAFE)(
    "a %s call goes on from %s by itself, and each item is paid once",
    async (behaviour, checkpoint) => {
      const first = await runChild({ behaviour, itemsAtOnce: 1, dieAt: { checkpoint, passage: 3 } });
      expect(first.signal).toBe("SIGKILL");
      await runChild({ behaviour, itemsAtOnce: 1 });
      expect(await readLedger()).toMatchObject({ status: "completed", reserved: 0, inDoubt: 0 });
      expect(await readList()).toEqual(WHOLE);
      expect(paidForEach()).toEqual([1, 1, 1, 1]);
    },
  );

  test.each(DOUBTFUL)(
    "a %s call waits at %s for a word on its item, while the others are made",
    async (behaviour, checkpoint, billed) => {
      const first = await runChild({ behaviour, itemsAtOnce: 1, dieAt: { checkpoint, passage: 2 } });
      expect(first.signal).toBe("SIGKILL");
      expect((await runChild({ behaviour, itemsAtOnce: 1 })).words).toMatchObject({
        status: "waiting",
        waitingFor: { reason: "in_doubt", stepNumber: 1, item: 1, amountNanoUsd: 1_000 },
      });
      expect(paidForEach()).toEqual([1, billed, 1, 1]);
      await runChild({ behaviour, itemsAtOnce: 1, decision: "retry" });
      expect(await readLedger()).toMatchObject({ status: "completed", reserved: 1_000, inDoubt: 1 });
      expect(await readList()).toMatchObject({ made: WHOLE.made, done: 4 });
      expect(paidForEach()).toEqual([1, 1 + billed, 1, 1]);
    },
  );

  test.each([180, 240, 280, 330, 400])(
    "%i ms after its start, no item is paid twice unasked",
    async (killAfterMs) => {
      await runChild({ behaviour: "job", itemsAtOnce: 3 }, killAfterMs);
      const { words } = await runChild({ behaviour: "job", itemsAtOnce: 3 });
      const ledger = await readLedger();
      expect(ledger.status).toBe(words?.status);
      expect(ledger.sum).toBe(ledger.total);
      const paid = paidForEach();
      expect(Math.max(...paid)).toBeLessThanOrEqual(1);
      // All that is not in doubt was bought.
      expect(paid.filter((times) => times === 0).length).toBeLessThanOrEqual(ledger.inDoubt);
    },
  );
});
