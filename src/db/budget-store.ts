import { sql } from "kysely";
import type { NanoUsd } from "../workflow/money.ts";
import type { Db, Trx } from "./database.ts";

/** Which money a budget row counts. An execution's scope is `execution:12` with an empty period. */
export interface BudgetKey {
  scope: string;
  period: string;
}

export interface Budget {
  capNanoUsd: NanoUsd | null;
  reservedNanoUsd: NanoUsd;
  spentNanoUsd: NanoUsd;
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
