import { sql } from "kysely";
import { expect } from "vitest";
import type { Db } from "../../src/db/database.ts";

const COUNTED = [
  "calls",
  "charged_nano_usd",
  "unknown_calls",
  "failed_calls",
  "failed_billed_calls",
  "failed_billed_nano_usd",
  "unused_calls",
  "unused_nano_usd",
  "in_doubt_calls",
  "in_doubt_nano_usd",
  "in_doubt_unpriced_calls",
];
const KEY = "day, workflow_id, template_id, provider, model";

/** Adds up all attempts anew and expects to find just that in the sums by day. */
export async function expectCostsToAgree(db: Db): Promise<void> {
  const kept = await sql`select * from cost_days where calls > 0 order by ${sql.raw(KEY)}`.execute(db);
  const sums = COUNTED.map((column) => `cast(sum(${column}) as bigint) as ${column}`).join(", ");
  const counted =
    await sql`select ${sql.raw(KEY)}, ${sql.raw(sums)} from attempt_costs group by ${sql.raw(KEY)} order by ${sql.raw(KEY)}`.execute(
      db,
    );
  // As JSON, because SQLite gives rows without a prototype.
  expect(JSON.stringify(kept.rows, null, 1)).toBe(JSON.stringify(counted.rows, null, 1));
}
