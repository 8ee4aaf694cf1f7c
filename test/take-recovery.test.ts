import { spawn } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { getExecution } from "../src/db/execution-store.ts";
import { listStepRuns } from "../src/db/step-run-store.ts";
import { PRINT_COST_NANO_USD, startPress, type Press } from "./support/press.ts";
import { openTestStore, removeTestFolder } from "./support/test-store.ts";

const CHILD = fileURLToPath(new URL("support/take-child.ts", import.meta.url));

let press: Press;
let folder: string;

beforeEach(async () => {
  press = await startPress();
  press.release();
  folder = await mkdtemp(path.join(tmpdir(), "relais-take-"));
});

afterEach(async () => {
  await press.stop();
  await removeTestFolder(folder);
});

async function runChild(orders: {
  behaviour: "print" | "job";
  dieAt: { checkpoint: string; passage: number } | null;
}): Promise<{ signal: string | null; status: string }> {
  const argument = JSON.stringify({ folder, pressUrl: press.url, ...orders });
  const child = spawn(process.execPath, [CHILD, argument], { stdio: ["ignore", "pipe", "pipe"] });
  const said = { out: "", err: "" };
  child.stdout.on("data", (chunk: Buffer) => (said.out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (said.err += chunk.toString()));
  const { promise, resolve } = Promise.withResolvers<{ code: number | null; signal: string | null }>();
  child.on("close", (code, signal) => resolve({ code, signal }));
  const { code, signal } = await promise;
  if (signal === null && code !== 0) throw new Error(`the child failed: ${said.err}`);
  return { signal, status: said.out };
}

describe("a take", () => {
  test.each([
    ["print", "before_reserve"],
    ["print", "after_settled"],
    ["job", "after_submitted"],
  ] as const)(
    "survives a death at %s %s, is bought once, and nothing after its step runs",
    async (behaviour, checkpoint) => {
      // The first execution passes every place three times.
      const died = await runChild({ behaviour, dieAt: { checkpoint, passage: 4 } });
      expect(died.signal).toBe("SIGKILL");
      expect(await runChild({ behaviour, dieAt: null })).toEqual({ signal: null, status: "completed" });
      expect(press.paid("one")).toBe(1);
      expect(press.paid()).toBe(4);
      const store = await openTestStore(folder);
      const runs = await listStepRuns(store.db, 2);
      const execution = await getExecution(store.db, 2);
      const budget = await store.db
        .selectFrom("budgets")
        .selectAll()
        .where("scope", "=", "execution:2")
        .executeTakeFirstOrThrow();
      await store.close();
      expect(runs.map(({ status }) => status)).toEqual(["completed", "completed", "skipped"]);
      expect(runs.map(({ performedBy }) => performedBy)).toEqual(["cache", "press:text", null]);
      expect(execution).toMatchObject({ onlyStep: 2, totalCostNanoUsd: PRINT_COST_NANO_USD });
      expect(budget).toMatchObject({ spent_nano_usd: PRINT_COST_NANO_USD, reserved_nano_usd: 0 });
    },
  );
});
