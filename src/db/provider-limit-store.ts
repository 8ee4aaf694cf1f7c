import { sql } from "kysely";
import type { Db, Trx } from "./database.ts";
import { prepared, type Given } from "./prepared.ts";
import { BY_PARTY, PARTY, type Party } from "./party.ts";

/** How a provider has to be spared since it turned calls away; all null where it never did. Times are ISO. */
export interface ProviderPace {
  /** No call leaves before this time. */
  blockedUntil: string | null;
  /** How many calls were allowed at once at `slowedAt`. */
  slowedTo: number | null;
  slowedAt: string | null;
}

/** Spelled out as the index on them does it: SQLite takes that index for nothing else. */
const IS_OPEN = sql<boolean>`attempts.status in ('reserved', 'sent', 'submitted')`;
const PACE = ["blocked_until as blockedUntil", "slowed_to as slowedTo", "slowed_at as slowedAt"] as const;

const paceOf = prepared((db, given: Given<{ provider: string }>) =>
  db.selectFrom("provider_paces").select(PACE).where("provider", "=", given("provider")).compile(),
);

/** The pace of a provider; undefined where it is neither limited nor has turned a call away yet. */
export async function getPace(db: Db, provider: string): Promise<ProviderPace | undefined> {
  return (await paceOf(db, { provider })).rows[0];
}

/** The same, held until the transaction ends: what is read of the provider's calls after it stays true that long. */
export async function lockPace(trx: Trx, provider: string): Promise<ProviderPace> {
  return await trx
    .insertInto("provider_paces")
    .values({ provider, blocked_until: null, slowed_to: null, slowed_at: null })
    // A write that changes nothing, which waits for who holds the row.
    .onConflict((conflict) => conflict.column("provider").doUpdateSet({ provider }))
    .returning(PACE)
    .executeTakeFirstOrThrow();
}

export async function setPace(trx: Trx, provider: string, pace: ProviderPace): Promise<void> {
  await trx
    .updateTable("provider_paces")
    .set({ blocked_until: pace.blockedUntil, slowed_to: pace.slowedTo, slowed_at: pace.slowedAt })
    .where("provider", "=", provider)
    .execute();
}

/** How many calls are under way at a provider, for each execution that has some. */
export async function countCallsUnderWay(db: Db, provider: string): Promise<(Party & { calls: number })[]> {
  return await db
    .selectFrom("attempts")
    .innerJoin("workflow_executions", "workflow_executions.id", "attempts.execution_id")
    .select(PARTY)
    .select((eb) => eb.fn.countAll<number>().as("calls"))
    .where("attempts.provider", "=", provider)
    .where(IS_OPEN)
    .groupBy(BY_PARTY)
    .execute();
}

/** How many calls are under way, by provider. */
export async function countOpenCalls(db: Db): Promise<{ provider: string; count: number }[]> {
  return await db
    .selectFrom("attempts")
    .select((eb) => ["provider", eb.fn.countAll<number>().as("count")])
    .where(IS_OPEN)
    .groupBy("provider")
    .orderBy("provider")
    .execute();
}

/** The calls to a provider that were begun after `since`: how many, and when the one was that is `nth` from the newest. */
export async function countCallsSince(
  db: Db,
  provider: string,
  { since, nth }: { since: string; nth: number },
): Promise<{ calls: number; nthAt: string | null }> {
  const begun = db
    .selectFrom("attempts")
    .where("provider", "=", provider)
    .where("created_at", ">", since)
    .where("status", "<>", "released");
  const { calls } = await begun
    .select((eb) => eb.fn.countAll<number>().as("calls"))
    .executeTakeFirstOrThrow();
  if (calls < nth) return { calls, nthAt: null };
  const row = await begun
    .select("created_at")
    .orderBy("created_at", "desc")
    .limit(1)
    .offset(nth - 1)
    .executeTakeFirst();
  return { calls, nthAt: row?.created_at ?? null };
}

/** Says that a call was turned away together with others of Relais, so that it counts as no try of its step. */
export async function markCrowdedOut(trx: Trx, attemptId: string): Promise<void> {
  await trx.updateTable("attempts").set({ is_crowded_out: 1 }).where("id", "=", attemptId).execute();
}

/** When a call was begun, and how many of the calls of its step before it were crowded out, from number `after` + 1 on. */
export async function getTries(
  trx: Trx,
  attemptId: string,
  after: number,
): Promise<{ createdAt: string; crowdedOut: number }> {
  return await trx
    .selectFrom("attempts")
    .select((eb) => [
      "created_at as createdAt",
      eb
        .selectFrom("attempts as earlier")
        .whereRef("earlier.execution_id", "=", "attempts.execution_id")
        .whereRef("earlier.step_number", "=", "attempts.step_number")
        .whereRef("earlier.item", "=", "attempts.item")
        .where("earlier.number", ">", after)
        .select(sql<number>`coalesce(sum(is_crowded_out), 0)`.as("count"))
        .$asScalar()
        .$notNull()
        .as("crowdedOut"),
    ])
    .where("id", "=", attemptId)
    .executeTakeFirstOrThrow();
}
