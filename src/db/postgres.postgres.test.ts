import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createDatabase, dropDatabase, MIGRATIONS } from "../../test/support/test-store.ts";
import { insertAttempt, moveAttempt } from "./attempt-store.ts";
import { createBudget, getBudget, overdrawnOf, reserveIn, settleIn } from "./budget-store.ts";
import { listStoredCaps, storeCap } from "./cap-store.ts";
import type { Trx } from "./database.ts";
import { getExecution, insertExecution, takeUp } from "./execution-store.ts";
import { openPostgresStore } from "./postgres-store.ts";
import { openPostgres } from "./postgres.ts";
import type { Store } from "./store.ts";

const NOW = "2026-11-22T10:00:00.000Z";
const KEY = { scope: "month", period: "2026-11" };

let url: string;
let opened: { close(): Promise<void> }[];
let folder: string;

beforeEach(async () => {
  url = await createDatabase({ isEmpty: true });
  opened = [];
  folder = await mkdtemp(path.join(tmpdir(), "relais-migrations-"));
});

afterEach(async () => {
  for (const store of opened) await store.close();
  await dropDatabase(url);
  await rm(folder, { recursive: true, force: true });
});

/** Connections that linger break when their database is removed. */
const ignore = (): void => {};

/** A process of its own, as far as the database can tell. */
async function open(migrations = MIGRATIONS): Promise<Store> {
  const store = await openPostgresStore({ url, migrations, maxConnections: 10, onError: ignore });
  opened.push(store);
  return store;
}

const own = (): URL => pathToFileURL(`${folder}/`);
const add = async (name: string, text: string): Promise<void> =>
  await writeFile(path.join(folder, name), text);

async function tableNames(): Promise<string[]> {
  const { db } = await openPostgres({ url, maxConnections: 1, onError: ignore });
  opened.push({ close: () => db.destroy() });
  const { rows } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables where table_schema = 'public' order by 1`.execute(
    db,
  );
  return rows.map(({ name }) => name);
}

describe("migrations on PostgreSQL", () => {
  test("are applied once when ten processes start at once", async () => {
    await add("0001-first.sql", "create table things (name text); insert into things values ('a');");
    await add("0002-more.sql", "insert into things values ('b');");
    const [first] = await Promise.all([open(own()), ...Array.from({ length: 9 }, () => open(own()))]);
    const { rows } = await sql<{ name: string }>`select name from things`.execute(first.db);
    expect(rows.map(({ name }) => name)).toEqual(["a", "b"]);
  });

  test("leave nothing behind when one fails", async () => {
    await add("0001-first.sql", "create table things (name text);");
    await add("0002-bad.sql", "create table others (name text); not sql;");
    await expect(open(own())).rejects.toThrow("syntax error");
    expect(await tableNames()).toEqual([]);
  });

  test("refuse a database that a newer program wrote, and change nothing", async () => {
    await add("0001-first.sql", "create table things (name text);");
    await add("0002-newer.sql", "create table newer (name text);");
    await open(own());
    await rm(path.join(folder, "0002-newer.sql"));
    await expect(open(own())).rejects.toMatchObject({ code: "conflict" });
    expect(await tableNames()).toEqual(["newer", "schema_migrations", "things"]);
  });
});

describe("values on PostgreSQL", () => {
  test("hold money exactly up to 2^53, and nothing beyond that comes back as a number", async () => {
    const { db, writer } = await open();
    await writer.write((trx) => createBudget(trx, KEY, Number.MAX_SAFE_INTEGER));
    expect((await getBudget(db, KEY))?.capNanoUsd).toBe(Number.MAX_SAFE_INTEGER);
    await expect(
      writer.write((trx) => createBudget(trx, { scope: "s", period: "" }, 2 ** 53)),
    ).rejects.toThrow(/not an exact number/);
    await sql`update budgets set cap_nano_usd = cap_nano_usd + 1`.execute(db);
    await expect(getBudget(db, KEY)).rejects.toThrow(/not an exact number: 9007199254740992/);
  });

  test("come back as they were, characters that PostgreSQL does not take included", async () => {
    const { db, writer } = await open();
    const scopes = ["a\0b", "\uE000", "\uE000\uE001", "\0\uE000\0\uE002", "é😀\u2028"];
    for (const scope of scopes) await writer.write((trx) => createBudget(trx, { scope, period: "" }, null));
    const rows = await db.selectFrom("budgets").select("scope").execute();
    expect(new Set(rows.map(({ scope }) => scope))).toEqual(new Set(scopes));
    expect(await getBudget(db, { scope: "a\0b", period: "" })).toBeDefined();
  });

  test("are refused where they would be stored as something else", async () => {
    const { db } = await open();
    const day: unknown = new Date();
    const values = { scope: "s", period: "", cap_nano_usd: null };
    const wrong = db.insertInto("budgets").values(Object.assign(values, { period: day }));
    await expect(wrong.execute()).rejects.toThrow(/not a database value/);
  });
});

describe("a connection that breaks", () => {
  test("in the middle of a transaction undoes that, and the next one works", async () => {
    const { db, writer } = await open();
    const broken = writer.write(async (trx) => {
      await createBudget(trx, KEY, 1);
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx);
      const pid = rows[0]?.pid;
      await sql`select pg_terminate_backend(${pid})`.execute(db);
      // The connection breaks while no query is out, which nobody waits for.
      while ((await sql`select 1 from pg_stat_activity where pid = ${pid}`.execute(db)).rows.length > 0);
      await createBudget(trx, { scope: "s", period: "" }, 1);
    });
    await expect(broken).rejects.toThrow(/terminat|connection error|EPIPE/i);
    await writer.write((trx) => createBudget(trx, KEY, 2));
    expect((await getBudget(db, KEY))?.capNanoUsd).toBe(2);
  });
});

/** What the connection of a transaction has prepared, by name. */
async function statementsOf(trx: Trx): Promise<Map<string, string>> {
  const { rows } = await sql<{ name: string; statement: string }>`
    select name, statement from pg_prepared_statements where statement not like '%pg_prepared_statements%'`.execute(
    trx,
  );
  return new Map(rows.map(({ name, statement }) => [name, statement]));
}

describe("prepared statements", () => {
  test("have the same names in every process, whatever was prepared first", async () => {
    const [one, other] = await Promise.all([open(), open()]);
    const namesOfOne = await one.writer.write(async (trx) => {
      await getExecution(trx, 1);
      await listStoredCaps(trx, ["all"]);
      return await statementsOf(trx);
    });
    const namesOfOther = await other.writer.write(async (trx) => {
      await listStoredCaps(trx, ["all"]);
      await getExecution(trx, 1);
      return await statementsOf(trx);
    });
    expect(namesOfOne.size).toBe(2);
    expect(namesOfOther).toEqual(namesOfOne);
  });
});

const EXECUTION = {
  workflowId: null,
  templateId: null,
  title: null,
  mode: "live" as const,
  steps: [],
  initialInput: "",
  inputs: {},
  estimate: null,
  unpriced: "refuse" as const,
  createdAt: NOW,
};

describe("several processes on one database", () => {
  test("never reserve more than the cap, 200 at once", async () => {
    const stores = await Promise.all([open(), open(), open(), open()]);
    // What is counted in other rows of the budget counts too.
    await stores[0].writer.write((trx) => reserveIn(trx, [{ ...KEY, shard: 3, capNanoUsd: null }], 100));
    const amounts = Array.from({ length: 200 }, (_, index) => 7 + (index % 5));
    const granted = await Promise.all(
      amounts.map(async (amount, index) => {
        const store = stores[index % stores.length] ?? stores[0];
        const budget = { ...KEY, shard: 0, capNanoUsd: 1_000 };
        return await store.writer.write(async (trx) => {
          await reserveIn(trx, [budget], amount);
          if (!(await overdrawnOf(trx, [budget]))) return amount;
          await settleIn(trx, [{ ...KEY, shard: 0, reservedNanoUsd: amount, spentNanoUsd: 0 }]);
          return 0;
        });
      }),
    );
    const sum = granted.reduce((total, amount) => total + amount, 0);
    const budget = await getBudget(stores[0].db, KEY);
    expect(budget?.reservedNanoUsd).toBe(100 + sum);
    expect(sum).toBeLessThanOrEqual(900);
    // Every refusal was right: not even the smallest amount would still have fitted.
    expect(sum).toBeGreaterThan(900 - 11);
  });

  test("set a cap only once those have ended that have read that there is none", async () => {
    const [one, other] = await Promise.all([open(), open()]);
    const isRead = Promise.withResolvers<void>();
    const mayEnd = Promise.withResolvers<void>();
    const reserving = one.writer.write(async (trx) => {
      expect(await listStoredCaps(trx, ["all"])).toEqual([]);
      isRead.resolve();
      await mayEnd.promise;
      await reserveIn(trx, [{ ...KEY, shard: 5, capNanoUsd: null }], 600);
    });
    await isRead.promise;
    let isSet = false;
    const key = { scope: "all", periodKind: "total" as const };
    const setting = other.writer
      .write((trx) => storeCap(trx, key, { capNanoUsd: 1_000, now: NOW }))
      .then(() => (isSet = true));
    const waiting = async (): Promise<unknown[]> =>
      (await sql`select 1 from pg_locks where relation = 'caps'::regclass and not granted`.execute(one.db))
        .rows;
    await expect.poll(waiting).toHaveLength(1);
    expect(isSet).toBe(false);
    mayEnd.resolve();
    await Promise.all([reserving, setting]);
    expect((await getBudget(one.db, KEY))?.reservedNanoUsd).toBe(600);
  });

  test("do nothing of a transaction in which an insert failed that nobody waited for", async () => {
    const { db, writer } = await open();
    await writer.write((trx) => createBudget(trx, KEY, 1));
    const twice = writer.write(async (trx) => {
      await getBudget(trx, KEY);
      await createBudget(trx, { scope: "other", period: "" }, 1);
      await createBudget(trx, KEY, 2);
    });
    await expect(twice).rejects.toThrow(/duplicate key/);
    const read = writer.write(async (trx) => {
      await getBudget(trx, KEY);
      await createBudget(trx, KEY, 2);
      return await getBudget(trx, KEY);
    });
    await expect(read).rejects.toThrow(/duplicate key/);
    expect(await getBudget(db, { scope: "other", period: "" })).toBeUndefined();
    expect((await getBudget(db, KEY))?.capNanoUsd).toBe(1);
  });

  test("move an attempt on once, whoever comes first", async () => {
    const stores = await Promise.all([open(), open()]);
    const attempt = {
      id: "one",
      executionId: 1,
      stepNumber: 1,
      item: -1,
      number: 1,
      epoch: 1,
      provider: "p",
      model: "m",
      requestHash: "h",
      reservedNanoUsd: 1,
      reservedBasis: "metered" as const,
      batchId: null,
      budgetScope: null,
      createdAt: NOW,
    };
    await stores[0].writer.write((trx) => insertAttempt(trx, attempt));
    const moved = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (stores[index % 2] ?? stores[0]).writer.write((trx) =>
          moveAttempt(trx, "one", ["sent"], { status: "submitted" }),
        ),
      ),
    );
    expect(moved.filter(Boolean)).toHaveLength(1);
  });

  test("do one at a time what one at a time does", async () => {
    const stores = await Promise.all([open(), open()]);
    const [one, other] = stores;
    await one.writer.write(async (trx) => {
      expect(await one.isAloneUntilCommit(trx)).toBe(true);
      expect(await other.writer.write((theirs) => other.isAloneUntilCommit(theirs))).toBe(false);
    });
    expect(await other.writer.write((theirs) => other.isAloneUntilCommit(theirs))).toBe(true);
  });

  test("take an execution up one after the other, and the last has it", async () => {
    const stores = await Promise.all([open(), open(), open()]);
    const id = await stores[0].writer.write((trx) => insertExecution(trx, EXECUTION));
    const taken = await Promise.all(stores.map(({ writer }) => writer.write((trx) => takeUp(trx, id, NOW))));
    const epochs = taken.map((row) => row?.epoch ?? 0);
    expect(new Set(epochs)).toEqual(new Set([1, 2, 3]));
    expect((await getExecution(stores[0].db, id))?.epoch).toBe(3);
  });
});
