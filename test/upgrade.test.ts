import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Db } from "../src/db/database.ts";
import { readMigrations } from "../src/db/migrations.ts";
import { openPostgresStore } from "../src/db/postgres-store.ts";
import { openSqliteStore, type Store } from "../src/db/store.ts";
import { expectCostsToAgree } from "./support/cost-check.ts";
import { startEngine, type EngineRig } from "./support/engine-rig.ts";
import { ledgerMismatches } from "./support/ledger.ts";
import { pressSteps } from "./support/press-steps.ts";
import { PRINT_COST_NANO_USD, startPress, type Press } from "./support/press.ts";
import { createDatabase, MIGRATIONS, openTestStore, removeTestFolder } from "./support/test-store.ts";

const ROWS = new URL("support/first-tables.sql", import.meta.url);
const KEPT = ["workflow_executions", "step_runs", "attempts", "execution_events"] as const;

let press: Press;
let folder: string;
let rig: EngineRig | null = null;

beforeEach(async () => {
  press = await startPress();
  folder = await mkdtemp(path.join(tmpdir(), "relais-upgrade-"));
});

afterEach(async () => {
  await rig?.stop();
  rig = null;
  await press.stop();
  await removeTestFolder(folder);
});

/** The first migration alone. */
async function firstMigration(): Promise<URL> {
  const place = path.join(folder, "first");
  for (const kind of ["sqlite", "postgres"]) {
    await cp(new URL(`${kind}/0001-initial.sql`, MIGRATIONS), path.join(place, kind, "0001-initial.sql"));
  }
  return pathToFileURL(`${place}/`);
}

/** A database as the first program made and left it. */
async function openFirst(): Promise<Store> {
  const migrations = await firstMigration();
  if (process.env["RELAIS_TEST_DATABASE"] !== "postgres") {
    return openSqliteStore(path.join(folder, "relais.db"), migrations);
  }
  const url = await createDatabase({ isEmpty: true });
  await writeFile(path.join(folder, "database-url"), url);
  return await openPostgresStore({ url, migrations, maxConnections: 2, onError: () => undefined });
}

async function leaveRows({ db }: Store): Promise<void> {
  for (const statement of (await readFile(ROWS, "utf8")).trim().split(";\n")) {
    await sql.raw(statement.replace(/;$/, "")).execute(db);
  }
}

async function rowsOf(db: Db): Promise<Record<string, unknown>[][]> {
  return await Promise.all(
    KEPT.map(async (table) => {
      const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(table)}`.execute(db);
      return rows.toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
    }),
  );
}

function hasEnded(row: Record<string, unknown>): boolean {
  return row["status"] === "succeeded" || row["status"] === "completed" || "data" in row;
}

/** The vendor's two jobs of that time: one that was done, and one that it still works on. */
async function orderJobs(): Promise<void> {
  for (const prompt of ["b printed: a", "jobd"]) {
    const body = JSON.stringify({ key: prompt, prompt, behaviour: "job" });
    await fetch(press.url, { method: "POST", body });
  }
}

describe("a database that the first program left when it was killed", () => {
  test("keeps every row, counts what was spent, goes on, and buys nothing twice", async () => {
    const first = await openFirst();
    await leaveRows(first);
    const before = await rowsOf(first.db);
    expect(before.map((rows) => rows.length)).toEqual([4, 8, 5, 21]);
    await first.close();
    await orderJobs();

    rig = await startEngine({ folder, steps: pressSteps(press.url) });
    const { db, engine } = rig;
    await rig.waitFor(4, ["completed"]);
    await rig.waitFor(3, ["waiting"]);
    const after = await rowsOf(db);
    for (const [index, rows] of before.entries()) {
      expect(after[index]?.length).toBeGreaterThanOrEqual(rows.length);
      for (const row of rows.filter(hasEnded))
        expect(after[index]).toContainEqual(expect.objectContaining(row));
    }
    // The job is asked about again, its next step is bought, and nothing else.
    expect(press.orders.map(({ prompt }) => prompt)).toEqual([
      "b printed: a",
      "jobd",
      "afterd printed: jobd",
    ]);
    expect(await ledgerMismatches(db)).toEqual([]);
    await expectCostsToAgree(db);

    await engine.decide(2, { decision: "raise_cap", stepNumber: 2, capNanoUsd: 9_000 });
    await engine.decide(3, { decision: "retry", stepNumber: 1 });
    press.release();
    for (const id of [1, 2, 3, 4]) {
      const execution = await rig.waitFor(id, ["completed"]);
      expect(execution.totalCostNanoUsd).toBe(2 * PRINT_COST_NANO_USD);
    }
    expect(await ledgerMismatches(db)).toEqual([]);
    await expectCostsToAgree(db);
    expect(press.paid("wc1")).toBe(0);
    expect(press.paid("a")).toBe(0);
  });

  test("buys nothing once what was under way is ended as the document on restoring says", async () => {
    const first = await openFirst();
    await leaveRows(first);
    await first.close();
    await orderJobs();
    const store = await openTestStore(folder);
    const document = await readFile(new URL("../docs/operations.md", import.meta.url), "utf8");
    const statements = /```sql\n(.+?)```/s.exec(document)?.[1] ?? "";
    for (const statement of statements.trim().split(/;\s*/).filter(Boolean)) {
      await sql.raw(statement).execute(store.db);
    }
    await store.close();

    rig = await startEngine({ folder, steps: pressSteps(press.url) });
    press.release();
    const openCalls = async (): Promise<number> => {
      const open = rig?.db.selectFrom("attempts").where("status", "in", ["reserved", "sent", "submitted"]);
      return (await open?.select("id").execute())?.length ?? 0;
    };
    await expect.poll(openCalls, { timeout: 20_000 }).toBe(0);
    const executions = await rig.db
      .selectFrom("workflow_executions")
      .select("status")
      .orderBy("id")
      .execute();
    expect(executions.map(({ status }) => status)).toEqual([
      "completed",
      "cancelled",
      "cancelled",
      "cancelled",
    ]);
    expect(press.paid()).toBe(2);
    expect(await ledgerMismatches(rig.db)).toEqual([]);
    await expectCostsToAgree(rig.db);
  });

  test("is brought up to date once when ten processes start at once", async () => {
    const first = await openFirst();
    await leaveRows(first);
    await first.close();
    const stores = await Promise.all(Array.from({ length: 10 }, () => openTestStore(folder)));
    const { db } = stores[0] ?? first;
    const { rows } = await sql`select version from schema_migrations order by version`.execute(db);
    const kind = process.env["RELAIS_TEST_DATABASE"] === "postgres" ? "postgres" : "sqlite";
    const all = readMigrations(MIGRATIONS, kind);
    expect(all.length).toBeGreaterThan(1);
    expect(rows).toEqual(all.map(({ version }) => ({ version })));
    for (const each of stores) await each.close();
  });

  test("is refused by the first program once a newer one has opened it", async () => {
    const first = await openFirst();
    await first.close();
    rig = await startEngine({ folder, steps: pressSteps(press.url) });
    const url = await readFile(path.join(folder, "database-url"), "utf8").catch(() => null);
    const migrations = await firstMigration();
    const open = async (): Promise<Store> =>
      url === null
        ? openSqliteStore(path.join(folder, "relais.db"), migrations)
        : await openPostgresStore({ url, migrations, maxConnections: 2, onError: () => undefined });
    await expect(open()).rejects.toThrow(/newer Relais/);
    await rm(path.join(folder, "first"), { recursive: true });
  });
});
