import { Kysely, PostgresDialect, type Driver } from "kysely";
import type { Pool, PoolConfig } from "pg";
import type { Db } from "./database.ts";
import { PostgresDriver } from "./postgres-driver.ts";
import { fromStoredText } from "./postgres-text.ts";
import type { Database } from "./schema.ts";

const CONNECT_TIMEOUT_MS = 10_000;
/** How values that come back are read, by PostgreSQL's number of their type: `bigint`, which `count(*)` is too, and `text`. */
const PARSERS = new Map<number, (text: string) => unknown>([
  [20, toExactNumber],
  [25, fromStoredText],
]);

/**
 * A worker that is stopped in the middle of a transaction must not hold its rows for ever: others have to take its work
 * over. And what was paid is on disk before it is told, whatever the server's default is.
 */
const SESSION = `set idle_in_transaction_session_timeout = '10s';
  select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'`;

/** A PostgreSQL database. */
export interface Postgres {
  db: Db;
  /** Its connections, for what does not go through Kysely. `db.destroy()` closes them. */
  pool: Pool;
}

export interface PostgresOptions {
  /** `postgres://user:password@host:5432/name`; may carry what `pg` understands, such as `?sslmode=require`. */
  url: string;
  maxConnections: number;
  /** Told of connections that break while nobody uses them: the next query opens another one. */
  onError: (error: unknown) => void;
}

/** Connects on first use. `pg` is loaded here only, so that who stays with SQLite does not wait for it. */
export async function openPostgres(options: PostgresOptions): Promise<Postgres> {
  const { default: pg } = await import("pg");
  const pool = new pg.Pool({
    ...connectionOf(options.url),
    max: options.maxConnections,
    // A statement may be sent before the one before it is answered.
    pipeline: true,
    // The pool waits for it before it hands the connection out.
    onConnect: (client) => client.query(SESSION),
    types: {
      getTypeParser: (type, format) =>
        (format === "binary" ? undefined : PARSERS.get(type)) ?? pg.types.getTypeParser(type, format),
    },
  });
  pool.on("error", options.onError);
  pool.on("connect", (client) => {
    // The pool listens only while it holds the connection; in a transaction nobody would, and the process would end.
    client.on("error", options.onError);
  });
  const db = new Kysely<Database>({ dialect: new Dialect(pool) });
  return { db, pool };
}

/** How every connection to the database at `url` is made. */
export function connectionOf(url: string): PoolConfig {
  return {
    connectionString: url,
    application_name: "relais",
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  };
}

/**
 * A 64-bit integer as a number; `pg` would hand it over as a string.
 * @throws RangeError beyond 2^53, where a number would not be exact.
 */
function toExactNumber(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw new RangeError(`not an exact number: ${text}`);
}

/** Kysely's own dialect on a driver of ours. */
class Dialect extends PostgresDialect {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    super({ pool });
    this.#pool = pool;
  }

  override createDriver(): Driver {
    return new PostgresDriver(this.#pool);
  }
}
