import type { Pool, PoolClient } from "pg";
import { pendingMigrations, readMigrations, type Migration } from "./migrations.ts";

/** Any number that only Relais uses: who holds the lock under it migrates, the others wait. */
const LOCK = 7_235_190_018;

/** Runs what makes tables while no other process does. */
export async function aloneOnTables<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [LOCK]);
    return await work(client);
  } finally {
    // The lock ends with the connection at the latest.
    const isFree = await client.query("select pg_advisory_unlock($1)", [LOCK]).then(Boolean, () => false);
    client.release(!isFree);
  }
}

/**
 * Brings a PostgreSQL database up to this program's tables, in one transaction under a lock, so that several processes
 * may start at once and a failed migration leaves nothing behind.
 * @throws RelaisError `conflict` when the database was written by a newer Relais: nothing is changed then.
 */
export async function migratePostgres(pool: Pool, folder: URL): Promise<void> {
  const migrations = readMigrations(folder, "postgres");
  await aloneOnTables(pool, async (client) => {
    await client.query("begin");
    try {
      await applyPending(client, migrations);
      await client.query("commit");
    } catch (error) {
      await client.query("rollback").catch(() => undefined);
      throw error;
    }
  });
}

async function applyPending(client: PoolClient, migrations: Migration[]): Promise<void> {
  await client.query(
    "create table if not exists schema_migrations (version integer primary key, name text not null, applied_at text not null)",
  );
  const { rows } = await client.query<{ version: number | null }>(
    "select max(version) as version from schema_migrations",
  );
  for (const migration of pendingMigrations(migrations, rows[0]?.version ?? 0)) {
    await client.query(migration.sql);
    await client.query("insert into schema_migrations (version, name, applied_at) values ($1, $2, $3)", [
      migration.version,
      migration.name,
      new Date().toISOString(),
    ]);
  }
}
