import type { Pool } from "pg";
import { pendingMigrations, readMigrations } from "./migrations.ts";

/** Any number that only Relais uses: who holds the lock under it migrates, the others wait. */
const LOCK = 7_235_190_018;

/**
 * Brings a PostgreSQL database up to this program's tables, in one transaction under a lock, so that several processes
 * may start at once and a failed migration leaves nothing behind.
 * @throws RelaisError `conflict` when the database was written by a newer Relais: nothing is changed then.
 */
export async function migratePostgres(pool: Pool, folder: URL): Promise<void> {
  const migrations = readMigrations(folder, "postgres");
  const client = await pool.connect();
  try {
    await client.query("begin");
    await client.query("select pg_advisory_xact_lock($1)", [LOCK]);
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
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}
