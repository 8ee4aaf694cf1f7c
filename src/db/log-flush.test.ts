import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openSqlite, type Db } from "./database.ts";
import { GroupCommit } from "./group-commit.ts";
import { LogFlush } from "./log-flush.ts";

let folder: string;
let db: Db;
let log: LogFlush;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "relais-log-"));
  const file = path.join(folder, "relais.db");
  const opened = openSqlite(file);
  opened.sqlite.exec("create table notes (text text)");
  db = opened.db;
  log = new LogFlush(opened.sqlite, file);
});

afterEach(async () => {
  await log.close();
  await db.destroy();
  rmSync(folder, { recursive: true });
});

const write = (commit: GroupCommit, text: string) =>
  commit.stage((trx) => sql`insert into notes values (${text})`.execute(trx));

describe("the flush of the log", () => {
  test("takes along all that was committed before, in the order in which it was asked for", async () => {
    const commit = new GroupCommit(db, log);
    const order: string[] = [];
    await write(commit, "staged");
    const staged = commit.flushed().then(() => order.push("staged"));
    const written = commit.write((trx) => sql`insert into notes values ('written')`.execute(trx));
    await Promise.all([staged, written.then(() => order.push("written"))]);
    expect(order).toEqual(["staged", "written"]);
  });

  test("brings what nobody waits for to disk by itself", async () => {
    const commit = new GroupCommit(db, log);
    await write(commit, "alone");
    await expect(commit.flushed()).resolves.toBeUndefined();
  });

  test("leaves whoever writes beside it flushed by SQLite itself", async () => {
    const commit = new GroupCommit(db, log);
    await write(commit, "one");
    await Promise.allSettled([commit.stage(() => Promise.reject(new Error("no")))]);
    const { rows } = await sql<{ synchronous: number }>`pragma synchronous`.execute(db);
    expect(rows).toEqual([{ synchronous: 2 }]);
  });

  test("fails a write whose log cannot be flushed", async () => {
    const commit = new GroupCommit(
      db,
      new LogFlush(openSqlite(":memory:").sqlite, path.join(folder, "gone")),
    );
    await expect(commit.write((trx) => sql`insert into notes values ('x')`.execute(trx))).rejects.toThrow(
      "ENOENT",
    );
  });

  test("is done for who waits for it when all is closed, and opens nothing again after that", async () => {
    const commit = new GroupCommit(db, log);
    await write(commit, "under way");
    const waiting = [commit.flush()];
    await write(commit, "next");
    waiting.push(commit.flush(), commit.flushed());
    await log.close();
    await expect(Promise.all(waiting)).resolves.toHaveLength(3);
    await write(commit, "late");
    await expect(commit.flush()).rejects.toThrow("closed");
    await expect(commit.flushed()).rejects.toThrow("closed");
  });

  test("that nobody has hurried is done when all is closed", async () => {
    const commit = new GroupCommit(db, log);
    await write(commit, "staged");
    const waiting = commit.flushed();
    await log.close();
    await expect(waiting).resolves.toBeUndefined();
  });
});
