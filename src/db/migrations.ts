import { existsSync, readdirSync, readFileSync } from "node:fs";
import { RelaisError } from "../errors.ts";

const MIGRATION_FILE = /^(\d{4})-[a-z0-9-]+\.sql$/;

/** One step of the tables' history. */
export interface Migration {
  version: number;
  name: string;
  sql: string;
}

/**
 * The migrations of one kind of database, in the order of their numbers: those of the folder itself, which all kinds
 * share, and those of the kind's own folder in it, for what the kinds write differently.
 */
export function readMigrations(folder: URL, kind: "sqlite" | "postgres"): Migration[] {
  const places = [folder, new URL(`${kind}/`, folder)].filter((place) => existsSync(place));
  const migrations = places.flatMap((place) =>
    readdirSync(place)
      .filter((name) => MIGRATION_FILE.test(name))
      .map((name) => ({
        version: Number(name.slice(0, 4)),
        name,
        sql: readFileSync(new URL(name, place), "utf8"),
      })),
  );
  return migrations.toSorted((one, other) => one.version - other.version);
}

/**
 * What a database at version `current` (0: empty) still has to be given.
 * @throws RelaisError `conflict` when the database was written by a newer Relais.
 */
export function pendingMigrations(migrations: Migration[], current: number): Migration[] {
  const newest = migrations.at(-1)?.version ?? 0;
  if (current > newest) throw newerDatabase(current, newest);
  return migrations.filter(({ version }) => version > current);
}

function newerDatabase(current: number, newest: number): RelaisError {
  return new RelaisError("conflict", {
    fr: `La base de données a été écrite par une version plus récente de Relais (schéma ${current}, ce programme connaît le ${newest}). Rien n’a été modifié. Mettez Relais à jour, ou restaurez une sauvegarde.`,
    en: `The database was written by a newer Relais (schema ${current}, this program knows ${newest}). Nothing was changed. Update Relais, or restore a backup.`,
  });
}
