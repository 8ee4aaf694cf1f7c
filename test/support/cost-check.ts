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
const KEY = "workflow_id, template_id, provider, model";

/** Adds up all attempts anew and expects to find just that in the sums by day and by month. */
export async function expectCostsToAgree(db: Db): Promise<void> {
  const counted = COUNTED.map((column) => `cast(sum(${column}) as bigint) as ${column}`).join(", ");
  for (const [unit, length] of [
    ["day", 10],
    ["month", 7],
  ] as const) {
    const kept = await sql`select period, ${sql.raw(`${KEY}, ${counted}`)} from cost_sums
      where unit = ${unit} group by period, ${sql.raw(KEY)} having sum(calls) > 0
      order by period, ${sql.raw(KEY)}`.execute(db);
    const added =
      await sql`select substr(day, 1, ${sql.lit(length)}) as period, ${sql.raw(`${KEY}, ${counted}`)}
      from attempt_costs group by substr(day, 1, ${sql.lit(length)}), ${sql.raw(KEY)}
      order by period, ${sql.raw(KEY)}`.execute(db);
    // As JSON, because SQLite gives rows without a prototype.
    expect(JSON.stringify(kept.rows, null, 1)).toBe(JSON.stringify(added.rows, null, 1));
  }
}
