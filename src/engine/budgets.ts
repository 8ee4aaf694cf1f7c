import type { BudgetKey } from "../db/budget-store.ts";

/** The budget of one execution. */
export function budgetOf(executionId: number): BudgetKey {
  return { scope: `execution:${executionId}`, period: "" };
}
