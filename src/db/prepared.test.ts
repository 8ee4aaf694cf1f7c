import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openTestStore, type TestStore } from "../../test/support/test-store.ts";
import { prepared, preparedRows, preparedUpdate, remembered, type Given } from "./prepared.ts";

let store: TestStore;
let built: number;

beforeEach(async () => {
  store = await openTestStore();
  built = 0;
});

afterEach(() => store.remove());

const insert = prepared((db, given: Given<{ scope: string; cap: number | null }>) => {
  built += 1;
  return db
    .insertInto("budgets")
    .values({ scope: given("scope"), period: "always", cap_nano_usd: given("cap") })
    .compile();
});

const read = prepared((db, given: Given<{ scope: string }>) =>
  db
    .selectFrom("budgets")
    .select(["scope", "period", "cap_nano_usd as cap", "spent_nano_usd as spent"])
    .where("scope", "=", given("scope"))
    .compile(),
);

const change = preparedUpdate<{ ofScope: string }, { spent: number }>((set, db, given) =>
  sql<{ spent: number }>`
    update budgets set ${set} where scope = ${given("ofScope")} returning spent_nano_usd as spent`.compile(
    db,
  ),
);

describe("a prepared query", () => {
  test("is built once, and runs with the values of each call", async () => {
    await insert(store.db, { scope: "a", cap: 5 });
    await insert(store.db, { scope: "b", cap: null });
    expect(built).toBe(1);
    const rows = [await read(store.db, { scope: "a" }), await read(store.db, { scope: "b" })];
    expect(rows.flatMap((result) => result.rows.map((row) => ({ ...row })))).toEqual([
      { scope: "a", period: "always", cap: 5, spent: 0 },
      { scope: "b", period: "always", cap: null, spent: 0 },
    ]);
  });

  test("is built again for another database", async () => {
    const other = await openTestStore();
    await insert(store.db, { scope: "a", cap: 5 });
    await insert(other.db, { scope: "b", cap: 5 });
    expect(built).toBe(2);
    expect((await read(store.db, { scope: "b" })).rows).toEqual([]);
    await other.remove();
  });

  test("is undone with the transaction that it runs in", async () => {
    const broken = store.writer.write(async (trx) => {
      await insert(trx, { scope: "a", cap: 5 });
      expect((await read(trx, { scope: "a" })).rows).toHaveLength(1);
      throw new Error("no");
    });
    await expect(broken).rejects.toThrow("no");
    expect((await read(store.db, { scope: "a" })).rows).toEqual([]);
  });

  test("refuses a value that no database stores as it is", async () => {
    const date: unknown = new Date(0);
    const given = { scope: "a", cap: 5, ...Object.fromEntries([["cap", date]]) };
    await expect(insert(store.db, given)).rejects.toThrow("not a database value");
  });

  test("changes only the columns that it is given", async () => {
    await insert(store.db, { scope: "a", cap: 5 });
    const spent = await change(store.db, { spent_nano_usd: 3, cap_nano_usd: undefined }, { ofScope: "a" });
    expect(spent.rows.map((row) => row.spent)).toEqual([3]);
    await change(store.db, { cap_nano_usd: null }, { ofScope: "a" });
    const [row] = (await read(store.db, { scope: "a" })).rows;
    expect({ ...row }).toEqual({ scope: "a", period: "always", cap: null, spent: 3 });
  });
});

describe("a prepared query with rows", () => {
  const insertAll = preparedRows<[scope: string, period: string, spent: number]>((rows, db) => {
    built += 1;
    return sql<never>`insert into budgets (scope, period, spent_nano_usd) values ${rows}`.compile(db);
  });

  test("is built once for each number of them, and puts each value in its place", async () => {
    await insertAll(store.db, [
      ["a", "p", 1],
      ["b", "q", 2],
    ]);
    await insertAll(store.db, [["c", "r", 3]]);
    await insertAll(store.db, [
      ["d", "s", 4],
      ["e", "t", 5],
    ]);
    expect(built).toBe(2);
    const rows = await store.db
      .selectFrom("budgets")
      .select(["scope", "period", "spent_nano_usd as spent"])
      .orderBy("scope")
      .execute();
    expect(rows.map(({ scope, period, spent }) => `${scope}${period}${spent}`)).toEqual([
      "ap1",
      "bq2",
      "cr3",
      "ds4",
      "et5",
    ]);
  });
});

describe("what is remembered", () => {
  test("is made once for each key", () => {
    const made: number[] = [];
    const twice = remembered((key: number) => {
      made.push(key);
      return 2 * key;
    });
    expect([twice(1), twice(2), twice(1)]).toEqual([2, 4, 2]);
    expect(made).toEqual([1, 2]);
  });
});
