import { setImmediate } from "node:timers/promises";
import { sql, SqliteAdapter } from "kysely";
import type { Db } from "./database.ts";
import { listExecutions, type ExecutionFilter, type ExecutionRow } from "./execution-store.ts";

/** How many found executions are held against the other filters at once. */
const AT_ONCE = 200;
/** How many of the newest are looked through for words that many have. */
const LOOKED_THROUGH = 10_000;

export interface SearchLimits {
  /** Only what is older than this id. */
  beforeId?: number | undefined;
  limit: number;
}

/**
 * The ids of the newest executions in which each of these words begins a word, newest first.
 * @param words as `searchWords` makes them: nothing but letters and digits.
 */
export async function findExecutions(
  db: Db,
  words: readonly string[],
  { beforeId, limit }: SearchLimits,
): Promise<number[]> {
  if (words.length === 0) return [];
  const before = beforeId ?? Number.MAX_SAFE_INTEGER;
  const isSqlite = db.getExecutor().adapter instanceof SqliteAdapter;
  const find = isSqlite ? findInSqlite : findInPostgres;
  return await find(db, words, { before, limit });
}

interface Bounds {
  before: number;
  limit: number;
}

async function findInSqlite(db: Db, words: readonly string[], { before, limit }: Bounds): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select rowid as id from execution_search
    where execution_search match ${words.map((word) => `"${word}"*`).join(" AND ")} and rowid < ${before}
    order by rowid desc limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/**
 * A word that many have is found by looking through the newest, one that few have by the index of words. Which of them it is,
 * the newest tell better than what the database reckons of beginnings of words.
 */
async function findInPostgres(
  db: Db,
  words: readonly string[],
  { before, limit }: Bounds,
): Promise<number[]> {
  const query = sql`${words.map((word) => `'${word}':*`).join(" & ")}::tsquery`;
  const newest = await sql<{ id: number }>`
    with newest as materialized (
      select execution_id, words from execution_search where execution_id < ${before}
      order by execution_id desc limit ${LOOKED_THROUGH})
    select execution_id as id from newest where words @@ ${query} limit ${limit}`.execute(db);
  if (newest.rows.length === limit) return newest.rows.map(({ id }) => id);
  const { rows } = await sql<{ id: number }>`
    with found as materialized (select execution_id from execution_search where words @@ ${query})
    select execution_id as id from found where execution_id < ${before}
    order by execution_id desc limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/** Executions in which these words are found and that pass the filter, newest first. */
export async function searchExecutions(
  db: Db,
  words: readonly string[],
  filter: ExecutionFilter,
): Promise<ExecutionRow[]> {
  const passed: ExecutionRow[] = [];
  let { beforeId } = filter;
  for (;;) {
    const ids = await findExecutions(db, words, { beforeId, limit: AT_ONCE });
    if (ids.length > 0) {
      const limit = filter.limit - passed.length;
      passed.push(...(await listExecutions(db, { ...filter, limit, ids })));
    }
    beforeId = ids.at(-1);
    if (ids.length < AT_ONCE || passed.length === filter.limit) return passed;
    // Where little passes, many are looked at; others get their turn in between.
    await setImmediate();
  }
}
