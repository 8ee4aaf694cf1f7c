import { sql } from "kysely";
import type { NanoUsd } from "../workflow/money.ts";
import type { Db, Trx } from "./database.ts";
import { prepared, preparedRows, type Given } from "./prepared.ts";

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

/** A row of a budget: one that executions share is counted in several, of which most calls meet nobody else's in any. */
export interface BudgetRow extends BudgetKey {
  /** 0: that of calls which are held to a cap, and the only one of a budget that is not shared. */
  shard: number;
}

const reservedIn = preparedRows<
  [scope: string, period: string, shard: number, cap: NanoUsd | null, amount: NanoUsd]
>((rows, db) =>
  sql<never>`insert into budgets (scope, period, shard, cap_nano_usd, reserved_nano_usd) values ${rows}
    on conflict (scope, period, shard) do update set
      cap_nano_usd = excluded.cap_nano_usd,
      reserved_nano_usd = budgets.reserved_nano_usd + excluded.reserved_nano_usd`.compile(db),
);

/**
 * Sets an amount aside in budgets, which are made where they are not there, whether it fits or not: `overdrawnOf` says that
 * afterwards. The rows are taken in the order given, which has to be the same everywhere. A row keeps the cap that it was last
 * held to, for who reads the table.
 */
export async function reserveIn(
  trx: Trx,
  budgets: readonly (CappedBudget & BudgetRow)[],
  amount: NanoUsd,
): Promise<void> {
  await reservedIn(
    trx,
    budgets.map(({ scope, period, shard, capNanoUsd }) => [scope, period, shard, capNanoUsd, amount]),
  );
}

const usedOf = preparedRows<[scope: string, period: string], BudgetKey & { usedNanoUsd: NanoUsd }>(
  (rows, db) =>
    sql<BudgetKey & { usedNanoUsd: NanoUsd }>`select scope, period,
      cast(sum(reserved_nano_usd + spent_nano_usd) as bigint) as "usedNanoUsd"
    from budgets where (scope, period) in (values ${rows}) group by scope, period`.compile(db),
);

/**
 * The first of some budgets that holds more than its cap, all its rows together. To be asked after `reserveIn`, which holds the row
 * that all who are held to that cap take: so what they have set aside is seen, and none comes between.
 */
export async function overdrawnOf(
  trx: Trx,
  budgets: readonly CappedBudget[],
): Promise<BudgetKey | undefined> {
  const capped = budgets.filter(({ capNanoUsd }) => capNanoUsd !== null);
  if (capped.length === 0) return undefined;
  const { rows } = await usedOf(
    trx,
    capped.map(({ scope, period }) => [scope, period]),
  );
  const used = new Map(rows.map((row) => [`${row.scope} ${row.period}`, row.usedNanoUsd]));
  return capped.find(
    ({ scope, period, capNanoUsd }) => (used.get(`${scope} ${period}`) ?? 0) > (capNanoUsd ?? Infinity),
  );
}

/** What a budget changes by when calls are settled or released. */
export interface BudgetChange extends BudgetRow {
  /** Taken from what is set aside. */
  reservedNanoUsd: NanoUsd;
  /** Added to what is spent; may be more than was reserved, and is recorded in full. */
  spentNanoUsd: NanoUsd;
}

const settledIn = preparedRows<
  [scope: string, period: string, shard: number, reserved: NanoUsd, spent: NanoUsd]
>((rows, db) =>
  sql<never>`insert into budgets (scope, period, shard, reserved_nano_usd, spent_nano_usd) values ${rows}
    on conflict (scope, period, shard) do update set
      reserved_nano_usd = budgets.reserved_nano_usd + excluded.reserved_nano_usd,
      spent_nano_usd = budgets.spent_nano_usd + excluded.spent_nano_usd`.compile(db),
);

/** Settles in several budgets at once, in the order given; one that is not there is made. */
export async function settleIn(trx: Trx, changes: readonly BudgetChange[]): Promise<void> {
  if (changes.length === 0) return;
  await settledIn(
    trx,
    changes.map(({ scope, period, shard, reservedNanoUsd, spentNanoUsd }) => [
      scope,
      period,
      shard,
      -reservedNanoUsd,
      spentNanoUsd,
    ]),
  );
}

export async function setCap(trx: Trx, key: BudgetKey, capNanoUsd: NanoUsd): Promise<void> {
  await trx
    .updateTable("budgets")
    .set({ cap_nano_usd: capNanoUsd })
    .where("scope", "=", key.scope)
    .where("period", "=", key.period)
    .execute();
}

/** What a budget counts in all its rows; undefined where nothing was counted in it. */
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
