import { openSqlite, type Db } from "./database.ts";
import { GroupCommit } from "./group-commit.ts";
import { LogFlush } from "./log-flush.ts";
import { migrate } from "./migrate.ts";
import type { Writer } from "./writer.ts";

/** An open database with this program's tables. */
export interface Store {
  db: Db;
  writer: Writer;
  close(): Promise<void>;
}

/**
 * Opens (and creates) the SQLite database at `file`, and brings its tables up to date.
 * @throws RelaisError `conflict` when it was written by a newer Relais.
 */
export function openSqliteStore(file: string, migrations: URL): Store {
  const { sqlite, db } = openSqlite(file);
  migrate(sqlite, migrations);
  const flush = new LogFlush(sqlite, file);
  const close = async (): Promise<void> => {
    await flush.close();
    await db.destroy();
  };
  return { db, writer: new GroupCommit(db, flush), close };
}
