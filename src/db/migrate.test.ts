import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openSqlite } from "./database.ts";
import { migrate } from "./migrate.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "relais-migrate-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const migrations = (): URL => pathToFileURL(`${folder}/`);
const add = async (name: string, sql: string): Promise<void> => await writeFile(path.join(folder, name), sql);

describe("migrate", () => {
  test("applies each migration once, in the order of the numbers", async () => {
    await add("0002-more.sql", "INSERT INTO things VALUES ('b');");
    await add("0001-first.sql", "CREATE TABLE things (name TEXT); INSERT INTO things VALUES ('a');");
    const { sqlite } = openSqlite(":memory:");
    migrate(sqlite, migrations());
    migrate(sqlite, migrations());
    const rows = sqlite.prepare("SELECT name FROM things").all();
    expect(rows.map((row) => row["name"])).toEqual(["a", "b"]);
  });

  test("leaves nothing behind when a migration fails", async () => {
    await add("0001-first.sql", "CREATE TABLE things (name TEXT);");
    await add("0002-bad.sql", "CREATE TABLE others (name TEXT); NOT SQL;");
    const { sqlite } = openSqlite(":memory:");
    expect(() => migrate(sqlite, migrations())).toThrow("syntax error");
    const tables = sqlite.prepare("SELECT name FROM sqlite_master WHERE name IN ('things', 'others')").all();
    expect(tables).toEqual([]);
  });

  test("refuses a database that a newer program wrote, and changes nothing", async () => {
    await add("0001-first.sql", "CREATE TABLE things (name TEXT);");
    await add("0002-newer.sql", "CREATE TABLE newer (name TEXT);");
    const { sqlite } = openSqlite(":memory:");
    migrate(sqlite, migrations());
    await rm(path.join(folder, "0002-newer.sql"));
    expect(() => migrate(sqlite, migrations())).toThrow(/newer Relais/);
  });
});

describe("the database", () => {
  test("refuses values that it would store as something else", async () => {
    const { sqlite, db } = openSqlite(":memory:");
    migrate(sqlite, new URL("../../migrations/", import.meta.url));
    const day: unknown = new Date();
    const values = { scope: "s", period: String(day), cap_nano_usd: null };
    const wrong = db.insertInto("budgets").values(Object.assign(values, { period: day }));
    await expect(wrong.execute()).rejects.toThrow(/not a database value/);
    await db.destroy();
  });
});
