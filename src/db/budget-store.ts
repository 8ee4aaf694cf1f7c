import { sql } from "kysely";
import type { NanoUsd } from "../workflow/money.ts";
import type { Db, Trx } from "./database.ts";

/**
 * Which money a budget row counts: `execution:12` with an empty period; `all`, `workflow:3` or `template:…` with a day
 * (`2026-11-22`), a month (`2026-11`) or, for all time, an empty period.
 */
export interface BudgetKey {
  scope: string;
  period: string;
}

export interface Budget {
  capNanoUsd: NanoUsd | null;
  reservedNanoUsd: NanoUsd;
  spentNanoUsd: NanoUsd;
}

/** A budget that many executions share, with the cap that holds for it now (null: none). */
export interface SharedBudget extends BudgetKey {
  capNanoUsd: NanoUsd | null;
}

export async function createBudget(trx: Trx, key: BudgetKey, capNanoUsd: NanoUsd | null): Promise<void> {
  await trx
    .insertInto("budgets")
    .values({ ...key, cap_nano_usd: capNanoUsd })
    .execute();
}

/** Sets an amount aside; false, and nothing changed, where it does not fit under the cap. */
export async function reserve(trx: Trx, key: BudgetKey, amount: NanoUsd): Promise<boolean> {
  const result = await trx
    .updateTable("budgets")
    .set({ reserved_nano_usd: sql`reserved_nano_usd + ${amount}` })
    .where("scope", "=", key.scope)
    .where("period", "=", key.period)
    .where((eb) =>
      eb.or([
        eb("cap_nano_usd", "is", null),
        sql<boolean>`reserved_nano_usd + spent_nano_usd + ${amount} <= cap_nano_usd`,
      ]),
    )
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/**
 * Sets an amount aside in shared budgets, which are made where they are not there, whether it fits or not: in those that have a cap
 * in shard 0, so that all who are held to a cap come one after the other, in the others in the shard given. To be followed
 * by `overdrawnOf`, and put back by `settleShared` where it did not fit. The rows are taken in the order of the budgets, which has
 * to be the same everywhere. A row keeps the cap that it was last held to, for who reads the table.
 */
export async function reserveShared(
  trx: Trx,
  budgets: readonly SharedBudget[],
  { amount, shard }: { amount: NanoUsd; shard: number },
): Promise<void> {
  await trx
    .insertInto("budgets")
    .values(
      budgets.map(({ scope, period, capNanoUsd }) => ({
        scope,
        period,
        shard: shardUnder(capNanoUsd, shard),
        cap_nano_usd: capNanoUsd,
        reserved_nano_usd: amount,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(["scope", "period", "shard"]).doUpdateSet((eb) => ({
        cap_nano_usd: eb.ref("excluded.cap_nano_usd"),
        reserved_nano_usd: eb("budgets.reserved_nano_usd", "+", eb.ref("excluded.reserved_nano_usd")),
      })),
    )
    .execute();
}

/** The shard in which calls are set aside that are held to a cap; where there is none, one of those in which they do not meet. */
export function shardUnder(capNanoUsd: NanoUsd | null, shard: number): number {
  return capNanoUsd === null ? shard : 0;
}

/**
 * The first of some budgets that holds more than its cap. Asked after `reserveShared`, whose rows are held: no other call
 * that is held to these caps comes between.
 */
export async function overdrawnOf(
  trx: Trx,
  budgets: readonly SharedBudget[],
): Promise<SharedBudget | undefined> {
  const capped = budgets.filter(({ capNanoUsd }) => capNanoUsd !== null);
  if (capped.length === 0) return undefined;
  const rows = await trx
    .selectFrom("budgets")
    .select(["scope", "period"])
    .select(sql<NanoUsd>`cast(sum(reserved_nano_usd + spent_nano_usd) as bigint)`.as("usedNanoUsd"))
    .where((eb) => eb.or(capped.map(({ scope, period }) => eb.and({ scope, period }))))
    .groupBy(["scope", "period"])
    .execute();
  return capped.find(({ scope, period, capNanoUsd }) => {
    const row = rows.find((one) => one.scope === scope && one.period === period);
    return row !== undefined && capNanoUsd !== null && row.usedNanoUsd > capNanoUsd;
  });
}

/** What a budget changes by when calls are settled or released. */
export interface BudgetChange extends BudgetKey {
  shard: number;
  /** Taken from what is set aside. */
  reservedNanoUsd: NanoUsd;
  /** Added to what is spent; may be more than was reserved, and is recorded in full. */
  spentNanoUsd: NanoUsd;
}

/** Settles in several shared budgets at once, in the order given; one that is not there is made. */
export async function settleShared(trx: Trx, changes: readonly BudgetChange[]): Promise<void> {
  if (changes.length === 0) return;
  await trx
    .insertInto("budgets")
    .values(
      changes.map((change) => ({
        scope: change.scope,
        period: change.period,
        shard: change.shard,
        cap_nano_usd: null,
        reserved_nano_usd: -change.reservedNanoUsd,
        spent_nano_usd: change.spentNanoUsd,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(["scope", "period", "shard"]).doUpdateSet((eb) => ({
        reserved_nano_usd: eb("budgets.reserved_nano_usd", "+", eb.ref("excluded.reserved_nano_usd")),
        spent_nano_usd: eb("budgets.spent_nano_usd", "+", eb.ref("excluded.spent_nano_usd")),
      })),
    )
    .execute();
}

/** Turns a reservation into what was spent; `spent` may be more than was reserved, and is recorded in full. */
export async function settleReservation(
  trx: Trx,
  key: BudgetKey,
  amounts: { reserved: NanoUsd; spent: NanoUsd },
): Promise<void> {
  await trx
    .updateTable("budgets")
    .set({
      reserved_nano_usd: sql`reserved_nano_usd - ${amounts.reserved}`,
      spent_nano_usd: sql`spent_nano_usd + ${amounts.spent}`,
    })
    .where("scope", "=", key.scope)
    .where("period", "=", key.period)
    .execute();
}

export async function setCap(trx: Trx, key: BudgetKey, capNanoUsd: NanoUsd): Promise<void> {
  await trx
    .updateTable("budgets")
    .set({ cap_nano_usd: capNanoUsd })
    .where("scope", "=", key.scope)
    .where("period", "=", key.period)
    .execute();
}

/** What a budget counts in all its shards; undefined where nothing was counted in it. */
export async function getBudget(db: Db, key: BudgetKey): Promise<Budget | undefined> {
  const rows = await db
    .selectFrom("budgets")
    .select([
      "cap_nano_usd as capNanoUsd",
      "reserved_nano_usd as reservedNanoUsd",
      "spent_nano_usd as spentNanoUsd",
    ])
    .where("scope", "=", key.scope)
    .where("period", "=", key.period)
    .orderBy("shard")
    .execute();
  const [first] = rows;
  return (
    first && {
      capNanoUsd: first.capNanoUsd,
      reservedNanoUsd: rows.reduce((sum, row) => sum + row.reservedNanoUsd, 0),
      spentNanoUsd: rows.reduce((sum, row) => sum + row.spentNanoUsd, 0),
    }
  );
}
