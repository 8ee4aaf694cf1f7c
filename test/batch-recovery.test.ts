import { spawn } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ledgerMismatches } from "./support/ledger.ts";
import { startPress, type Press } from "./support/press.ts";
import { openTestStore, removeTestFolder } from "./support/test-store.ts";

const CHILD = fileURLToPath(new URL("support/batch-child.ts", import.meta.url));
const ROWS = 9;

let press: Press;
let folder: string;

beforeEach(async () => {
  press = await startPress();
  press.release();
  folder = await mkdtemp(path.join(tmpdir(), "relais-batch-"));
});

afterEach(async () => {
  await press.stop();
  await removeTestFolder(folder);
});

async function runChild(dieAt: { checkpoint: string; passage: number } | null): Promise<{
  signal: string | null;
  states: string[];
}> {
  const orders = { folder, pressUrl: press.url, rows: ROWS, capNanoUsd: ROWS * 1_000, dieAt };
  const child = spawn(process.execPath, [CHILD, JSON.stringify(orders)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = { out: "", err: "" };
  child.stdout.on("data", (chunk: Buffer) => (said.out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (said.err += chunk.toString()));
  const { promise, resolve } = Promise.withResolvers<{ code: number | null; signal: string | null }>();
  child.on("close", (code, signal) => resolve({ code, signal }));
  const { code, signal } = await promise;
  if (signal === null && code !== 0) throw new Error(`the child failed: ${said.err}`);
  return { signal, states: said.out === "" ? [] : JSON.parse(said.out) };
}

describe("a batch whose process is killed between its rows", () => {
  test.each(["before_reserve", "after_submitted", "after_settled"])(
    "at %s loses no row and pays for none twice",
    async (checkpoint) => {
      const died = await runChild({ checkpoint, passage: 5 });
      expect(died.signal).toBe("SIGKILL");
      const { states } = await runChild(null);
      expect(states).toHaveLength(ROWS);
      // Of the three at work at once, one was killed at that place; what the others had sent, a person decides about.
      const inDoubt = states.filter((status) => status === "waiting");
      expect(inDoubt.length).toBeLessThanOrEqual(2);
      expect(states.filter((status) => status === "completed")).toHaveLength(ROWS - inDoubt.length);
      const wrong = states.filter((status, index) => {
        const paid = press.paid(`row ${index + 1}`);
        return status === "completed" ? paid !== 1 : paid > 1;
      });
      expect(wrong).toEqual([]);
      const store = await openTestStore(folder);
      expect(await ledgerMismatches(store.db)).toEqual([]);
      await store.close();
    },
  );
});
