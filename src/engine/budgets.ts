import {
  getBudget,
  overdrawnOf,
  reserve,
  reserveShared,
  settleReservation,
  settleShared,
  shardUnder,
  type BudgetChange,
  type BudgetKey,
  type SharedBudget,
} from "../db/budget-store.ts";
import { PERIOD_KINDS, type PeriodKind } from "../db/cap-store.ts";
import type { Db, Trx } from "../db/database.ts";
import type { Cost, NanoUsd } from "../workflow/money.ts";

/** The scope of what everything together may spend. */
export const ALL = "all";

/** The budget of one execution. */
export function budgetOf(executionId: number): BudgetKey {
  return { scope: `execution:${executionId}`, period: "" };
}

/** The budgets' name of the workflow or template that an execution is of; null: of none. */
export function scopeOf(source: { workflowId: number | null; templateId: string | null }): string | null {
  if (source.workflowId !== null) return `workflow:${source.workflowId}`;
  return source.templateId === null ? null : `template:${source.templateId}`;
}

/** Whether a budget counts what several executions spend. */
export function isShared(scope: string): boolean {
  return !scope.startsWith("execution:");
}

/** How many characters of an ISO time name a period of each kind. */
const LETTERS: Record<PeriodKind, number> = { day: "2026-11-22".length, month: "2026-11".length, total: 0 };

/** The period of a kind that a time falls into, as budgets name it: `2026-11-22`, `2026-11`, or empty for all time. */
export function periodAt(kind: PeriodKind, time: string): string {
  return time.slice(0, LETTERS[kind]);
}

/** Which kind of period a budget's is. */
export function kindOf(period: string): PeriodKind {
  return PERIOD_KINDS.find((kind) => period.length === LETTERS[kind]) ?? "total";
}

/** When a period of a kind begins anew after a time; null: never. */
export function nextPeriodAt(kind: PeriodKind, time: string): string | null {
  if (kind === "total") return null;
  const next = new Date(`${periodAt("day", time)}T00:00:00.000Z`);
  if (kind === "day") next.setUTCDate(next.getUTCDate() + 1);
  else next.setUTCMonth(next.getUTCMonth() + 1, 1);
  return next.toISOString();
}

/**
 * The budgets beside that of its execution in which a call counts, in the one order in which all transactions take
 * them, so that none waits for another in a circle: the narrow ones first, because everybody waits for the widest.
 */
export function sharedKeys(call: { budgetScope: string | null; createdAt: string }): BudgetKey[] {
  const scopes = call.budgetScope === null ? [ALL] : [call.budgetScope, ALL];
  return scopes.flatMap((scope) =>
    PERIOD_KINDS.map((kind) => ({ scope, period: periodAt(kind, call.createdAt) })),
  );
}

/** A shared budget is counted in so many rows beside that of calls which are held to a cap. */
const SHARDS = 16;

/** Where a call counts that is held to no cap, by the millisecond in which it was reserved: any would do. */
function shardOf(createdAt: string): number {
  return 1 + (Date.parse(createdAt) % SHARDS);
}

/** Says which caps hold now for some scopes. */
export interface CapReader {
  /** The cap of each budget key; null where it has none. */
  capsOf(trx: Trx, keys: readonly BudgetKey[]): Promise<SharedBudget[]>;
}

export type BudgetOutcome =
  | { state: "reserved"; amountNanoUsd: NanoUsd }
  /** Does not fit into this budget; nothing is set aside in any. */
  | { state: "full"; budget: BudgetKey; amountNanoUsd: NanoUsd }
  /** Its price is not known, and some cap is to be held. */
  | { state: "unpriced" };

/** Sets the worst case of a call aside in every budget concerned, or in none. What is free touches none. */
export async function reserveCall(
  trx: Trx,
  call: {
    executionId: number;
    budgetScope: string | null;
    worstCase: Cost;
    unpriced: "refuse" | "allow";
    caps: CapReader;
    now: string;
  },
): Promise<BudgetOutcome> {
  const { executionId, budgetScope, worstCase, now } = call;
  if (worstCase.nanoUsd === 0) return { state: "reserved", amountNanoUsd: 0 };
  const own = budgetOf(executionId);
  const shared = await call.caps.capsOf(trx, sharedKeys({ budgetScope, createdAt: now }));
  if (worstCase.nanoUsd === null && call.unpriced === "refuse") {
    const ownCap = (await getBudget(trx, own))?.capNanoUsd ?? null;
    if ([ownCap, ...shared.map(({ capNanoUsd }) => capNanoUsd)].some((cap) => cap !== null)) {
      return { state: "unpriced" };
    }
  }
  const amountNanoUsd = worstCase.nanoUsd ?? 0;
  if (!(await reserve(trx, own, amountNanoUsd))) return { state: "full", budget: own, amountNanoUsd };
  const shard = shardOf(now);
  await reserveShared(trx, shared, { amount: amountNanoUsd, shard });
  const full = await overdrawnOf(trx, shared);
  if (!full) return { state: "reserved", amountNanoUsd };
  await settleReservation(trx, own, { reserved: amountNanoUsd, spent: 0 });
  await settleShared(
    trx,
    shared.map(({ capNanoUsd, ...key }) => ({
      ...key,
      shard: shardUnder(capNanoUsd, shard),
      reservedNanoUsd: amountNanoUsd,
      spentNanoUsd: 0,
    })),
  );
  return { state: "full", budget: { scope: full.scope, period: full.period }, amountNanoUsd };
}

/** How much fits into a budget; less than nothing where more was spent than its cap. */
export async function leftIn(db: Db, budget: SharedBudget): Promise<NanoUsd> {
  if (budget.capNanoUsd === null) return Infinity;
  const row = await getBudget(db, budget);
  return budget.capNanoUsd - (row?.reservedNanoUsd ?? 0) - (row?.spentNanoUsd ?? 0);
}

/** A call as the budgets remember it: those that it was set aside in are those that it is settled in, whatever day it is. */
export interface ChargedCall {
  reservedNanoUsd: NanoUsd;
  budgetScope: string | null;
  createdAt: string;
}

/**
 * Settles calls in the budgets that they share with other executions. To be done last in a transaction, and for all its
 * calls at once: until its end every other call waits for these rows.
 */
export async function settleSharedBudgets(
  trx: Trx,
  calls: readonly { call: ChargedCall; spentNanoUsd: NanoUsd }[],
): Promise<void> {
  const changes = new Map<string, BudgetChange>();
  for (const { call, spentNanoUsd } of calls) {
    const { reservedNanoUsd } = call;
    if (reservedNanoUsd === 0 && spentNanoUsd === 0) continue;
    const shard = shardOf(call.createdAt);
    for (const key of sharedKeys(call)) {
      const name = `${key.scope} ${key.period} ${shard}`;
      const before = changes.get(name) ?? { ...key, reservedNanoUsd: 0, spentNanoUsd: 0 };
      changes.set(name, {
        ...key,
        shard,
        reservedNanoUsd: before.reservedNanoUsd + reservedNanoUsd,
        spentNanoUsd: before.spentNanoUsd + spentNanoUsd,
      });
    }
  }
  await settleShared(trx, [...changes.values()].toSorted(byLockOrder));
}

/** The order of `sharedKeys`, for budgets of several days. */
function byLockOrder(one: BudgetChange, other: BudgetChange): number {
  const isAll = Number(one.scope === ALL) - Number(other.scope === ALL);
  if (isAll !== 0) return isAll;
  if (one.scope !== other.scope) return one.scope < other.scope ? -1 : 1;
  const kinds = PERIOD_KINDS.indexOf(kindOf(one.period)) - PERIOD_KINDS.indexOf(kindOf(other.period));
  if (kinds !== 0) return kinds;
  if (one.period !== other.period) return one.period < other.period ? -1 : 1;
  return one.shard - other.shard;
}
