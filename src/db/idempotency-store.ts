import type { Db } from "./database.ts";
import { fromJson, toJson } from "./json-column.ts";

/** For how long the same key gives the first answer again. */
export const KEPT_DAYS = 30;

/** An `Idempotency-Key` on one route, for instance `POST /api/combinations/execute`. */
export interface IdempotencyKey {
  key: string;
  route: string;
}

/** An answer as it is given again. */
export interface StoredAnswer {
  body: string;
  contentType: string | null;
  location: string | null;
}

export type IdempotencyClaim =
  /** The key is ours: nobody has used it before. */
  | { state: "new" }
  /** Another body was sent with this key. */
  | { state: "other_request" }
  /** The first request has no answer yet: it is under way, or its process ended before it could be stored. */
  | { state: "unanswered" }
  | { state: "answered"; status: number; answer: StoredAnswer };

/** Claims a key for a request; of several requests at once exactly one gets `new`. */
export async function claimIdempotencyKey(
  db: Db,
  key: IdempotencyKey,
  request: { hash: string; now: string },
): Promise<IdempotencyClaim> {
  const inserted = await db
    .insertInto("idempotency_keys")
    .values({ ...key, request_hash: request.hash, answer: null, created_at: request.now })
    .onConflict((conflict) => conflict.columns(["key", "route"]).doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows === 1n) return { state: "new" };
  const row = await db
    .selectFrom("idempotency_keys")
    .selectAll()
    .where("key", "=", key.key)
    .where("route", "=", key.route)
    .executeTakeFirst();
  // The first request has failed and freed the key in between; whoever sends it again gets it.
  if (!row) return { state: "unanswered" };
  if (row.request_hash !== request.hash) return { state: "other_request" };
  if (row.answer === null) return { state: "unanswered" };
  return { state: "answered", status: row.status, answer: fromJson<StoredAnswer>(row.answer) };
}

/** Keeps the answer of the request that claimed the key. */
export async function keepAnswer(
  db: Db,
  key: IdempotencyKey,
  answer: StoredAnswer & { status: number },
): Promise<void> {
  const { status, ...stored } = answer;
  await db
    .updateTable("idempotency_keys")
    .set({ status, answer: toJson(stored) })
    .where("key", "=", key.key)
    .where("route", "=", key.route)
    .execute();
}

/** Frees a key whose request was refused, so that a corrected one may use it. */
export async function freeIdempotencyKey(db: Db, key: IdempotencyKey): Promise<void> {
  await db.deleteFrom("idempotency_keys").where("key", "=", key.key).where("route", "=", key.route).execute();
}

/** Forgets keys that were claimed before this time. */
export async function forgetIdempotencyKeysBefore(db: Db, time: string): Promise<void> {
  await db.deleteFrom("idempotency_keys").where("created_at", "<", time).execute();
}
