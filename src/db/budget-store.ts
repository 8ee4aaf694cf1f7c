import { sql } from "kysely";
import type { NanoUsd } from "../workflow/money.ts";
import type { Db, Trx } from "./database.ts";
import { prepared, remembered, type Given } from "./prepared.ts";

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

/** A budget with the cap that holds for it now (null: none). */
export interface CappedBudget extends BudgetKey {
  capNanoUsd: NanoUsd | null;
}

const created = prepared((db, given: Given<BudgetKey & { capNanoUsd: NanoUsd | null }>) =>
  db
    .insertInto("budgets")
    .values({ scope: given("scope"), period: given("period"), cap_nano_usd: given("capNanoUsd") })
    .compile(),
);

export async function createBudget(trx: Trx, key: BudgetKey, capNanoUsd: NanoUsd | null): Promise<void> {
  await created(trx, { ...key, capNanoUsd });
}

/** By how many budgets there are. */
const reservedIn = remembered((count: number) =>
  prepared<Record<string, string | number | null>, BudgetKey>((db, given) => {
    const rows = Array.from(
      { length: count },
      (_, index) =>
        sql`(${given(`scope${index}`)}, ${given(`period${index}`)}, ${given(`cap${index}`)}, ${given("amount")})`,
    );
    return sql<BudgetKey>`
      insert into budgets (scope, period, cap_nano_usd, reserved_nano_usd) values ${sql.join(rows)}
      on conflict (scope, period) do update set
        cap_nano_usd = excluded.cap_nano_usd,
        reserved_nano_usd = budgets.reserved_nano_usd + excluded.reserved_nano_usd
      where excluded.cap_nano_usd is null
        or budgets.reserved_nano_usd + budgets.spent_nano_usd + excluded.reserved_nano_usd <= excluded.cap_nano_usd
      returning scope, period`.compile(db);
  }),
);

/**
 * Sets an amount aside in budgets, which are made where they are not there; gives those that took it: where some
 * did not, it is for the caller to put it back into these. One statement, because every call of every process waits for the
 * same rows; they are taken in the order given, which has to be the same everywhere. A row keeps the cap that it was last
 * held to, for who reads the table.
 */
export async function reserveIn(
  trx: Trx,
  budgets: readonly CappedBudget[],
  amount: NanoUsd,
): Promise<BudgetKey[]> {
  // A row that is not there yet has nothing to be held against but its cap.
  if (budgets.some(({ capNanoUsd }) => capNanoUsd !== null && amount > capNanoUsd)) return [];
  const values = budgets.flatMap(({ scope, period, capNanoUsd }, index) => [
    [`scope${index}`, scope],
    [`period${index}`, period],
    [`cap${index}`, capNanoUsd],
  ]);
  return (await reservedIn(budgets.length)(trx, { amount, ...Object.fromEntries(values) })).rows;
}

/** What a budget changes by when calls are settled or released. */
export interface BudgetChange extends BudgetKey {
  /** Taken from what is set aside. */
  reservedNanoUsd: NanoUsd;
  /** Added to what is spent; may be more than was reserved, and is recorded in full. */
  spentNanoUsd: NanoUsd;
}

const settledIn = remembered((count: number) =>
  prepared<Record<string, string | number>, never>((db, given) => {
    const rows = Array.from(
      { length: count },
      (_, index) =>
        sql`(${given(`scope${index}`)}, ${given(`period${index}`)}, ${given(`reserved${index}`)}, ${given(`spent${index}`)})`,
    );
    return sql<never>`
      insert into budgets (scope, period, reserved_nano_usd, spent_nano_usd) values ${sql.join(rows)}
      on conflict (scope, period) do update set
        reserved_nano_usd = budgets.reserved_nano_usd + excluded.reserved_nano_usd,
        spent_nano_usd = budgets.spent_nano_usd + excluded.spent_nano_usd`.compile(db);
  }),
);

/** Settles in several budgets at once, in the order given; one that is not there is made. */
export async function settleIn(trx: Trx, changes: readonly BudgetChange[]): Promise<void> {
  if (changes.length === 0) return;
  const values = changes.flatMap(({ scope, period, reservedNanoUsd, spentNanoUsd }, index) => [
    [`scope${index}`, scope],
    [`period${index}`, period],
    [`reserved${index}`, -reservedNanoUsd],
    [`spent${index}`, spentNanoUsd],
  ]);
  await settledIn(changes.length)(trx, Object.fromEntries(values));
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
