import { createHash } from "node:crypto";
import type { CompiledQuery, DatabaseConnection, Driver, QueryResult, TransactionSettings } from "kysely";
import type { Pool, PoolClient, QueryConfig, QueryResult as PostgresResult } from "pg";
import { bindable } from "./bindable.ts";
import { toStoredText } from "./postgres-text.ts";

/** Statements that connections keep prepared; the engine uses some dozens. Each takes memory of every connection. */
const MAX_PREPARED = 200;
/** PostgreSQL's codes for a prepared statement that no longer fits its tables, or is gone. */
const UNFIT_STATEMENT = new Set(["0A000", "26000"]);

/**
 * Lets Kysely drive `pg`, with little to and fro. The statements of transactions are prepared once a connection, which saves
 * PostgreSQL most of the work on small ones; others, such as those of lists and sums, are planned anew for the values at
 * hand. What need not be waited for travels with what follows: the begin of a transaction with what it reads first, a lock or
 * an insert that gives nothing back with the next statement or the commit, which fail in its place where it does.
 */
export class PostgresDriver implements Driver {
  readonly #pool: Pool;
  readonly #statements = new Statements();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<PostgresConnection> {
    return new PostgresConnection(await this.#pool.connect(), this.#statements);
  }

  async beginTransaction(connection: PostgresConnection, settings: TransactionSettings): Promise<void> {
    const { isolationLevel } = settings;
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
  readonly #statements: Statements;
  #transaction: "none" | "begins" | "open" = "none";
  /** Statements whose answers nobody has waited for yet. */
  #unanswered: Promise<unknown>[] = [];
  /** Whether what was written last still waits here for what is written next. */
  #isHeld = false;
  #isBroken = false;

  constructor(client: PoolClient, statements: Statements) {
    this.#client = client;
    this.#statements = statements;
  }

  begin(text: string): void {
    this.#transaction = "begins";
    this.#sendWithNext({ text });
  }

  async commit(): Promise<void> {
    const { command } = await this.#send({ text: "commit" });
    // So PostgreSQL answers where an earlier statement has failed.
    if (command === "ROLLBACK") throw new Error("a transaction was to be committed that had failed");
    this.#transaction = "none";
  }

  async rollback(): Promise<void> {
    this.#transaction = "none";
    const before = this.#unanswered.splice(0);
    try {
      await this.#send({ text: "rollback" });
      await Promise.allSettled(before);
    } catch (error) {
      this.#isBroken = true;
      throw error;
    }
  }

  release(): void {
    this.#letGo();
    this.#client.release(this.#isBroken);
  }

  async executeQuery<R>({ sql: text, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const values = bindable(parameters).map((value) =>
      typeof value === "string" ? toStoredText(value) : value,
    );
    if (this.#transaction === "none")
      return rowsOf(await this.#send({ ...this.#statements.find(text), text, values }));
    const { name, kind } = this.#statements.keep(text);
    const query = { ...(name !== undefined && { name }), text, values };
    // What changes something must not leave before its transaction has surely begun.
    if (this.#transaction === "begins" && (kind === "insert" || kind === "other")) await this.#answers();
    if (kind === "lock" || kind === "insert") {
      this.#sendWithNext(query);
      return { rows: [] };
    }
    const answer = await this.#send(query);
    this.#transaction = "open";
    return rowsOf(answer);
  }

  streamQuery(): never {
    throw new Error("rows are read page by page");
  }

  /** Writes a statement and all that was held back before it, and waits for their answers; throws what the first of them did. */
  async #send(query: QueryConfig): Promise<PostgresResult> {
    const answer = this.#client.query(query);
    this.#letGo();
    const before = this.#unanswered.splice(0);
    try {
      await Promise.all([...before, answer]);
    } catch (error) {
      if (isUnfit(error)) this.#isBroken = true;
      throw error;
    }
    return await answer;
  }

  #sendWithNext(query: QueryConfig): void {
    if (!this.#isHeld) this.#client.connection.stream.cork();
    this.#isHeld = true;
    const answer = this.#client.query(query);
    this.#unanswered.push(answer);
    // Whoever waits for it next is told.
    answer.catch(() => undefined);
  }

  async #answers(): Promise<void> {
    this.#letGo();
    await Promise.all(this.#unanswered.splice(0));
    this.#transaction = "open";
  }

  #letGo(): void {
    if (this.#isHeld) this.#client.connection.stream.uncork();
    this.#isHeld = false;
  }
}

function isUnfit(error: unknown): boolean {
  return error instanceof Error && "code" in error && UNFIT_STATEMENT.has(String(error.code));
}

const CHANGES = new Set(["INSERT", "UPDATE", "DELETE", "MERGE"]);

function rowsOf<R>({ command, rowCount, rows }: PostgresResult): QueryResult<R> {
  return { rows, ...(CHANGES.has(command) && { numAffectedRows: BigInt(rowCount ?? 0) }) };
}

interface Statement {
  /** Undefined where there are many already: texts may have as many forms as a list has lengths. */
  name: string | undefined;
  /** `lock` and `insert` give nothing back, not even whether they did something. */
  kind: "read" | "lock" | "insert" | "other";
}

/** What is known of the statements that transactions are made of, by their text. */
class Statements {
  readonly #known = new Map<string, Statement>();

  find(text: string): { name: string } | undefined {
    const name = this.#known.get(text)?.name;
    return name === undefined ? undefined : { name };
  }

  keep(text: string): Statement {
    const known = this.#known.get(text);
    if (known) return known;
    if (this.#known.size >= MAX_PREPARED) return { name: undefined, kind: kindOf(text) };
    const statement = { name: nameOf(text), kind: kindOf(text) };
    this.#known.set(text, statement);
    return statement;
  }
}

/**
 * Of the text alone: where a pooler hands a connection on from one process to another, against all advice, a statement that the
 * other has prepared is at least never run in the place of this one.
 */
function nameOf(text: string): string {
  return `relais_${createHash("sha256").update(text).digest("hex").slice(0, 32)}`;
}

function kindOf(text: string): Statement["kind"] {
  if (text.startsWith("select from ")) return "lock";
  if (text.startsWith("select ")) return "read";
  const givesNothing = text.startsWith("insert into ") && !/\b(returning|do nothing)\b/.test(text);
  return givesNothing ? "insert" : "other";
}
