import { setImmediate } from "node:timers/promises";
import { sql, SqliteAdapter } from "kysely";
import type { Db } from "./database.ts";
import { listExecutions, type ExecutionFilter, type ExecutionRow } from "./execution-store.ts";

/** How many found executions are held against the other filters at once. */
const AT_ONCE = 500;

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
  const query = isSqlite
    ? sql<{ id: number }>`select rowid as id from execution_search
        where execution_search match ${words.map((word) => `"${word}"*`).join(" AND ")} and rowid < ${before}
        order by rowid desc limit ${limit}`
    : sql<{ id: number }>`select execution_id as id from execution_search
        where words @@ ${words.map((word) => `'${word}':*`).join(" & ")}::tsquery and execution_id < ${before}
        order by execution_id desc limit ${limit}`;
  const { rows } = await query.execute(db);
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
