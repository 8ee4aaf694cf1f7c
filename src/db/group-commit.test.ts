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
  commit = new GroupCommit(db, null);
});

afterEach(() => db.destroy());

const insert = async (scope: string): Promise<void> =>
  await commit.write(async (trx) => {
    await trx.insertInto("budgets").values({ scope, period: "", cap_nano_usd: null }).execute();
  });

const scopes = async (): Promise<string[]> =>
  (await db.selectFrom("budgets").select("scope").orderBy("scope").execute()).map(({ scope }) => scope);

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
