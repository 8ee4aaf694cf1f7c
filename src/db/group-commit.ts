import type { Db, Trx } from "./database.ts";
import type { LogFlush } from "./log-flush.ts";
import type { Writer } from "./writer.ts";

interface Job {
  run: (trx: Trx) => Promise<void>;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * For a database with one writer at a time. Writes that arrive in the same turn of the event loop share one transaction, and
 * those of a busy moment one flush to disk. None is announced before its commit. Where one throws, or the commit fails, the
 * transaction is undone and each of its writes is run again by itself, so that one takes no other down: a write may be run
 * twice, and does nothing but use its transaction.
 */
export class GroupCommit implements Writer {
  readonly #db: Db;
  readonly #log: LogFlush | null;
  #waiting: Job[] = [];
  #isRunning = false;

  /** Without a `log`, as in memory, there is nothing to bring to disk. */
  constructor(db: Db, log: LogFlush | null) {
    this.#db = db;
    this.#log = log;
  }

  async write<T>(body: (trx: Trx) => Promise<T>): Promise<T> {
    const answer = await this.stage(body);
    await this.flush();
    return answer;
  }

  async flush(): Promise<void> {
    await this.#log?.now();
  }

  async flushed(): Promise<void> {
    await this.#log?.soon();
  }

  stage<T>(body: (trx: Trx) => Promise<T>): Promise<T> {
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
    let cause: unknown = null;
    try {
      await this.#transaction(async (trx) => {
        for (const { run } of batch) {
          const outcome = run(trx);
          // Kept, because the rollback that follows may fail as well and would hide it.
          outcome.catch((error: unknown) => (cause ??= error));
          await outcome;
        }
      });
      for (const { resolve } of batch) resolve();
    } catch (error) {
      const [only, ...others] = batch;
      if (only && others.length === 0) only.reject(cause ?? error);
      else for (const job of batch) await this.#commit([job]);
    }
  }

  /** The commit itself flushes nothing, since one flush does for many. Who writes elsewhere is flushed by SQLite. */
  async #transaction<T>(body: (trx: Trx) => Promise<T>): Promise<T> {
    return await this.#db.connection().execute(async (connection) => {
      this.#log?.takeOver(true);
      try {
        const answer = await connection.transaction().execute(body);
        this.#log?.hasCommitted();
        return answer;
      } finally {
        this.#log?.takeOver(false);
      }
    });
  }
}
