import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openSqlite, type Db } from "./database.ts";
import { GroupCommit } from "./group-commit.ts";
import { LogFlush } from "./log-flush.ts";

let folder: string;
let db: Db;
let log: LogFlush;
let sqlite: DatabaseSync;

/** Who waits for the disk itself, and who has another thread do it. */
const PATIENCE = {
  patient: { mayWait: () => true, hasWaited: () => undefined },
  impatient: { mayWait: () => false, hasWaited: () => undefined },
};

const open = (patience: keyof typeof PATIENCE): void => {
  folder = mkdtempSync(path.join(tmpdir(), "relais-log-"));
  const file = path.join(folder, "relais.db");
  const opened = openSqlite(file);
  opened.sqlite.exec("create table notes (text text)");
  ({ db, sqlite } = opened);
  log = new LogFlush(sqlite, file, PATIENCE[patience]);
};

afterEach(async () => {
  await log.close();
  await db.destroy();
  rmSync(folder, { recursive: true });
});

const write = (commit: GroupCommit, text: string) =>
  commit.stage((trx) => sql`insert into notes values (${text})`.execute(trx));

/** Whether a flush is done before the event loop has turned. */
const isDoneAtOnce = async (): Promise<boolean> => {
  log.hasCommitted();
  let isDone = false;
  const flush = log.now().then(() => (isDone = true));
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  const isAtOnce = isDone;
  await flush;
  return isAtOnce;
};

describe.each(["patient", "impatient"] as const)("the flush of the log, %s", (patience) => {
  beforeEach(() => open(patience));

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
    const commit = new GroupCommit(db, new LogFlush(sqlite, path.join(folder, "gone"), PATIENCE[patience]));
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

  test("is not asked for where nothing was committed since, and is again after one that failed", async () => {
    const gone = new LogFlush(sqlite, path.join(folder, "gone"), PATIENCE[patience]);
    await expect(gone.now()).resolves.toBeUndefined();
    await expect(gone.soon()).resolves.toBeUndefined();
    gone.hasCommitted();
    await expect(gone.now()).rejects.toThrow("ENOENT");
    await expect(gone.now()).rejects.toThrow("ENOENT");
  });

  test("takes those along who were in no hurry, also where it fails", async () => {
    const gone = new LogFlush(sqlite, path.join(folder, "gone"), PATIENCE[patience]);
    gone.hasCommitted();
    const results = await Promise.allSettled([gone.soon(), gone.now()]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  });
});

describe("the thread that waits for the disk", () => {
  test.each([
    ["patient", true],
    ["impatient", false],
  ] as const)("is the main one where it is %s", async (patience, isAtOnce) => {
    open(patience);
    await write(new GroupCommit(db, log), "one");
    expect(await isDoneAtOnce()).toBe(isAtOnce);
  });
});
