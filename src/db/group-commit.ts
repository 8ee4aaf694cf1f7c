import { sql } from "kysely";
import type { Db, Trx } from "./database.ts";

interface Job {
  run(trx: Trx): Promise<void>;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Writes that arrive in the same turn of the event loop share one transaction and so one flush to disk. None is
 * announced before that commit; one that throws is undone alone (savepoint) and the others stand.
 */
export class GroupCommit {
  readonly #db: Db;
  #waiting: Job[] = [];
  #isRunning = false;

  constructor(db: Db) {
    this.#db = db;
  }

  /** Runs `body` in a transaction; resolves with what it returned once that is on disk. Only `trx` may be used inside. */
  write<T>(body: (trx: Trx) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      let answer: T;
      this.#waiting.push({
        run: async (trx) => {
          answer = await body(trx);
        },
        resolve: () => resolve(answer),
        reject,
      });
      if (!this.#isRunning) {
        this.#isRunning = true;
        // After the current turn, so that all that ended in it goes along.
        setImmediate(() => void this.#drain());
      }
    });
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      await this.#commit(batch);
    }
    this.#isRunning = false;
  }

  async #commit(batch: Job[]): Promise<void> {
    const done: Job[] = [];
    try {
      await this.#db.transaction().execute(async (trx) => {
        for (const job of batch) if (await runAlone(job, trx, batch.length > 1)) done.push(job);
      });
    } catch (error) {
      // The commit itself failed (or the only job did): nothing of the batch is on disk.
      for (const job of batch) job.reject(error);
      return;
    }
    for (const job of done) job.resolve();
  }
}

async function runAlone(job: Job, trx: Trx, hasCompany: boolean): Promise<boolean> {
  if (!hasCompany) {
    await job.run(trx);
    return true;
  }
  await sql`savepoint one_write`.execute(trx);
  try {
    await job.run(trx);
    await sql`release one_write`.execute(trx);
    return true;
  } catch (error) {
    await sql`rollback to one_write`.execute(trx);
    await sql`release one_write`.execute(trx);
    job.reject(error);
    return false;
  }
}
