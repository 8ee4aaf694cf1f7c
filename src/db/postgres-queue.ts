import { sql } from "kysely";
import type { Pool } from "pg";
import type { PgBoss } from "pg-boss";
import type { Db, Trx } from "./database.ts";
import { fairGroupOf, getParty, type Party } from "./party.ts";
import { aloneOnTables } from "./postgres-migrate.ts";
import type { TakenWork, WorkQueue } from "./work-queue.ts";

const QUEUE = "executions";
/** The least that pg-boss takes. */
const MIN_HOLD_SECONDS = 10;
/** Between the end of a hold and its taking by another process lie the pass that finds it and the look of that process. */
const PASS_SECONDS = 2;
const SLACK_SECONDS = 5;
const DAY_SECONDS = 86_400;

const RULES = {
  // One entry of an execution is out at a time; the others wait behind it.
  policy: "key_strict_fifo",
  // By default pg-boss ends what takes longer than 15 minutes, in spite of its being held, and gives up after two tries.
  expireInSeconds: DAY_SECONDS,
  retryLimit: 1_000_000,
  retryDelay: 0,
  retentionSeconds: 3650 * DAY_SECONDS,
  deleteAfterSeconds: 3_600,
};

/** The function is made by a migration, which says why pg-boss is not asked. */
const TAKE = `
  select id, retry_count as "retryCount", execution_id as "executionId", fair_group as "fairGroup"
  from take_executions($1, $2)`;

/** The work queue on pg-boss, in a schema of its own of the same database. */
export class PostgresQueue implements WorkQueue {
  readonly holdSeconds: number;
  readonly #boss: PgBoss;
  readonly #db: Db;
  readonly #pool: Pool;
  readonly #within: (trx: Trx) => {
    executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
  };

  private constructor(options: {
    boss: PgBoss;
    db: Db;
    pool: Pool;
    holdSeconds: number;
    within: (trx: Trx) => { executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }> };
  }) {
    this.#boss = options.boss;
    this.#db = options.db;
    this.#pool = options.pool;
    this.holdSeconds = options.holdSeconds;
    this.#within = options.within;
  }

  /**
   * Opens the queue, makes its tables where they are not there, and begins to watch for entries that nobody holds.
   * @param options.takeOverSeconds within which another process has what a dead one held.
   */
  static async open(options: {
    db: Db;
    pool: Pool;
    takeOverSeconds: number;
    onError: (error: unknown) => void;
  }): Promise<PostgresQueue> {
    const { db, pool, onError } = options;
    const { PgBoss: Boss, fromKysely } = await import("pg-boss");
    const holdSeconds = Math.max(MIN_HOLD_SECONDS, options.takeOverSeconds - SLACK_SECONDS);
    const boss = new Boss({
      db: { executeSql: async (text, values) => await pool.query(text, values) },
      schedule: false,
      superviseIntervalSeconds: PASS_SECONDS,
      monitorIntervalSeconds: PASS_SECONDS,
      maintenanceIntervalSeconds: 600,
    });
    // Without a listener an error while the database is away would end the process.
    boss.on("error", onError);
    const { policy, ...changeable } = { ...RULES, heartbeatSeconds: holdSeconds };
    await aloneOnTables(pool, async () => {
      await boss.start();
      await boss.createQueue(QUEUE, { policy, ...changeable });
      await boss.updateQueue(QUEUE, changeable);
    });
    // pg-boss looks its queue up on first use, on a connection of its own: inside a transaction that could be one too many.
    await boss.findJobs(QUEUE, { key: "" });
    return new PostgresQueue({ boss, db, pool, holdSeconds, within: (trx) => fromKysely(trx) });
  }

  async add(trx: Trx, executionId: number): Promise<void> {
    const fairGroup = fairGroupOf(await getParty(trx, executionId));
    await this.#boss.send(
      QUEUE,
      { executionId },
      {
        db: this.#within(trx),
        singletonKey: String(executionId),
        group: { id: fairGroup },
        priority: priorityOf(await takeQueueTurns(trx, fairGroup, 1)),
      },
    );
  }

  async addAll(trx: Trx, executionIds: readonly number[], fairGroup: string): Promise<void> {
    const first = await takeQueueTurns(trx, fairGroup, executionIds.length);
    const jobs = executionIds.map((executionId, index) => ({
      data: { executionId },
      singletonKey: String(executionId),
      group: { id: fairGroup },
      priority: priorityOf(first + index),
    }));
    await this.#boss.insert(QUEUE, jobs, { db: this.#within(trx) });
  }

  async take(limit: number, options?: { withoutGroups: string[] }): Promise<TakenWork[]> {
    const { rows } = await this.#pool.query<TakenWork>({
      name: "relais_take",
      text: TAKE,
      values: [limit, options?.withoutGroups ?? []],
    });
    return rows;
  }

  async hold(works: TakenWork[]): Promise<void> {
    await this.#boss.touch(QUEUE, works);
  }

  async isHeld(executionId: number): Promise<boolean> {
    const { rows } = await sql`
      select 1 from pgboss.job
      where name = ${QUEUE} and singleton_key = ${String(executionId)} and state = 'active'`.execute(
      this.#db,
    );
    return rows.length > 0;
  }

  async finish(work: TakenWork): Promise<void> {
    await this.#boss.complete(QUEUE, [work]);
  }

  async giveBack(work: TakenWork): Promise<void> {
    await this.#boss.fail(QUEUE, [work], { message: "the process was stopped" });
  }

  async addForgotten(): Promise<number> {
    const { rows } = await sql<Party>`
      select id as "executionId", user_id as "userId", workflow_id as "workflowId", template_id as "templateId",
        batch_id as "batchId"
      from workflow_executions as open
      where (
        status in ('pending', 'running')
        or id in (select execution_id from attempts where status in ('reserved', 'sent', 'submitted'))
      ) and not exists (
        select 1 from pgboss.job
        where name = ${QUEUE} and singleton_key = open.id::text and state in ('created', 'retry', 'active')
      )
      order by id`.execute(this.#db);
    if (rows.length === 0) return 0;
    const turns = new QueueTurns(await currentTurn(this.#db));
    const jobs = rows.map((party) => {
      const fairGroup = fairGroupOf(party);
      return {
        data: { executionId: party.executionId },
        singletonKey: String(party.executionId),
        group: { id: fairGroup },
        priority: priorityOf(turns.next(fairGroup)),
      };
    });
    await this.#boss.insert(QUEUE, jobs);
    return jobs.length;
  }

  async close(): Promise<void> {
    await this.#boss.stop({ graceful: false, close: false });
  }
}

/** Lower turns are served first, as higher priorities are by pg-boss. */
function priorityOf(turn: number): number {
  return -turn;
}

/** The turn that is served now: that of the first entry that waits, or where none does the last that was given. */
const CURRENT_TURN = sql<number>`greatest(0, coalesce(
  (select -max(priority) from pgboss.job where name = ${QUEUE} and state < 'active' and not blocked),
  (select max(last_turn) from queue_turns)
))`;

async function currentTurn(db: Db): Promise<number> {
  const { rows } = await sql<{ turn: number }>`select ${CURRENT_TURN} as turn`.execute(db);
  return rows[0]?.turn ?? 0;
}

/**
 * The first of the next `count` turns of a group: the one after its last, but none that is over. So the entries of a group
 * that has many stand between those of others, and one that comes later to a long queue is not behind all of it.
 */
async function takeQueueTurns(trx: Trx, fairGroup: string, count: number): Promise<number> {
  const { rows } = await sql<{ turn: number }>`
    insert into queue_turns as turns (fair_group, last_turn) values (${fairGroup}, ${CURRENT_TURN} + ${count - 1}::bigint)
    on conflict (fair_group) do update set last_turn = greatest(turns.last_turn + ${count}::bigint, excluded.last_turn)
    returning last_turn as turn`.execute(trx);
  return (rows[0]?.turn ?? 0) - (count - 1);
}

/** Turns for entries that are added all at once. */
class QueueTurns {
  readonly #first: number;
  readonly #last = new Map<string, number>();

  constructor(first: number) {
    this.#first = first;
  }

  next(fairGroup: string): number {
    const turn = (this.#last.get(fairGroup) ?? this.#first - 1) + 1;
    this.#last.set(fairGroup, turn);
    return turn;
  }
}
