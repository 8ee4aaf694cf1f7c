import { readdirSync, readFileSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { RelaisError } from "../errors.ts";

const MIGRATION_FILE = /^(\d{4})-[a-z0-9-]+\.sql$/;

interface Migration {
  version: number;
  name: string;
  sql: string;
}

function readMigrations(folder: URL): Migration[] {
  return readdirSync(folder)
    .filter((name) => MIGRATION_FILE.test(name))
    .toSorted()
    .map((name) => ({
      version: Number(name.slice(0, 4)),
      name,
      sql: readFileSync(new URL(name, folder), "utf8"),
    }));
}

/**
 * Brings the database up to this program's tables, in one transaction under SQLite's write
 * lock, so that several processes may start at once and a failed migration leaves nothing behind.
 * @throws RelaisError `conflict` when the database was written by a newer Relais: nothing is changed then.
 */
export function migrate(sqlite: DatabaseSync, folder: URL): void {
  const migrations = readMigrations(folder);
  sqlite.exec(
    "CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL)",
  );
  sqlite.exec("BEGIN IMMEDIATE");
  try {
    const row = sqlite.prepare("SELECT max(version) AS version FROM schema_migrations").get();
    const current = Number(row?.["version"] ?? 0);
    const newest = migrations.at(-1)?.version ?? 0;
    if (current > newest) throw newerDatabase(current, newest);
    const record = sqlite.prepare(
      "INSERT INTO schema_migrations (version, name, applied_at) VALUES (?, ?, ?)",
    );
    for (const migration of migrations.filter(({ version }) => version > current)) {
      sqlite.exec(migration.sql);
      record.run(migration.version, migration.name, new Date().toISOString());
    }
    sqlite.exec("COMMIT");
  } catch (error) {
    sqlite.exec("ROLLBACK");
    throw error;
  }
}

function newerDatabase(current: number, newest: number): RelaisError {
  return new RelaisError("conflict", {
    fr: `La base de données a été écrite par une version plus récente de Relais (schéma ${current}, ce programme connaît le ${newest}). Rien n’a été modifié. Mettez Relais à jour, ou restaurez une sauvegarde.`,
    en: `The database was written by a newer Relais (schema ${current}, this program knows ${newest}). Nothing was changed. Update Relais, or restore a backup.`,
  });
}
