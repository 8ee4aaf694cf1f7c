import type { DatabaseSync } from "node:sqlite";
import { pendingMigrations, readMigrations } from "./migrations.ts";

/**
 * Brings a SQLite database up to this program's tables, in one transaction under SQLite's write
 * lock, so that several processes may start at once and a failed migration leaves nothing behind.
 * @throws RelaisError `conflict` when the database was written by a newer Relais: nothing is changed then.
 */
export function migrate(sqlite: DatabaseSync, folder: URL): void {
  const migrations = readMigrations(folder, "sqlite");
  sqlite.exec(
    "CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL)",
  );
  sqlite.exec("BEGIN IMMEDIATE");
  try {
    const row = sqlite.prepare("SELECT max(version) AS version FROM schema_migrations").get();
    const pending = pendingMigrations(migrations, Number(row?.["version"] ?? 0));
    const record = sqlite.prepare(
      "INSERT INTO schema_migrations (version, name, applied_at) VALUES (?, ?, ?)",
    );
    for (const migration of pending) {
      sqlite.exec(migration.sql);
      record.run(migration.version, migration.name, new Date().toISOString());
    }
    sqlite.exec("COMMIT");
  } catch (error) {
    sqlite.exec("ROLLBACK");
    throw error;
  }
}
