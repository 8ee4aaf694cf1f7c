import type { Db, Trx } from "../db/database.ts";
import { listOverdue } from "../db/step-run-store.ts";
import { expireApproval } from "./decisions.ts";

const LOOK_MS = 1_000;
const BATCH = 100;

export interface ApprovalClockOptions {
  db: Db;
  now: () => Date;
  /** Changes rows in a transaction and, where `change` says that it did, has the execution worked on. */
  goOn: (executionId: number, change: (trx: Trx, time: string) => Promise<boolean>) => Promise<void>;
  onError: (error: unknown, executionId: number | null) => void;
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
    const { db, now, goOn, onError } = this.#options;
    try {
      for (const overdue of await listOverdue(db, { now: now().toISOString(), limit: BATCH })) {
        const { executionId: id } = overdue;
        // One that cannot be ended does not keep the others waiting.
        await goOn(id, (trx, time) => expireApproval(trx, id, overdue, time)).catch((error: unknown) =>
          onError(error, id),
        );
      }
    } catch (error) {
      // Such as while the database is away: what is over stays over.
      onError(error, null);
    }
  }
}
