import { randomUUID } from "node:crypto";
import type { Db, Trx } from "./database.ts";
import type { Writer } from "./writer.ts";

/** Far longer than the time from storing a file to naming it; a hold whose process died keeps a file no longer. */
const HOLD_MS = 24 * 60 * 60 * 1000;

/** A hold on stored content whose process has died. */
export interface LapsedHold {
  id: string;
  hash: string;
}

/** Writes down that content is held; `id` is new, so that a write which is repeated writes once. */
export async function insertHold(trx: Trx, { id, hash }: LapsedHold): Promise<void> {
  await trx
    .insertInto("artifact_holds")
    .values({ id, hash, held_until: new Date(Date.now() + HOLD_MS).toISOString() })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
}

/** Writes a hold down in a transaction of its own; gives what takes it away again. */
export async function writeHoldDown(writer: Writer, hash: string): Promise<() => void> {
  const id = randomUUID();
  await writer.write((trx) => insertHold(trx, { id, hash }));
  return () => void takeHoldAway(writer, id);
}

/** Where this fails the hold ends by itself, later. */
export async function takeHoldAway(writer: Writer, id: string): Promise<void> {
  await writer.write((trx) => deleteHold(trx, id)).catch(() => undefined);
}

export async function deleteHold(db: Db | Trx, id: string): Promise<void> {
  await db.deleteFrom("artifact_holds").where("id", "=", id).execute();
}

/** For a process that alone uses this database, before it holds anything: who held something is dead. */
export async function lapseAllHolds(db: Db): Promise<void> {
  await db.updateTable("artifact_holds").set({ held_until: "" }).execute();
}

/** What is held no longer although nobody has let go of it, at most so many. */
export async function listLapsedHolds(db: Db, time: string, limit: number): Promise<LapsedHold[]> {
  return await db
    .selectFrom("artifact_holds")
    .select(["id", "hash"])
    .where("held_until", "<", time)
    .limit(limit)
    .execute();
}
