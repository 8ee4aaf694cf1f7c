import type { CompiledQuery, DatabaseConnection, Driver, QueryResult, TransactionSettings } from "kysely";
import type { Pool, PoolClient, QueryResult as PostgresResult } from "pg";
import { bindable } from "./bindable.ts";
import { toStoredText } from "./postgres-text.ts";

/** Statements that connections keep prepared; the engine uses some dozens. Each takes memory of every connection. */
const MAX_PREPARED = 200;
/** PostgreSQL's codes for a prepared statement that no longer fits its tables, or is gone. */
const UNFIT_STATEMENT = new Set(["0A000", "26000"]);

/**
 * Lets Kysely drive `pg`. Statements of transactions are prepared once a connection, which saves PostgreSQL most of the
 * work on small ones; others, such as those of lists and sums, are planned anew for the values at hand.
 */
export class PostgresDriver implements Driver {
  readonly #pool: Pool;
  readonly #statements = new StatementNames();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<PostgresConnection> {
    return new PostgresConnection(await this.#pool.connect(), this.#statements);
  }

  async beginTransaction(connection: PostgresConnection, { isolationLevel }: TransactionSettings): Promise<void> {
    connection.begin(isolationLevel ? `begin isolation level ${isolationLevel}` : "begin");
    await Promise.resolve();
  }

  async commitTransaction(connection: PostgresConnection): Promise<void> {
    await connection.commit();
  }

  async rollbackTransaction(connection: PostgresConnection): Promise<void> {
    await connection.rollback();
  }

  async releaseConnection(connection: PostgresConnection): Promise<void> {
    connection.release();
    await Promise.resolve();
  }

  async destroy(): Promise<void> {
    await this.#pool.end();
  }
}

/** A connection of the pool, for as long as it is lent out. */
class PostgresConnection implements DatabaseConnection {
  readonly #client: PoolClient;
  readonly #statements: StatementNames;
  /** Set while a transaction is open: resolves when PostgreSQL has begun it. */
  #begun: Promise<unknown> | null = null;
  #hasBegun = false;
  #isBroken = false;

  constructor(client: PoolClient, statements: StatementNames) {
    this.#client = client;
    this.#statements = statements;
  }

  /** Does not wait: what is read first travels with it. */
  begin(text: string): void {
    this.#hasBegun = false;
    this.#begun = this.#client.query(text).then(() => (this.#hasBegun = true));
    // Whoever sends the next statement is told.
    this.#begun.catch(() => undefined);
  }

  async commit(): Promise<void> {
    await this.#begun;
    this.#begun = null;
    const { command } = await this.#client.query("commit");
    // So PostgreSQL answers where an earlier statement has failed.
    if (command === "ROLLBACK") throw new Error("a transaction that had failed was to be committed");
  }

  async rollback(): Promise<void> {
    this.#begun = null;
    try {
      await this.#client.query("rollback");
    } catch (error) {
      this.#isBroken = true;
      throw error;
    }
  }

  release(): void {
    this.#client.release(this.#isBroken);
  }

  async executeQuery<R>({ sql: text, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const values = bindable(parameters).map((value) => (typeof value === "string" ? toStoredText(value) : value));
    const isInTransaction = this.#begun !== null;
    const name = isInTransaction ? this.#statements.give(text) : this.#statements.find(text);
    const query = name === undefined ? { text, values } : { name, text, values };
    try {
      // What changes something must not leave before its transaction has surely begun.
      if (isInTransaction && !this.#hasBegun && !text.startsWith("select ")) await this.#begun;
      const [result] = await Promise.all([this.#client.query(query), this.#begun]);
      return answerOf<R>(result);
    } catch (error) {
      if (error instanceof Error && "code" in error && UNFIT_STATEMENT.has(String(error.code))) {
        this.#isBroken = true;
      }
      throw error;
    }
  }

  streamQuery(): never {
    throw new Error("rows are read page by page");
  }
}

const CHANGES = new Set(["INSERT", "UPDATE", "DELETE", "MERGE"]);

function answerOf<R>({ command, rowCount, rows }: PostgresResult): QueryResult<R> {
  return { rows, ...(CHANGES.has(command) && { numAffectedRows: BigInt(rowCount ?? 0) }) };
}

/** Names for the texts of statements: what has one is prepared under it. */
class StatementNames {
  readonly #names = new Map<string, string>();

  find(text: string): string | undefined {
    return this.#names.get(text);
  }

  /** Undefined where there are many already: texts may have as many forms as a list has lengths. */
  give(text: string): string | undefined {
    const known = this.#names.get(text);
    if (known !== undefined || this.#names.size >= MAX_PREPARED) return known;
    const name = `relais_${this.#names.size}`;
    this.#names.set(text, name);
    return name;
  }
}
