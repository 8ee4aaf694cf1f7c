import { sql } from "kysely";
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
 * those of a busy moment one flush to disk. None is announced before its commit; one that throws is undone alone
 * (savepoint) and the others stand. A write may be run twice, when the commit that it shared failed, so it does nothing
 * but use its transaction.
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
      const outcomes = await this.#transaction(async (trx) => {
        const made: (() => void)[] = [];
        for (const job of batch) {
          const outcome = runAlone(job, trx, batch.length > 1);
          // Kept, because the rollback that follows may fail as well and would hide it.
          outcome.catch((error: unknown) => (cause ??= error));
          made.push(await outcome);
        }
        return made;
      });
      for (const announce of outcomes) announce();
    } catch (error) {
      // Nothing of the batch is on disk. One write must not take its neighbours down, so each is tried by itself.
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
        return await connection.transaction().execute(body);
      } finally {
        this.#log?.takeOver(false);
      }
    });
  }
}

/** Runs one write, beside others undone alone when it throws; gives what to tell its caller after the commit. */
async function runAlone(job: Job, trx: Trx, hasCompany: boolean): Promise<() => void> {
  if (!hasCompany) {
    await job.run(trx);
    return job.resolve;
  }
  await sql`savepoint one_write`.execute(trx);
  try {
    await job.run(trx);
    await sql`release one_write`.execute(trx);
    return job.resolve;
  } catch (error) {
    // Fails where the database has rolled everything back by itself (a full disk): then the whole batch does.
    await sql`rollback to one_write`.execute(trx);
    await sql`release one_write`.execute(trx);
    return () => job.reject(error);
  }
}
