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
 * Sets an amount aside in shared budgets, which are made where they are not there; gives those that took it: where some
 * did not, it is for the caller to put it back into these. One statement, because every call of every process waits for the
 * same rows; they are taken in the order given, which has to be the same everywhere. A row keeps the cap that it was last
 * held to, for who reads the table.
 */
export async function reserveShared(
  trx: Trx,
  budgets: readonly SharedBudget[],
  amount: NanoUsd,
): Promise<BudgetKey[]> {
  // A row that is not there yet has nothing to be held against but its cap.
  if (budgets.some(({ capNanoUsd }) => capNanoUsd !== null && amount > capNanoUsd)) return [];
  return await trx
    .insertInto("budgets")
    .values(
      budgets.map(({ scope, period, capNanoUsd }) => ({
        scope,
        period,
        cap_nano_usd: capNanoUsd,
        reserved_nano_usd: amount,
      })),
    )
    .onConflict((conflict) =>
      conflict
        .columns(["scope", "period"])
        .doUpdateSet((eb) => ({
          cap_nano_usd: eb.ref("excluded.cap_nano_usd"),
          reserved_nano_usd: eb("budgets.reserved_nano_usd", "+", eb.ref("excluded.reserved_nano_usd")),
        }))
        .where((eb) =>
          eb.or([
            eb("excluded.cap_nano_usd", "is", null),
            sql<boolean>`budgets.reserved_nano_usd + budgets.spent_nano_usd + excluded.reserved_nano_usd <= excluded.cap_nano_usd`,
          ]),
        ),
    )
    .returning(["scope", "period"])
    .execute();
}

/** What a budget changes by when calls are settled or released. */
export interface BudgetChange extends BudgetKey {
  /** Taken from what is set aside. */
  reservedNanoUsd: NanoUsd;
  /** Added to what is spent; may be more than was reserved, and is recorded in full. */
  spentNanoUsd: NanoUsd;
}

/** Settles in several budgets at once, in the order given; one that is not there is made. */
export async function settleShared(trx: Trx, changes: readonly BudgetChange[]): Promise<void> {
  if (changes.length === 0) return;
  await trx
    .insertInto("budgets")
    .values(
      changes.map((change) => ({
        scope: change.scope,
        period: change.period,
        cap_nano_usd: null,
        reserved_nano_usd: -change.reservedNanoUsd,
        spent_nano_usd: change.spentNanoUsd,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(["scope", "period"]).doUpdateSet((eb) => ({
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

export async function getBudget(db: Db, key: BudgetKey): Promise<Budget | undefined> {
  const row = await db
    .selectFrom("budgets")
    .selectAll()
    .where("scope", "=", key.scope)
    .where("period", "=", key.period)
    .executeTakeFirst();
  return (
    row && {
      capNanoUsd: row.cap_nano_usd,
      reservedNanoUsd: row.reserved_nano_usd,
      spentNanoUsd: row.spent_nano_usd,
    }
  );
}
