import type { Plan } from "./plan.ts";

/**
 * What the last transaction about an execution has planned, until somebody acts on it. Transactions come one after the other,
 * but what they answer may be heard in another order, because some wait for the disk: an older plan never replaces a newer one.
 */
export class LatestPlan {
  #plan: Plan | null = null;
  #turns = 0;
  #turnOfPlan = 0;

  /** Called inside a transaction: its place among them. */
  nextTurn(): number {
    this.#turns += 1;
    return this.#turns;
  }

  /** Called once the transaction is committed. */
  keep(plan: Plan, turn: number): void {
    if (turn < this.#turnOfPlan) return;
    this.#plan = plan;
    this.#turnOfPlan = turn;
  }

  /** The plan to act on; null where the rows have to be read, because nothing was planned since it was last asked for. */
  take(): Plan | null {
    const plan = this.#plan;
    this.#plan = null;
    return plan;
  }
}
