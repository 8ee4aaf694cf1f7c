import path from "node:path";
import type { Logger } from "pino";
import type { SharedStore } from "../db/shared-store.ts";
import { openSqliteStore, type Store } from "../db/store.ts";
import { messageOf, RelaisError } from "../errors.ts";
import { CommandFailure } from "./command-failure.ts";
import type { Settings } from "./config.ts";

const MIGRATIONS = new URL("../../migrations/", import.meta.url);

/** So many writes, and queries of the page, go side by side; each is short, and most of an execution's time is the vendor's. */
const MIN_CONNECTIONS = 4;
const MAX_CONNECTIONS = 10;

/**
 * Opens the database that the settings name, and brings its tables up to date.
 * @throws CommandFailure when it cannot be reached, RelaisError `conflict` when a newer Relais has written it.
 */
export async function openDatabase(
  settings: Pick<Settings, "databaseUrl" | "dataFolder" | "maxExecutions" | "takeOverSeconds">,
  logger: Logger,
): Promise<Store | SharedStore> {
  const { databaseUrl: url, dataFolder, maxExecutions, takeOverSeconds } = settings;
  if (url === null) return openSqliteStore(path.join(dataFolder, "relais.db"), MIGRATIONS);
  // Loaded here only: who stays with SQLite does not wait for it.
  const { openSharedStore } = await import("../db/shared-store.ts");
  try {
    return await openSharedStore({
      url,
      takeOverSeconds,
      migrations: MIGRATIONS,
      maxConnections: Math.min(MAX_CONNECTIONS, Math.max(MIN_CONNECTIONS, maxExecutions)),
      onError: (error) => logger.warn({ err: error }, "PostgreSQL did not answer"),
    });
  } catch (error) {
    if (error instanceof RelaisError) throw error;
    throw unreachable(url, error);
  }
}

/** The address is shown without user and password. */
function unreachable(url: string, error: unknown): CommandFailure {
  const { host, pathname } = new URL(url);
  const at = `${host}${pathname}`;
  return new CommandFailure({
    fr: `La base PostgreSQL ${at} ne peut pas être utilisée (${causeOf(error)}). Rien n’a été lancé ni facturé. Vérifiez qu’elle fonctionne et que DATABASE_URL est juste.`,
    en: `The PostgreSQL database ${at} cannot be used (${causeOf(error)}). Nothing was started or billed. Check that it runs and that DATABASE_URL is right.`,
  });
}

/** Where a name has several addresses, Node gives an error for each and says nothing itself. */
function causeOf(error: unknown): string {
  const [first]: unknown[] = error instanceof AggregateError ? error.errors : [error];
  return messageOf(first);
}
