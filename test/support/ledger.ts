import type { Db } from "../../src/db/database.ts";

interface Line {
  reserved: number;
  spent: number;
}

const SET_ASIDE = new Set<string>(["reserved", "sent", "submitted", "in_doubt"]);
const SETTLED = new Set<string>(["succeeded", "failed"]);

/**
 * Adds up what the journal of attempts says, and gives each budget that says something else, all its shards together; none is
 * what is wanted. One that is not there counts as one that says nothing.
 */
export async function ledgerMismatches(db: Db): Promise<{ budget: string; is: Line; shouldBe: Line }[]> {
  const shouldBe = new Map<string, Line>();
  for (const attempt of await db.selectFrom("attempts").selectAll().execute()) {
    const reserved = SET_ASIDE.has(attempt.status) ? attempt.reserved_nano_usd : 0;
    const spent = SETTLED.has(attempt.status) ? (attempt.cost_nano_usd ?? attempt.reserved_nano_usd) : 0;
    const [day, month] = [attempt.created_at.slice(0, 10), attempt.created_at.slice(0, 7)];
    const shared = ["all", ...(attempt.budget_scope === null ? [] : [attempt.budget_scope])];
    const budgets = shared.flatMap((scope) => [day, month, ""].map((period) => `${scope} ${period}`));
    if (attempt.batch_id !== null) budgets.push(`batch:${attempt.batch_id} `);
    for (const budget of [`execution:${attempt.execution_id} `, ...budgets]) {
      const line = shouldBe.get(budget) ?? { reserved: 0, spent: 0 };
      shouldBe.set(budget, { reserved: line.reserved + reserved, spent: line.spent + spent });
    }
  }
  const is = new Map<string, Line>();
  for (const row of await db.selectFrom("budgets").selectAll().execute()) {
    const budget = `${row.scope} ${row.period}`;
    const { reserved, spent } = is.get(budget) ?? { reserved: 0, spent: 0 };
    is.set(budget, { reserved: reserved + row.reserved_nano_usd, spent: spent + row.spent_nano_usd });
  }
  const nothing: Line = { reserved: 0, spent: 0 };
  return [...new Set([...is.keys(), ...shouldBe.keys()])]
    .map((budget) => ({
      budget,
      is: is.get(budget) ?? nothing,
      shouldBe: shouldBe.get(budget) ?? nothing,
    }))
    .filter((line) => line.is.reserved !== line.shouldBe.reserved || line.is.spent !== line.shouldBe.spent);
}
