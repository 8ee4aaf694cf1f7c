import { DatabaseSync, type StatementSync } from "node:sqlite";
import { Kysely, SqliteDialect, type SqliteDatabase, type SqliteStatement, type Transaction } from "kysely";
import { bindable } from "./bindable.ts";
import type { Database } from "./schema.ts";

export type Db = Kysely<Database>;
export type Trx = Transaction<Database>;

const BUSY_TIMEOUT_MS = 5_000;
/** Statements kept prepared; the engine uses a few dozen different ones. */
const MAX_PREPARED = 256;

/**
 * How long the write-ahead log grows before it is written back into the tables, which holds everybody up: 16 MB. Executions
 * change the same pages again and again, so a longer log has less to write back.
 */
const LOG_PAGES = 4_000;

/** Lets Kysely's SQLite dialect drive `node:sqlite`: the same SQL, other method names, statements prepared once. */
function nodeSqlite(database: DatabaseSync): SqliteDatabase {
  const prepared = new Map<string, SqliteStatement>();
  return {
    close: () => {
      prepared.clear();
      database.close();
    },
    prepare: (sql) => {
      const known = prepared.get(sql);
      if (known) return known;
      const statement = asSqliteStatement(database.prepare(sql));
      if (prepared.size >= MAX_PREPARED) prepared.clear();
      prepared.set(sql, statement);
      return statement;
    },
  };
}

function asSqliteStatement(statement: StatementSync): SqliteStatement {
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...bindable(parameters)),
    run: (parameters) => statement.run(...bindable(parameters)),
    iterate: (parameters) => statement.iterate(...bindable(parameters)),
  };
}

/** Opens (and creates) the SQLite database at `file`; `:memory:` for tests that need no file. */
export function openSqlite(file: string): { sqlite: DatabaseSync; db: Db } {
  const sqlite = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
  sqlite.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;");
  sqlite.exec(`PRAGMA wal_autocheckpoint = ${LOG_PAGES}`);
  const db = new Kysely<Database>({ dialect: new SqliteDialect({ database: nodeSqlite(sqlite) }) });
  return { sqlite, db };
}
