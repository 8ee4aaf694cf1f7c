import { sql } from "kysely";
import type { Trx } from "./database.ts";
import { migratePostgres } from "./postgres-migrate.ts";
import { ParallelWriter } from "./postgres-writer.ts";
import { openPostgres, type Postgres, type PostgresOptions } from "./postgres.ts";
import type { Store } from "./store.ts";

/** Any number that only Relais uses. */
const HOUSEKEEPING = 7_235_190_019;

async function isAloneUntilCommit(trx: Trx): Promise<boolean> {
  const { rows } = await sql<{ isOurs: boolean }>`
    select pg_try_advisory_xact_lock(${sql.lit(HOUSEKEEPING)}) as "isOurs"`.execute(trx);
  return rows[0]?.isOurs === true;
}

/**
 * Opens a PostgreSQL database, and brings its tables up to date.
 * @throws RelaisError `conflict` when it was written by a newer Relais; what `pg` throws when it cannot be reached.
 */
export async function openPostgresStore(
  options: PostgresOptions & { migrations: URL },
): Promise<Store & Postgres> {
  const { db, pool } = await openPostgres(options);
  const close = async (): Promise<void> => {
    await db.destroy();
    // Kysely closes only what it has used.
    if (!pool.ending) await pool.end();
  };
  try {
    await migratePostgres(pool, options.migrations);
  } catch (error) {
    await close();
    throw error;
  }
  return { db, pool, writer: new ParallelWriter(db), isAloneUntilCommit, close };
}
