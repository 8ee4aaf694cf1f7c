import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openSqlite, type Db } from "./database.ts";
import { GroupCommit } from "./group-commit.ts";
import { migrate } from "./migrate.ts";

let db: Db;
let commit: GroupCommit;

beforeEach(() => {
  const opened = openSqlite(":memory:");
  migrate(opened.sqlite, new URL("../../migrations/", import.meta.url));
  db = opened.db;
  commit = new GroupCommit(db);
});

afterEach(async () => {
  await db.destroy();
});

const insert = async (scope: string): Promise<string> =>
  await commit.write(async (trx) => {
    await trx.insertInto("budgets").values({ scope, period: "", cap_nano_usd: null }).execute();
    return scope;
  });

const scopes = async (): Promise<string[]> =>
  (await db.selectFrom("budgets").select("scope").orderBy("scope").execute()).map(({ scope }) => scope);

const addOne = async (): Promise<void> =>
  await commit.write(async (trx) => {
    const row = await trx.selectFrom("budgets").select("spent_nano_usd as spent").executeTakeFirstOrThrow();
    await trx
      .updateTable("budgets")
      .set({ spent_nano_usd: row.spent + 1 })
      .execute();
  });

describe("GroupCommit", () => {
  test("gives each write its own answer", async () => {
    expect(await Promise.all([insert("a"), insert("b"), insert("c")])).toEqual(["a", "b", "c"]);
    expect(await scopes()).toEqual(["a", "b", "c"]);
  });

  test("undoes only the write that throws", async () => {
    const results = await Promise.allSettled([insert("a"), insert("a"), insert("b")]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(await scopes()).toEqual(["a", "b"]);
  });

  test("undoes what a throwing write had done before it threw", async () => {
    const broken = commit.write(async (trx) => {
      await trx.insertInto("budgets").values({ scope: "half", period: "", cap_nano_usd: null }).execute();
      throw new Error("no");
    });
    await expect(Promise.all([insert("a"), broken])).rejects.toThrow("no");
    expect(await scopes()).toEqual(["a"]);
  });

  test("takes writes that arrive while it commits", async () => {
    const first = insert("a");
    const second = first.then(() => insert("b"));
    expect(await Promise.all([first, second, insert("c")])).toEqual(["a", "b", "c"]);
  });

  test("runs writes one after the other, so that each sees those before", async () => {
    await insert("x");
    await Promise.all(Array.from({ length: 50 }, addOne));
    const row = await db.selectFrom("budgets").select("spent_nano_usd as spent").executeTakeFirstOrThrow();
    expect(row.spent).toBe(50);
  });
});

describe("a full disk", () => {
  test("fails the write that is too large, and not those that share its transaction", async () => {
    const page = await sql<{ page_count: number }>`pragma page_count`.execute(db);
    await sql.raw(`pragma max_page_count = ${(page.rows[0]?.page_count ?? 0) + 4}`).execute(db);
    const results = await Promise.allSettled([insert("a"), insert("x".repeat(1_000_000)), insert("b")]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(results[1]?.status === "rejected" && String(results[1].reason)).toContain("full");
    expect(await scopes()).toEqual(["a", "b"]);
  });
});
