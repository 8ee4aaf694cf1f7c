import { sql } from "kysely";
import type { Db } from "./database.ts";

export interface StatusCount {
  status: string;
  count: number;
}

/** How many executions there are in each status, those that were removed too. Reads no long table. */
export async function countExecutions(db: Db): Promise<StatusCount[]> {
  const underWay = await db
    .selectFrom("workflow_executions")
    .select(["status", (eb) => eb.fn.countAll<number>().as("count")])
    .where("status", "in", ["pending", "running", "waiting"])
    // Only what has ended is ever removed; said here because the index is of those that were not.
    .where("deleted_at", "is", null)
    .groupBy("status")
    .execute();
  const ended = await db
    .selectFrom("ended_executions")
    .select(["status", sql<number>`cast(sum(executions) as bigint)`.as("count")])
    .groupBy("status")
    .execute();
  return [...underWay, ...ended];
}

/** How many calls that could cost something there are in each status. Reads no long table. */
export async function countPaidCalls(db: Db): Promise<StatusCount[]> {
  const open = await db
    .selectFrom("attempts")
    .select(["status", (eb) => eb.fn.countAll<number>().as("count")])
    // Spelled out, because an index of just these is not used for values that come beside the query.
    .where(sql<boolean>`status in ('reserved', 'sent', 'submitted')`)
    .where("reserved_basis", "<>", "free")
    .groupBy("status")
    .execute();
  const sums = await db
    .selectFrom("cost_sums")
    .select([
      sql<number>`cast(coalesce(sum(calls), 0) as bigint)`.as("calls"),
      sql<number>`cast(coalesce(sum(failed_calls), 0) as bigint)`.as("failed"),
      sql<number>`cast(coalesce(sum(in_doubt_calls), 0) as bigint)`.as("inDoubt"),
    ])
    .where("unit", "=", "month")
    .executeTakeFirstOrThrow();
  return [
    ...open,
    { status: "succeeded", count: sums.calls - sums.failed - sums.inDoubt },
    { status: "failed", count: sums.failed },
    { status: "in_doubt", count: sums.inDoubt },
  ];
}
