import { sql, type CompiledQuery } from "kysely";
import type { Db, Trx } from "./database.ts";
import { prepared, type Given } from "./prepared.ts";
import type { Writer } from "./writer.ts";

/** PostgreSQL's codes for a transaction that was undone only because of others: run again, it goes through. */
const UNDONE_BY_OTHERS = new Set(["40001", "40P01"]);
const MAX_RUNS = 10;

/**
 * For a database with many writers: each write has a transaction and a connection of its own, and PostgreSQL lets those
 * that commit at the same time share a flush. A write that concerns an execution first locks its row, so that writes
 * of several processes about one execution come one after the other.
 */
export class ParallelWriter implements Writer {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /** PostgreSQL may crash alone, and would then forget what this process goes on from: so everything is flushed. */
  async stage<T>(body: (trx: Trx) => Promise<T>, concerning?: { executionId: number }): Promise<T> {
    return await this.write(body, concerning);
  }

  async flush(): Promise<void> {}

  async flushed(): Promise<void> {}

  async write<T>(body: (trx: Trx) => Promise<T>, concerning?: { executionId: number }): Promise<T> {
    for (let run = 1; ; run++) {
      try {
        // Each statement sees what was committed before it: after the lock, that is all that counts.
        return await this.#db
          .transaction()
          .setIsolationLevel("read committed")
          .execute(async (trx) => {
            if (concerning) await lock(trx, { id: concerning.executionId });
            return await body(trx);
          });
      } catch (error) {
        if (run === MAX_RUNS || !isUndoneByOthers(error)) throw error;
      }
    }
  }
}

/**
 * Not FOR UPDATE: rows that refer to the execution may still be inserted by others. It gives no column back, so that the driver
 * need not wait for it: what follows is run when it has been.
 */
const lock = prepared((db, given: Given<{ id: number }>): CompiledQuery<never> =>
  sql<never>`select from workflow_executions where id = ${given("id")} for no key update`.compile(db),
);

function isUndoneByOthers(error: unknown): boolean {
  return error instanceof Error && "code" in error && UNDONE_BY_OTHERS.has(String(error.code));
}
