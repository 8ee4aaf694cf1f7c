import type { Db } from "../db/database.ts";
import { listOverdue } from "../db/step-run-store.ts";
import type { StepKey } from "../workflow/definition.ts";
import { expireApproval } from "./decisions.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Journal } from "./journal.ts";

const LOOK_MS = 1_000;
const BATCH = 100;

export interface ApprovalClockOptions {
  db: Db;
  journal: Journal;
  dispatcher: Dispatcher;
  onExpired: (executionId: number) => void;
  onError: (error: unknown, executionId: number) => void;
}

/**
 * Ends the wait for approvals whose time is over. The times are in the rows, and an execution that waits is held by nobody:
 * each process looks, and the first one that comes ends it.
 */
export class ApprovalClock {
  readonly #options: ApprovalClockOptions;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | null = null;

  constructor(options: ApprovalClockOptions) {
    this.#options = options;
  }

  /** Ends what was over before this process started, then looks again from time to time. */
  async start(): Promise<void> {
    await this.#look();
    this.#timer = setInterval(() => void this.#look(), LOOK_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    this.#looking ??= this.#expireAll().finally(() => {
      this.#looking = null;
    });
    await this.#looking;
  }

  async #expireAll(): Promise<void> {
    const { db, journal, onError } = this.#options;
    let executionId = 0;
    try {
      for (const overdue of await listOverdue(db, { now: journal.now(), limit: BATCH })) {
        ({ executionId } = overdue);
        await this.#expire(executionId, overdue);
      }
    } catch (error) {
      // Such as while the database is away: what is over stays over.
      onError(error, executionId);
    }
  }
  async #expire(executionId: number, key: StepKey): Promise<void> {
    const { journal, dispatcher, onExpired } = this.#options;
    const isOver = await journal.write(executionId, async (trx, now) => {
      const hasExpired = await expireApproval(trx, executionId, key, now);
      if (hasExpired) await dispatcher.remember(trx, executionId);
      return hasExpired;
    });
    if (isOver) onExpired(executionId);
  }
}
