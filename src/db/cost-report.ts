import { sql, type RawBuilder } from "kysely";
import type { NanoUsd } from "../workflow/money.ts";
import type { Db } from "./database.ts";

/** UTC days, YYYY-MM-DD, both inclusive. */
export interface Period {
  from: string;
  to: string;
}

/** What calls have cost, added up. Calls that are free from the start, and those still out, are not among them. */
export interface CostSums {
  calls: number;
  /** What is known. Beside it stand the calls of unknown cost and those in doubt: with any of them it is a floor. */
  chargedNanoUsd: NanoUsd;
  /** Answered, but nobody knows what was billed. */
  unknownCalls: number;
  failedCalls: number;
  failedBilledCalls: number;
  failedBilledNanoUsd: NanoUsd;
  /** Paid, but another call had given the step its result. */
  unusedCalls: number;
  unusedNanoUsd: NanoUsd;
  inDoubtCalls: number;
  /** The most that calls in doubt may have cost, as far as that is known. */
  inDoubtNanoUsd: NanoUsd;
  inDoubtUnpricedCalls: number;
  /** Results that were taken over instead of being bought again, where it is known what they had cost. */
  reusedSteps: number;
  savedNanoUsd: NanoUsd;
}

/** What sums are told apart by. */
export interface CostGroup {
  day: string;
  /** YYYY-MM. */
  month: string;
  /** 0: none. */
  workflowId: number;
  /** Empty: none. */
  templateId: string;
  provider: string;
  model: string;
}

const COLUMNS: Record<keyof CostGroup, RawBuilder<unknown>> = {
  day: sql`period`,
  month: sql`substr(period, 1, 7)`,
  workflowId: sql`workflow_id`,
  templateId: sql`template_id`,
  provider: sql`provider`,
  model: sql`model`,
};

/** PostgreSQL adds whole numbers up to a wider type, which would come back as text. */
const sumOf = (column: string) => sql<number>`cast(sum(${sql.ref(column)}) as bigint)`;

/**
 * What was spent in a period, for each group that differs in `by`, which names one thing at least; the others are empty
 * in what is given. Nothing where nothing was called. A long period is read month by month, unless days are asked for.
 */
export async function sumCostsBy(
  db: Db,
  period: Period,
  by: readonly (keyof CostGroup)[],
): Promise<(CostGroup & CostSums)[]> {
  const text = (key: keyof CostGroup) => (by.includes(key) ? sql<string>`${COLUMNS[key]}` : sql<string>`''`);
  const stretches = by.includes("day") ? [daysBetween(period.from, period.to)] : stretchesOf(period);
  const rows = sql.join(
    stretches.map((isIn) => sql`select * from cost_sums where ${isIn}`),
    sql` union all `,
  );
  return await db
    .selectFrom(sql<{ period: string }>`(${rows})`.as("sums"))
    .select([
      text("day").as("day"),
      text("month").as("month"),
      (by.includes("workflowId") ? sql<number>`workflow_id` : sql<number>`0`).as("workflowId"),
      text("templateId").as("templateId"),
      text("provider").as("provider"),
      text("model").as("model"),
      sumOf("calls").as("calls"),
      sumOf("charged_nano_usd").as("chargedNanoUsd"),
      sumOf("unknown_calls").as("unknownCalls"),
      sumOf("failed_calls").as("failedCalls"),
      sumOf("failed_billed_calls").as("failedBilledCalls"),
      sumOf("failed_billed_nano_usd").as("failedBilledNanoUsd"),
      sumOf("unused_calls").as("unusedCalls"),
      sumOf("unused_nano_usd").as("unusedNanoUsd"),
      sumOf("in_doubt_calls").as("inDoubtCalls"),
      sumOf("in_doubt_nano_usd").as("inDoubtNanoUsd"),
      sumOf("in_doubt_unpriced_calls").as("inDoubtUnpricedCalls"),
      sumOf("reused_steps").as("reusedSteps"),
      sumOf("saved_nano_usd").as("savedNanoUsd"),
    ])
    .groupBy(by.map((key) => COLUMNS[key]))
    // A call in doubt that is asked about again leaves a day of nothing.
    .having(sql<boolean>`sum(calls) + sum(reused_steps) > 0`)
    .execute();
}

/** Conditions on rows that together hold a period once: whole months, and the days before and after them. */
function stretchesOf({ from, to }: Period): RawBuilder<boolean>[] {
  const [first, last] = [from.slice(0, 7), to.slice(0, 7)];
  if (first === last) return [daysBetween(from, to)];
  return [
    daysBetween(from, `${first}-31`),
    sql`unit = 'month' and period > ${first} and period < ${last}`,
    daysBetween(`${last}-01`, to),
  ];
}

function daysBetween(from: string, to: string): RawBuilder<boolean> {
  return sql`unit = 'day' and period between ${from} and ${to}`;
}
