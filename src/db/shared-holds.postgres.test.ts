import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openTestStore, type TestStore } from "../../test/support/test-store.ts";
import { insertArtifact } from "./artifact-store.ts";
import { SharedHolds } from "./shared-holds.ts";

const HASH = "ab".repeat(32);

/** The database as two processes see it, each with its holds. */
let store: TestStore;
let here: SharedHolds;
let there: SharedHolds;
let removals: number;

beforeEach(async () => {
  store = await openTestStore();
  here = new SharedHolds(store.writer);
  there = new SharedHolds(store.writer);
  removals = 0;
});

afterEach(async () => {
  await store.remove();
});

const remove = (): Promise<void> => {
  removals += 1;
  return Promise.resolve();
};

const holds = (): Promise<unknown[]> => store.db.selectFrom("artifact_holds").selectAll().execute();

async function name(hash: string): Promise<void> {
  await store.writer.write((trx) =>
    insertArtifact(trx, {
      id: randomUUID(),
      hash,
      mediaType: "image/png",
      bytes: 1,
      width: null,
      height: null,
      durationSeconds: null,
      executionId: null,
      stepNumber: null,
      item: null,
      createdAt: new Date().toISOString(),
    }),
  );
}

describe("holds on content that processes share", () => {
  test("keep another process from removing it until each is released", async () => {
    await Promise.all([here.hold(HASH), here.hold(HASH)]);
    here.release(HASH);
    await expect.poll(async () => (await holds()).length).toBe(1);
    await there.unlessNeeded(HASH, remove);
    expect(removals).toBe(0);
    here.release(HASH);
    await expect.poll(async () => (await holds()).length).toBe(0);
    await there.unlessNeeded(HASH, remove);
    expect(removals).toBe(1);
  });

  test("do not concern other content", async () => {
    await here.hold(HASH);
    await there.unlessNeeded("cd".repeat(32), remove);
    expect(removals).toBe(1);
  });

  test("are not needed any more once a row names it", async () => {
    await here.hold(HASH);
    await name(HASH);
    here.release(HASH);
    await there.unlessNeeded(HASH, remove);
    expect(removals).toBe(0);
  });

  test("wait for a removal that is under way, so that the content is stored after it", async () => {
    const order: string[] = [];
    const begun = Promise.withResolvers<void>();
    const removal = there.unlessNeeded(HASH, async () => {
      begun.resolve();
      // Until the other has asked for the lock; it cannot have it.
      await expect.poll(async () => (await waitingForLock()).length).toBe(1);
      order.push("removed");
    });
    await begun.promise;
    const holding = here.hold(HASH).then(() => order.push("held"));
    await Promise.all([removal, holding]);
    expect(order).toEqual(["removed", "held"]);
  });

  test("of a process that has died end by themselves", async () => {
    await here.hold(HASH);
    await store.db.updateTable("artifact_holds").set({ held_until: "2026-01-01T00:00:00.000Z" }).execute();
    await there.unlessNeeded(HASH, remove);
    expect(removals).toBe(1);
    // It stays written down for whoever removes what nobody names.
    expect(await holds()).toHaveLength(1);
  });
});

async function waitingForLock(): Promise<unknown[]> {
  const { rows } = await sql`select 1 from pg_locks l join pg_database d on d.oid = l.database
    where l.locktype = 'advisory' and not l.granted and d.datname = current_database()`.execute(store.db);
  return rows;
}
