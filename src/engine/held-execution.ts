import type { Budget, BudgetKey } from "../db/budget-store.ts";
import type { Trx } from "../db/database.ts";
import { appendEvents, type EventBody } from "../db/event-store.ts";
import { updateExecution, type ExecutionChange } from "../db/execution-store.ts";
import { readHeldState, type HeldState } from "../db/held-state.ts";
import { endItems } from "../db/item-store.ts";
import {
  listStepStates,
  updateStepRun,
  type StepRunChange,
  type StepStateRow,
} from "../db/step-run-store.ts";
import type { ExecutionSnapshot, StepSnapshot } from "../db/stored-values.ts";
import type { StepKey } from "../workflow/definition.ts";
import type { NanoUsd } from "../workflow/money.ts";
import type { StepRunStatus } from "../workflow/statuses.ts";
import { budgetOf, settleBudgets, type ChargedCall } from "./budgets.ts";
import type { Plan } from "./plan.ts";

/**
 * An execution inside one transaction about it. Until that ends nobody else changes its rows, so they are read once, and what
 * the transaction changes is known without being read again. Its events are written together, at the end.
 */
export class HeldExecution {
  readonly trx: Trx;
  readonly id: number;
  /** The time of the transaction, as columns hold it. */
  readonly now: string;
  /** What was planned last inside this transaction. */
  plan: Plan | null = null;
  readonly #state: HeldState;
  readonly #events: EventBody[] = [];

  private constructor(trx: Trx, id: number, { state, now }: { state: HeldState; now: string }) {
    this.trx = trx;
    this.id = id;
    this.now = now;
    this.#state = state;
  }

  /** Runs `body` with the execution as it stands, then writes the events that it tells. */
  static async during<T>(
    trx: Trx,
    { executionId, now }: { executionId: number; now: string },
    body: (held: HeldExecution) => Promise<T>,
  ): Promise<T> {
    const state = await readHeldState(trx, executionId, budgetOf(executionId));
    const held = new HeldExecution(trx, executionId, { state, now });
    const answer = await body(held);
    await appendEvents(trx, executionId, { after: state.lastEvent, events: held.#events, createdAt: now });
    return answer;
  }

  get snapshot(): ExecutionSnapshot {
    return this.#state.snapshot;
  }

  /** Its step runs in their order. */
  get runs(): readonly StepStateRow[] {
    return this.#state.runs;
  }

  /** What may be spent on it, and what was. */
  get budget(): BudgetKey & Budget {
    return { ...budgetOf(this.id), ...this.#state.budget };
  }

  /** Whether who took it up under this epoch may still start calls. */
  mayStart(epoch: number): boolean {
    return this.#state.epoch === epoch && this.snapshot.status === "running";
  }

  run(key: StepKey): StepStateRow | undefined {
    return this.runs.find((run) => isSameStep(run, key));
  }

  /** Changes a step run and tells of it; undefined, and nothing changed, where it is in none of the statuses `from`. */
  async changeStep(
    key: StepKey,
    change: StepRunChange,
    from?: readonly StepRunStatus[],
  ): Promise<StepSnapshot | undefined> {
    const { runs } = this.#state;
    const index = runs.findIndex((run) => isSameStep(run, key));
    const run = runs[index];
    if (!run || (from && !from.includes(run.status))) return undefined;
    const after = await updateStepRun(this.trx, this.id, key, change);
    if (!after) throw new Error(`execution ${this.id} has lost its step ${key.stepNumber}`);
    const hasOutput = change.output === undefined ? run.hasOutput : change.output !== null;
    runs[index] = { ...after, hasOutput };
    this.#events.push({ type: "step", data: after });
    return after;
  }

  /** Changes columns of the execution. */
  async changeExecution(change: ExecutionChange): Promise<void> {
    await updateExecution(this.trx, this.id, change);
  }

  /** Tells what the execution has become. */
  tell(snapshot: ExecutionSnapshot): void {
    this.#events.push({ type: "execution", data: snapshot });
  }

  /** Ends all items of some status at once, without an event each: that of their step tells of them. */
  async endItems(change: { from: StepRunStatus[]; status: "skipped" | "cancelled" }): Promise<void> {
    await endItems(this.trx, { executionId: this.id }, { ...change, now: this.now });
  }

  /** Reads the step runs again, after many were changed or added at once. */
  async readRuns(): Promise<void> {
    this.#state.runs = await listStepStates(this.trx, this.id);
  }

  /**
   * Turns what was set aside for calls into what was spent on them, in all budgets concerned. To be done last: until the
   * transaction ends every other call waits for these rows.
   */
  async settle(calls: readonly { call: ChargedCall; spentNanoUsd: NanoUsd }[]): Promise<void> {
    await settleBudgets(this.trx, this.id, calls);
  }
}

export function isSameStep(one: StepKey, other: StepKey): boolean {
  return one.stepNumber === other.stepNumber && one.item === other.item;
}
