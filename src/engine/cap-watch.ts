import type { BudgetKey } from "../db/budget-store.ts";
import { listAwaitedBudgets, listCapWaiters } from "../db/cap-store.ts";
import type { Db } from "../db/database.ts";
import { kindOf, leftIn, nextPeriodAt, periodAt } from "./budgets.ts";
import type { Caps } from "./caps.ts";

/** However much is freed at once, what waits is looked at so often at most. */
const PAUSE_MS = 100;
/** How often it is looked at unasked: for what a process freed that died before it could say so. */
const SWEEP_MS = 15_000;
/** A little after midnight, so that no clock still says yesterday. */
const AFTER_MIDNIGHT_MS = 20;
const WAKE_AT_ONCE = 100;

export interface CapWatchOptions {
  db: Db;
  caps: Caps;
  now: () => Date;
  /** Whether it leaves executions alone that were not added: other processes began them. */
  wakesAddedOnly: boolean;
  onError: (error: unknown) => void;
}

/** Lets the steps of an execution that wait for a budget try again. */
type Wake = (executionId: number, budget: BudgetKey) => Promise<void>;

/**
 * Wakes steps that wait for a cap that executions share, once they fit: money was freed, the cap was raised, or a new day
 * began. No more are woken than fit; whether they do is decided by their reservation alone, so that several processes may
 * watch.
 */
export class CapWatch {
  readonly #options: CapWatchOptions;
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> | null = null;
  #isDueSoon = false;
  #wake: Wake | null = null;
  readonly #added = new Set<number>();

  constructor(options: CapWatchOptions) {
    this.#options = options;
  }

  /** An execution that this process began. */
  add(executionId: number): void {
    if (this.#options.wakesAddedOnly) this.#added.add(executionId);
  }

  start(wake: Wake): void {
    this.#wake = wake;
    this.#rest();
    this.look();
  }

  async stop(): Promise<void> {
    this.#wake = null;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#looking;
  }

  /** Looks soon whether something fits now. */
  look(): void {
    if (this.#isDueSoon) return;
    this.#isDueSoon = true;
    if (!this.#looking) this.#rest();
  }

  #rest(): void {
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#wake === null) return;
    const delayMs = this.#isDueSoon ? PAUSE_MS : Math.min(SWEEP_MS, this.#untilMidnightMs());
    this.#timer = setTimeout(() => {
      this.#looking = this.#lookAll().finally(() => {
        this.#looking = null;
        this.#rest();
      });
    }, delayMs);
    this.#timer.unref();
  }

  #untilMidnightMs(): number {
    const now = this.#options.now();
    const midnight = nextPeriodAt("day", now.toISOString()) ?? now.toISOString();
    return Date.parse(midnight) - now.getTime() + AFTER_MIDNIGHT_MS;
  }

  async #lookAll(): Promise<void> {
    this.#isDueSoon = false;
    try {
      for (const key of await listAwaitedBudgets(this.#options.db)) {
        if (this.#wake === null) return;
        await this.#wakeWhatFits(key, this.#wake);
      }
    } catch (error) {
      this.#options.onError(error);
    }
  }

  async #wakeWhatFits(key: BudgetKey, wake: Wake): Promise<void> {
    const { db, caps, now, wakesAddedOnly, onError } = this.#options;
    // A call counts on the day on which it leaves, so what waited yesterday has to fit into today.
    const current = { scope: key.scope, period: periodAt(kindOf(key.period), now().toISOString()) };
    const [budget] = await caps.capsOf(db, [current]);
    if (!budget) return;
    let left = await leftIn(db, budget);
    for (let afterExecutionId = 0; left >= 0;) {
      const atMost = left === Infinity ? null : left;
      const waiters = await listCapWaiters(db, key, { atMost, afterExecutionId, limit: WAKE_AT_ONCE });
      const woken = new Set<number>();
      for (const { executionId, amountNanoUsd } of waiters) {
        afterExecutionId = executionId;
        if (amountNanoUsd > left || (wakesAddedOnly && !this.#added.has(executionId))) continue;
        left -= amountNanoUsd;
        woken.add(executionId);
      }
      // One that cannot be woken does not keep the others waiting.
      for (const executionId of woken) await wake(executionId, key).catch(onError);
      if (waiters.length < WAKE_AT_ONCE) return;
    }
  }
}
