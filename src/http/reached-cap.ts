import { getBudget } from "../db/budget-store.ts";
import type { PeriodKind } from "../db/cap-store.ts";
import type { WaitingFor } from "../db/stored-values.ts";
import { budgetOf, isShared, kindOf } from "../engine/budgets.ts";
import { nanoUsdToUsd, type NanoUsd } from "../workflow/money.ts";
import type { ReachedCapWire } from "./cap-schemas.ts";
import type { AppDependencies } from "./dependencies.ts";

/** The cap that an execution waits for, as it stands now: calls that are out still change it. */
export interface ReachedCap {
  scope: string;
  periodKind: PeriodKind;
  period: string;
  capNanoUsd: NanoUsd | null;
  spentNanoUsd: NanoUsd;
  reservedNanoUsd: NanoUsd;
  resetsAt: string | null;
}

/** Null where the execution does not wait for a cap. */
export async function readReachedCap(
  { db, engine }: Pick<AppDependencies, "db" | "engine">,
  executionId: number,
  waiting: WaitingFor | null,
): Promise<ReachedCap | null> {
  if (waiting?.reason !== "cap") return null;
  const { scope, period } = waiting;
  // A day's budget that was full yesterday is today's now: that is what has to hold the step.
  if (scope && isShared(scope)) return await engine.caps.state(scope, kindOf(period ?? ""));
  const budget = await getBudget(db, budgetOf(executionId));
  if (!budget) return null;
  return { ...budget, scope: "execution", periodKind: "total", period: "", resetsAt: null };
}

export function viewReachedCap(reached: ReachedCap): ReachedCapWire {
  const { capNanoUsd } = reached;
  return {
    scope: reached.scope,
    period: reached.periodKind,
    date: reached.period || null,
    cap_usd: capNanoUsd === null ? null : nanoUsdToUsd(capNanoUsd),
    spent_usd: nanoUsdToUsd(reached.spentNanoUsd),
    reserved_usd: nanoUsdToUsd(reached.reservedNanoUsd),
    resets_at: reached.resetsAt,
  };
}
