import { sql } from "kysely";
import type { NanoUsd } from "../workflow/money.ts";
import type { BudgetKey } from "./budget-store.ts";
import type { Db, Trx } from "./database.ts";
import { prepared, remembered, type Given } from "./prepared.ts";
import type { StepKey } from "../workflow/definition.ts";

/** How long a cap counts before it begins anew; `total` never does. Days and months are UTC. */
export const PERIOD_KINDS = ["day", "month", "total"] as const;
export type PeriodKind = (typeof PERIOD_KINDS)[number];

/** The most that may be spent by everything (`all`) or by one workflow or template, in each of its periods. */
export interface CapKey {
  scope: string;
  periodKind: PeriodKind;
}

/** A cap that a person has set. */
export interface StoredCap extends CapKey {
  capNanoUsd: NanoUsd;
}

const STORED = ["scope", "period_kind as periodKind", "cap_nano_usd as capNanoUsd"] as const;

/** By how many scopes there are. */
const storedOf = remembered((count: number) =>
  prepared((db, given: Given<Record<string, string>>) =>
    db
      .selectFrom("caps")
      .select(STORED)
      .where(
        "scope",
        "in",
        Array.from({ length: count }, (_, index) => given(`scope${index}`)),
      )
      .orderBy("scope")
      .compile(),
  ),
);

/** The caps that a person has set, of these scopes or of all of them. */
export async function listStoredCaps(db: Db, scopes?: readonly string[]): Promise<StoredCap[]> {
  if (!scopes) return await db.selectFrom("caps").select(STORED).orderBy("scope").execute();
  const values = scopes.map((scope, index) => [`scope${index}`, scope]);
  return (await storedOf(scopes.length)(db, Object.fromEntries(values))).rows;
}

/** Sets a cap, or takes it off (null). */
export async function storeCap(
  trx: Trx,
  key: CapKey,
  { capNanoUsd, now }: { capNanoUsd: NanoUsd | null; now: string },
): Promise<void> {
  if (capNanoUsd === null) {
    await trx
      .deleteFrom("caps")
      .where("scope", "=", key.scope)
      .where("period_kind", "=", key.periodKind)
      .execute();
    return;
  }
  const values = { cap_nano_usd: capNanoUsd, updated_at: now };
  await trx
    .insertInto("caps")
    .values({ scope: key.scope, period_kind: key.periodKind, ...values })
    .onConflict((conflict) => conflict.columns(["scope", "period_kind"]).doUpdateSet(values))
    .execute();
}

/** Not a parameter: SQLite takes the index of what waits only where it sees the value. */
const WAITS_FOR_CAP = sql<boolean>`waiting_reason = 'cap'`;

/** Shared budgets into which some step does not fit. */
export async function listAwaitedBudgets(db: Db): Promise<BudgetKey[]> {
  const rows = await db
    .selectFrom("step_runs")
    .select(["waiting_scope as scope", "waiting_period as period"])
    .distinct()
    .where(WAITS_FOR_CAP)
    .where("status", "=", "waiting")
    .where("waiting_scope", "not like", "execution:%")
    .execute();
  return rows.flatMap(({ scope, period }) => (scope === null || period === null ? [] : [{ scope, period }]));
}

/** A step that waits for a cap, and how much it needs. */
export interface CapWaiter extends StepKey {
  executionId: number;
  amountNanoUsd: NanoUsd;
}

/** Steps that wait for room in a budget and need no more than `atMost` (null: whatever they need), the oldest first. */
export async function listCapWaiters(
  db: Db,
  key: BudgetKey,
  page: { atMost: NanoUsd | null; afterExecutionId: number; limit: number },
): Promise<CapWaiter[]> {
  let query = db
    .selectFrom("step_runs")
    .select([
      "execution_id as executionId",
      "step_number as stepNumber",
      "item",
      "waiting_amount_nano_usd as amountNanoUsd",
    ])
    .where(WAITS_FOR_CAP)
    .where("status", "=", "waiting")
    .where("waiting_scope", "=", key.scope)
    .where("waiting_period", "=", key.period)
    .where("execution_id", ">", page.afterExecutionId);
  if (page.atMost !== null) query = query.where("waiting_amount_nano_usd", "<=", page.atMost);
  const rows = await query
    .orderBy("execution_id")
    .orderBy("step_number")
    .orderBy("item")
    .limit(page.limit)
    .execute();
  return rows.map(({ amountNanoUsd, ...waiter }) =>
    Object.assign(waiter, { amountNanoUsd: amountNanoUsd ?? 0 }),
  );
}

/** How many executions wait for room in a budget, and how much their steps need together; null where none does. */
export async function sumCapWaiters(
  db: Db,
  key: BudgetKey,
): Promise<{ executions: number; amountNanoUsd: NanoUsd | null }> {
  const sum = await db
    .selectFrom("step_runs")
    .select([
      (eb) => eb.fn.count<number>("execution_id").distinct().as("executions"),
      sql<number | null>`cast(sum(waiting_amount_nano_usd) as bigint)`.as("amountNanoUsd"),
    ])
    .where(WAITS_FOR_CAP)
    .where("status", "=", "waiting")
    .where("waiting_scope", "=", key.scope)
    .where("waiting_period", "=", key.period)
    .executeTakeFirstOrThrow();
  return sum;
}
