import { migratePostgres } from "./postgres-migrate.ts";
import { ParallelWriter } from "./postgres-writer.ts";
import { openPostgres, type Postgres, type PostgresOptions } from "./postgres.ts";
import type { Store } from "./store.ts";

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
  return { db, pool, writer: new ParallelWriter(db), close };
}
