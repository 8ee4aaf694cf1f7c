import {
  getBudget,
  overdrawnOf,
  reserveIn,
  settleIn,
  type Budget,
  type BudgetChange,
  type BudgetKey,
  type CappedBudget,
} from "../db/budget-store.ts";
import { PERIOD_KINDS, type PeriodKind } from "../db/cap-store.ts";
import type { Db, Trx } from "../db/database.ts";
import type { Cost, NanoUsd } from "../workflow/money.ts";

/** The scope of what everything together may spend. */
export const ALL = "all";

const BATCH = "batch:";

/** The budget of one execution. */
export function budgetOf(executionId: number): BudgetKey {
  return { scope: `execution:${executionId}`, period: "" };
}

/** The budgets' name of the workflow or template that an execution is of; null: of none. */
export function scopeOf(source: { workflowId: number | null; templateId: string | null }): string | null {
  if (source.workflowId !== null) return `workflow:${source.workflowId}`;
  return source.templateId === null ? null : `template:${source.templateId}`;
}

/** The budgets' name of a batch: what all its executions together spend, for all time. */
export function scopeOfBatch(batchId: number): string {
  return `${BATCH}${batchId}`;
}

/** The batch whose budget it is; null: that of something else. */
export function batchOfScope(scope: string): number | null {
  return scope.startsWith(BATCH) ? Number(scope.slice(BATCH.length)) : null;
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
export function sharedKeys(call: CallOrigin & { createdAt: string }): BudgetKey[] {
  const { batchId, budgetScope, createdAt } = call;
  const batch = batchId === null ? [] : [{ scope: scopeOfBatch(batchId), period: "" }];
  const scopes = budgetScope === null ? [ALL] : [budgetScope, ALL];
  return [
    ...batch,
    ...scopes.flatMap((scope) => PERIOD_KINDS.map((kind) => ({ scope, period: periodAt(kind, createdAt) }))),
  ];
}

/** Whose budgets count a call, beside that of its execution and that of everything. */
export interface CallOrigin {
  /** Null: of no batch. */
  batchId: number | null;
  /** That of its workflow or template; null: of none. */
  budgetScope: string | null;
}

/** Says which caps hold now for some scopes. */
export interface CapReader {
  /** The cap of each budget key; null where it has none. */
  capsOf(trx: Trx, keys: readonly BudgetKey[]): Promise<CappedBudget[]>;
}

export type BudgetOutcome =
  | { state: "reserved"; amountNanoUsd: NanoUsd }
  /** Does not fit into this budget; nothing is set aside in any. */
  | { state: "full"; budget: BudgetKey; amountNanoUsd: NanoUsd }
  /** Its price is not known, and some cap is to be held. */
  | { state: "unpriced" };

/**
 * Sets the worst case of a call aside in every budget concerned, or in none; that of its execution, whose cap the caller
 * knows because it holds the execution, comes first. What is free touches none.
 */
export async function reserveCall(
  trx: Trx,
  call: {
    executionId: number;
    own: BudgetKey & Budget;
    origin: CallOrigin;
    worstCase: Cost;
    unpriced: "refuse" | "allow";
    caps: CapReader;
    now: string;
  },
): Promise<BudgetOutcome> {
  const { executionId, own, origin, worstCase, now } = call;
  if (worstCase.nanoUsd === 0) return { state: "reserved", amountNanoUsd: 0 };
  const budgets = [own, ...(await call.caps.capsOf(trx, sharedKeys({ ...origin, createdAt: now })))];
  if (worstCase.nanoUsd === null && call.unpriced === "refuse") {
    if (budgets.some(({ capNanoUsd }) => capNanoUsd !== null)) return { state: "unpriced" };
  }
  const amountNanoUsd = worstCase.nanoUsd ?? 0;
  if (amountNanoUsd > leftOf(own)) return { state: "full", budget: keyOnly(own), amountNanoUsd };
  const rows = budgets.map((budget) => ({
    ...budget,
    shard: shardOf(budget, { executionId, capNanoUsd: budget.capNanoUsd }),
  }));
  await reserveIn(trx, rows, amountNanoUsd);
  const full = await overdrawnOf(
    trx,
    budgets.filter(({ scope }) => isShared(scope)),
  );
  if (!full) return { state: "reserved", amountNanoUsd };
  await settleIn(
    trx,
    rows.map(({ scope, period, shard }) => ({
      scope,
      period,
      shard,
      reservedNanoUsd: amountNanoUsd,
      spentNanoUsd: 0,
    })),
  );
  return { state: "full", budget: keyOnly(full), amountNanoUsd };
}

/** How many rows a shared budget has for calls that are held to no cap. */
const SHARDS = 32;

/**
 * The row of a budget in which a call counts. Those that are held to a cap set aside in one, so that they come one after the
 * other; the others where those of executions that run at the same time seldom do.
 */
function shardOf(key: BudgetKey, call: { executionId: number; capNanoUsd: NanoUsd | null }): number {
  if (!isShared(key.scope) || call.capNanoUsd !== null) return 0;
  return 1 + (call.executionId % SHARDS);
}

/** How much fits into a budget; less than nothing where more was spent than its cap. */
export async function leftIn(db: Db, budget: CappedBudget): Promise<NanoUsd> {
  if (budget.capNanoUsd === null) return Infinity;
  const row = (await getBudget(db, budget)) ?? { reservedNanoUsd: 0, spentNanoUsd: 0 };
  return leftOf({ ...row, capNanoUsd: budget.capNanoUsd });
}

/** The same of a row that is known. */
export function leftOf({ capNanoUsd, reservedNanoUsd, spentNanoUsd }: Budget): NanoUsd {
  return (capNanoUsd ?? Infinity) - reservedNanoUsd - spentNanoUsd;
}

/** A call as the budgets remember it: those that it was set aside in are those that it is settled in, whatever day it is. */
export interface ChargedCall extends CallOrigin {
  reservedNanoUsd: NanoUsd;
  createdAt: string;
}

/**
 * Settles calls of one execution in its budget and in those that it shares with others. To be done last in a transaction, and
 * for all its calls at once: until its end every other call waits for these rows.
 */
export async function settleBudgets(
  trx: Trx,
  executionId: number,
  calls: readonly { call: ChargedCall; spentNanoUsd: NanoUsd }[],
): Promise<void> {
  const changes = new Map<string, BudgetChange>();
  for (const { call, spentNanoUsd } of calls) {
    const { reservedNanoUsd } = call;
    if (reservedNanoUsd === 0 && spentNanoUsd === 0) continue;
    for (const key of [budgetOf(executionId), ...sharedKeys(call)]) {
      // Settling needs no turn among those that are held to a cap.
      const shard = shardOf(key, { executionId, capNanoUsd: null });
      const name = `${key.scope} ${key.period}`;
      const before = changes.get(name) ?? { reservedNanoUsd: 0, spentNanoUsd: 0 };
      changes.set(name, {
        ...key,
        shard,
        reservedNanoUsd: before.reservedNanoUsd + reservedNanoUsd,
        spentNanoUsd: before.spentNanoUsd + spentNanoUsd,
      });
    }
  }
  await settleIn(trx, [...changes.values()].toSorted(byLockOrder));
}

/** That of the execution, then the order of `sharedKeys`, for budgets of several days. */
function byLockOrder(one: BudgetKey, other: BudgetKey): number {
  const width = widthOf(one.scope) - widthOf(other.scope);
  if (width !== 0) return width;
  if (one.scope !== other.scope) return one.scope < other.scope ? -1 : 1;
  const kinds = PERIOD_KINDS.indexOf(kindOf(one.period)) - PERIOD_KINDS.indexOf(kindOf(other.period));
  if (kinds !== 0) return kinds;
  return one.period < other.period ? -1 : 1;
}

/** How much a budget counts, from the least on: one execution, one batch, one workflow or template, everything. */
function widthOf(scope: string): number {
  if (!isShared(scope)) return 0;
  if (batchOfScope(scope) !== null) return 1;
  return scope === ALL ? 3 : 2;
}

function keyOnly({ scope, period }: BudgetKey): BudgetKey {
  return { scope, period };
}
